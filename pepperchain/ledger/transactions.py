"""Posting and reversing: the only two ways in which a balance moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_
from pepperchain.ledger import expiry, queries
from pepperchain.ledger.rules import Leg, content_hash


class Overdrawn(Refused):
    """A guarded account has less than was asked for; `account_id` and `available` say which and how much is left."""

    def __init__(self, *, account_id: int, available: int) -> None:
        super().__init__(N_("There is not enough left for this."))
        self.account_id = account_id
        self.available = available


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction that stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    repeated: bool


@db.unit_of_work
async def post(
    actor: Actor,
    *,
    id: UUID,
    kind: str,
    book: str,
    legs: Sequence[Leg],
    effective_on: date,
    now: datetime,
    township_id: int | None = None,
    reason: str | None = None,
) -> Posted:
    """Moves every leg, or none.

    The same id with the same content again is the same transaction; with another content it is a Conflict.
    Refused: a closed day. Overdrawn (a Refused): a guarded account has not enough available.
    """
    return await _write(
        actor, id=id, kind=kind, book=book, legs=legs, effective_on=effective_on, now=now,
        township_id=township_id, reason=reason, reverses=None,
    )  # fmt: skip


@db.unit_of_work
async def reverse(
    actor: Actor,
    *,
    id: UUID,
    of: UUID,
    effective_on: date,
    reason: str,
    now: datetime,
    kind: str = "reversal",
) -> Posted:
    """Posts the exact mirror of a transaction, once.

    Missing: no such transaction. Conflict: it was reversed already. Overdrawn: what it brought has been used since.
    """
    original = await queries.transaction(of)
    if original is None:
        raise Missing()
    if original.reverses_id is not None:
        raise Refused("A reversal cannot be reversed: enter it anew.")
    reversed_by = await db.scalar("SELECT id FROM ledger_transaction WHERE reverses_id = :of", of=of)
    if reversed_by is not None and str(reversed_by) != str(id):
        raise Conflict("This was taken back already.")
    return await _write(
        actor, id=id, kind=kind, book=original.book, legs=[leg.mirrored() for leg in original.legs],
        effective_on=effective_on, now=now, township_id=original.township_id, reason=reason, reverses=of,
    )  # fmt: skip


async def _write(
    actor: Actor,
    *,
    id: UUID,
    kind: str,
    book: str,
    legs: Sequence[Leg],
    effective_on: date,
    now: datetime,
    township_id: int | None,
    reason: str | None,
    reverses: UUID | None,
) -> Posted:
    is_new = await head(
        actor, id=id, kind=kind, book=book, legs=legs, effective_on=effective_on, now=now,
        township_id=township_id, reason=reason, reverses=reverses,
    )  # fmt: skip
    if is_new:
        await move(id, legs, now=now)
    return Posted(id, repeated=not is_new)


async def head(
    actor: Actor,
    *,
    id: UUID,
    kind: str,
    book: str,
    legs: Sequence[Leg],
    effective_on: date,
    now: datetime,
    township_id: int | None,
    reason: str | None,
    reverses: UUID | None = None,
) -> bool:
    """Writes a transaction's own row, for `move` to follow in the same unit; False if it stands already with this content."""
    assert legs, "a transaction without a transfer"
    assert all(leg.amount > 0 for leg in legs), "an amount is positive: a mistake is a reversal"
    content = content_hash(
        kind=kind, book=book, effective_on=effective_on, legs=legs, reason=reason, reverses=reverses
    )
    try:
        written = await db.scalar(
            "INSERT INTO ledger_transaction"
            " (id, kind, book, effective_on, recorded_at, actor_id, township_id, reverses_id, reason, content_hash)"
            " VALUES (:id, :kind, :book, :effective_on, :now, :actor_id, :township_id, :reverses, :reason, :content)"
            " ON CONFLICT (id) DO NOTHING RETURNING seq",
            id=id,
            kind=kind,
            book=book,
            effective_on=effective_on,
            now=now,
            actor_id=actor.user_id,
            township_id=township_id,
            reverses=reverses,
            reason=reason,
            content=content,
        )
    except db.Violation as violation:
        raise told(violation) from violation
    if written is None:
        await _same(id, content)
    return written is not None


async def move(id: UUID, legs: Sequence[Leg], *, now: datetime) -> None:
    """Writes the transfers of a transaction whose head was just written."""
    commodities = await enough(legs, now=now)
    for position, leg in enumerate(legs, start=1):
        await db.insert(
            "ledger_transfer",
            transaction_id=id,
            position=position,
            debit_id=leg.debit,
            credit_id=leg.credit,
            commodity_id=commodities[leg.debit],
            amount=leg.amount,
        )


def told(violation: db.Violation) -> Exception:
    """A guard's refusal in a person's words; the unit of work ends with it."""
    if "period is closed" in str(violation):
        return Refused("The books of this day are closed: enter it on an open day.")
    if "reverses_id" in str(violation):
        return Conflict("This was taken back already.")
    return violation


async def _same(id: UUID, content: str) -> None:
    there = await db.scalar("SELECT content_hash FROM ledger_transaction WHERE id = :id", id=id)
    if there != content:
        raise Conflict("This was sent before with other contents.")


async def enough(legs: Sequence[Leg], *, now: datetime) -> dict[int, int]:
    """Locks the accounts in order and raises Overdrawn if a guarded one would end below zero; their commodities by id.

    A lone transfer that only adds to what is guarded, such as a weigh-in, has nothing to ask: its own writing locks both accounts.
    """
    account_ids = sorted({account for leg in legs for account in (leg.debit, leg.credit)})
    if len(legs) == 1:
        kinds = await queries.kinds(account_ids)
        if not _draws_on_guarded(kinds, legs[0]):
            return {id: kinds[id].commodity_id for id in account_ids}
    states = await queries.locked_states(account_ids)
    lacking = shortfall(states, legs)
    if lacking is not None:
        # A hold that has run out no longer counts, whether or not the timer has come by.
        await expiry.expire_on(account_ids, now=now)
        states = await queries.states(account_ids)
        lacking = shortfall(states, legs)
    if lacking is not None:
        raise Overdrawn(account_id=lacking.id, available=max(lacking.balance.available, 0))
    return {account.id: account.commodity_id for account in states.values()}


def _draws_on_guarded(kinds: Mapping[int, queries.AccountKind], leg: Leg) -> bool:
    debit, credit = kinds[leg.debit], kinds[leg.credit]
    return (debit.guarded and debit.side == "credit") or (credit.guarded and credit.side == "debit")


def shortfall(states: dict[int, queries.AccountState], legs: Sequence[Leg]) -> queries.AccountState | None:
    """The first guarded account that the legs, one after another, would take below zero."""
    left = {account.id: account.balance.available for account in states.values()}
    for leg in legs:
        for account_id, amount in ((leg.debit, leg.amount), (leg.credit, -leg.amount)):
            account = states[account_id]
            left[account_id] += amount if account.side == "debit" else -amount
            if account.guarded and left[account_id] < 0:
                return account
    return None
