"""Holds: an amount reserved now, committed in whole or in part later, or released, or expired. One outcome each."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.clock import to_ms
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.ledger import expiry, transactions
from pepperchain.ledger.rules import Leg, hold_hash
from pepperchain.ledger.transactions import Posted

expire_due = expiry.expire_due


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold as it stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Hold:
    debit: int
    credit: int
    amount: int
    expires_at: int
    township_id: int | None
    content_hash: str
    outcome: str | None
    transaction_id: str | None


@db.unit_of_work
async def place(
    actor: Actor,
    *,
    id: UUID,
    debit: int,
    credit: int,
    amount: int,
    purpose: str,
    expires_at: datetime,
    now: datetime,
    township_id: int | None = None,
) -> PlacedHold:
    """Reserves `amount` of the credit account for the debit account until `expires_at`.

    The same id and content again is the same hold; another content is a Conflict. Overdrawn: less is available.
    """
    if expires_at <= now:
        raise Refused("A hold must end in the future.", "expires_at")
    content = hold_hash(debit=debit, credit=credit, amount=amount, purpose=purpose)
    await db.lock("ledger_account", [debit, credit])
    there = await _find(id)
    if there is not None:
        if there.content_hash != content:
            raise Conflict("This was sent before with other contents.")
        return PlacedHold(id, repeated=True)
    commodities = await transactions.enough([Leg(debit=debit, credit=credit, amount=amount)], now=now)
    await db.insert(
        "ledger_hold",
        id=id,
        debit_id=debit,
        credit_id=credit,
        commodity_id=commodities[credit],
        amount=amount,
        purpose=purpose,
        placed_at=now,
        expires_at=expires_at,
        actor_id=actor.user_id,
        township_id=township_id,
        content_hash=content,
    )
    return PlacedHold(id, repeated=False)


@db.unit_of_work
async def commit(
    actor: Actor,
    *,
    id: UUID,
    transaction_id: UUID,
    amount: int,
    kind: str,
    book: str,
    effective_on: date,
    now: datetime,
    reason: str | None = None,
) -> Posted:
    """Posts `amount` (up to what was held) and frees the rest.

    The same hold and transaction again is the same commit. Conflict: released, expired, or committed otherwise.
    """
    hold = await _locked(id)
    if hold.outcome == "committed" and hold.transaction_id == str(transaction_id):
        return Posted(transaction_id, repeated=True)
    _still_open(hold, now=now)
    if not 0 < amount <= hold.amount:
        raise Refused("No more can be taken than was held.", "amount")
    leg = Leg(hold.debit, hold.credit, amount)
    is_new = await transactions.head(
        actor, id=transaction_id, kind=kind, book=book, legs=[leg], effective_on=effective_on, now=now,
        township_id=hold.township_id, reason=reason,
    )  # fmt: skip
    if not is_new:
        raise Conflict("This was sent before with other contents.")
    # The hold is counted off before the transfer is counted on, so that the same grams are never needed twice.
    await _end(id, "committed", amount=amount, transaction_id=transaction_id, now=now)
    await transactions.move(transaction_id, [leg], now=now)
    return Posted(transaction_id, repeated=False)


@db.unit_of_work
async def release(actor: Actor, *, id: UUID, now: datetime) -> None:
    """Frees what was held. Released twice is released; Conflict if it was committed or has expired."""
    hold = await _locked(id)
    if hold.outcome != "released":
        _still_open(hold, now=now)
        await _end(id, "released", amount=0, transaction_id=None, now=now)


async def _find(id: UUID) -> _Hold | None:
    return await db.fetch_one(
        _Hold,
        "SELECT h.debit_id, h.credit_id, h.amount, h.expires_at, h.township_id, h.content_hash, o.outcome, o.transaction_id"
        " FROM ledger_hold h LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id WHERE h.id = :id",
        id=id,
    )


async def _locked(id: UUID) -> _Hold:
    """The hold, read again once its accounts are locked: an outcome may have come in between."""
    first = await _find(id)
    if first is None:
        raise Missing()
    await db.lock("ledger_account", [first.debit, first.credit])
    hold = await _find(id)
    assert hold is not None
    return hold


def _still_open(hold: _Hold, *, now: datetime) -> None:
    if hold.outcome == "expired" or (hold.outcome is None and hold.expires_at <= to_ms(now)):
        raise Conflict("This hold has run out.")
    if hold.outcome is not None:
        raise Conflict("This hold has ended already.")


async def _end(id: UUID, outcome: str, *, amount: int, transaction_id: UUID | None, now: datetime) -> None:
    await db.insert(
        "ledger_hold_outcome",
        hold_id=id,
        outcome=outcome,
        amount=amount,
        transaction_id=transaction_id,
        at=now,
    )
