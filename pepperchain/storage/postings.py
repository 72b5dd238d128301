"""What storage writes into the ledger: the accounts of lots and sites, and posting between them. Building blocks of the verbs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts, transactions
from pepperchain.ledger import queries as ledger
from pepperchain.ledger.rules import Leg
from pepperchain.storage.lot_queries import LotRow

LOT = "lot"
ISSUED = "issued"
VARIANCE = "variance"
CONVERSION = "conversion"
SEED = "seed"
WASTE = "waste"
LOSS = "processing_loss"
"""Kinds of accounts. What goes into `conversion` of one product comes out of it as another, gram for gram."""


async def open_lot_account(lot_id: int, commodity_id: int, *, township_id: int) -> int:
    """The ledger account of a new lot. It never goes below zero."""
    account_id = await accounts.find_or_open(
        LOT, f"lot:{lot_id}", commodity_id, side="debit", guarded=True, township_id=township_id
    )
    await db.execute(
        "UPDATE storage_lot SET account_id = :account_id WHERE id = :id", account_id=account_id, id=lot_id
    )
    return account_id


async def commodity_of(lot: LotRow) -> int:
    """What its account holds."""
    return (await ledger.states([lot.account_id]))[lot.account_id].commodity_id


async def site_account(kind: str, lot: LotRow, commodity_id: int) -> int:
    """An account of the site where a lot lies: what was issued there, what counting found, what became of it."""
    return await accounts.find_or_open(
        kind, f"site:{lot.site_id}", commodity_id, side="debit", guarded=False, township_id=lot.township_id
    )


async def post(
    actor: Actor, id: UUID, kind: str, lot: LotRow, legs: Sequence[Leg], *, reason: str | None, now: datetime
) -> None:
    """Posts into the book of the site where a lot lies. Refused: less of it is free."""
    try:
        await transactions.post(
            actor, id=id, kind=kind, book=f"site:{lot.site_id}", legs=legs, effective_on=clock.local_day(now), now=now,
            township_id=lot.township_id, reason=reason,
        )  # fmt: skip
    except transactions.Overdrawn as overdrawn:
        raise too_much(overdrawn) from overdrawn


def too_much(overdrawn: transactions.Overdrawn) -> Refused:
    """The ledger's refusal in the trade's words."""
    return Refused("Only %(available)s of this lot is free.", "grams", available=Grams(overdrawn.available))
