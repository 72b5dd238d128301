"""What every verb about a receipt begins with: it and its lot, locked, in a state in which something can be done."""

from dataclasses import dataclass
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank import receipt_queries
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import State
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.storage import lot_queries, stock
from pepperchain.storage.lot_queries import LotRow

TABLE = "bank_receipt"


@dataclass(frozen=True, slots=True)
class Held:
    """A locked receipt and the locked lot that its grams are held of."""

    receipt: ReceiptRow
    lot: LotRow


async def locked(actor: Actor, receipt_id: int) -> Held:
    """Missing: not the actor's to see."""
    before = await receipt_queries.receipt(actor, receipt_id)
    await stock.lock_lots([before.lot_id])
    await db.lock(TABLE, [receipt_id])
    receipt = await receipt_queries.receipt(actor, receipt_id)
    return Held(receipt, await lot_queries.lot_unscoped(receipt.lot_id))


def check_open(receipt: ReceiptRow) -> None:
    """Refused: nothing of it is in store any more, or its paper was reported lost."""
    if receipt.state is State.LOST:
        raise Refused("This receipt was reported lost. Issue it anew first.")
    if receipt.state is not State.OPEN:
        raise Refused("Nothing of this receipt is in store any more.")


async def repeated(id: UUID, content: str) -> bool:
    """Whether an act with this id was done before. Conflict: it was another one."""
    there = await db.scalar("SELECT content_hash FROM bank_event WHERE id = :id", id=id)
    if there is not None and there != content:
        raise Conflict("This was sent before with other contents.")
    return there is not None
