"""What every verb about a receipt begins with: it and its lot, locked, in a state in which something can be done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank import claims, receipt_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import State
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Grams
from pepperchain.ledger.rules import Leg
from pepperchain.storage import lot_queries, stock
from pepperchain.storage.lot_queries import LotRow

TABLE = "bank_receipt"


@dataclass(frozen=True, slots=True)
class Held:
    """A locked receipt and the locked lot that its grams are held of."""

    receipt: ReceiptRow
    lot: LotRow

    @property
    def booked(self) -> LotRow:
        """The lot under the site whose books have the receipt: it may have been carried to another since."""
        of = self.receipt
        return replace(self.lot, site_id=of.site_id, operator_id=of.operator_id, township_id=of.township_id)


async def locked(actor: Actor, receipt_id: int) -> Held:
    """Missing: not the actor's to see."""
    await receipt_queries.receipt(actor, receipt_id)
    return await locked_unscoped(receipt_id)


async def locked_unscoped(receipt_id: int) -> Held:
    """The receipt of something that was looked up within its actor's scope."""
    before = await receipt_queries.receipt_unscoped(receipt_id)
    await stock.lock_lots([before.lot_id])
    await db.lock(TABLE, [receipt_id])
    receipt = await receipt_queries.receipt_unscoped(receipt_id)
    return Held(receipt, await lot_queries.lot_unscoped(receipt.lot_id))


async def all_locked(actor: Actor, ids: Sequence[int]) -> list[ReceiptRow]:
    """Receipts in the order asked for, locked with the lots that they are held of. Missing: one is not the actor's to see."""
    before = [await receipt_queries.receipt(actor, id) for id in ids]
    await stock.lock_lots(sorted({row.lot_id for row in before}))
    await db.lock(TABLE, sorted(ids))
    return [await receipt_queries.receipt_unscoped(id) for id in ids]


async def shift(
    actor: Actor,
    id: UUID,
    kind: str,
    receipt: ReceiptRow,
    source: Claim,
    target: Claim,
    grams: Grams,
    *,
    now: datetime,
) -> None:
    """Moves grams of a (locked) receipt from one of its accounts to another, as one transaction of this id."""
    commodity_id = await claims.commodity_of(receipt.product_id)
    taken, given = [
        await claims.account(claim, receipt.id, commodity_id, township_id=receipt.township_id)
        for claim in (source, target)
    ]
    await claims.post(
        actor, id, kind, [Leg(debit=taken, credit=given, amount=grams)], site_id=receipt.site_id,
        township_id=receipt.township_id, effective_on=clock.local_day(now), now=now,
    )  # fmt: skip
    await claims.keep(receipt.id)


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
