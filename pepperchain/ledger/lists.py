"""Posting and reversing many transactions at once: the same rules and guards, some statements for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.clock import to_ms
from pepperchain.core.errors import Conflict, Missing
from pepperchain.ledger.rules import Leg, content_hash
from pepperchain.ledger.transactions import enough, told


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction of a list."""

    id: UUID
    book: str
    legs: Sequence[Leg]
    effective_on: date
    township_id: int | None = None
    reverses: UUID | None = field(default=None)


_HEAD = (
    "id", "kind", "book", "effective_on", "recorded_at", "actor_id", "township_id", "reverses_id", "reason", "content_hash",
)  # fmt: skip
_TRANSFER = ("transaction_id", "position", "debit_id", "credit_id", "commodity_id", "amount")


@db.unit_of_work
async def post_many(
    actor: Actor, entries: Sequence[Entry], *, kind: str, reason: str | None = None, now: datetime
) -> None:
    """Posts every entry, or none, all of them new.

    Conflict: one of the ids, or one of the reversals, stands already. Refused: a closed day. Overdrawn: as `transactions.post`.
    """
    if not entries:
        return
    try:
        await db.insert_many(
            "ledger_transaction", _HEAD, [_head(actor, entry, kind, reason, now) for entry in entries]
        )
    except db.Violation as violation:
        wrong = told(violation)
        raise Conflict("Some of this was sent before.") if wrong is violation else wrong from violation
    legs = [leg for entry in entries for leg in entry.legs]
    assert all(leg.amount > 0 for leg in legs), "an amount is positive: a mistake is a reversal"
    commodities = await enough(legs, now=now)
    # On PostgreSQL one statement, whose counting trigger touches each account once and not once for each transfer.
    await db.insert_many(
        "ledger_transfer",
        _TRANSFER,
        [
            (str(entry.id), position, leg.debit, leg.credit, commodities[leg.debit], int(leg.amount))
            for entry in entries
            for position, leg in enumerate(entry.legs, start=1)
        ],
    )


def _head(actor: Actor, entry: Entry, kind: str, reason: str | None, now: datetime) -> tuple[Any, ...]:
    reverses = None if entry.reverses is None else str(entry.reverses)
    content = content_hash(
        kind=kind,
        book=entry.book,
        effective_on=entry.effective_on,
        legs=entry.legs,
        reason=reason,
        reverses=reverses,
    )
    return (
        str(entry.id), kind, entry.book, entry.effective_on.isoformat(), to_ms(now), actor.user_id, entry.township_id, reverses,
        reason, content,
    )  # fmt: skip


@db.unit_of_work
async def reverse_many(
    actor: Actor,
    reversals: Sequence[tuple[UUID, UUID]],
    *,
    kind: str,
    effective_on: date,
    reason: str,
    now: datetime,
) -> None:
    """Posts the exact mirror of each transaction, once; `reversals` are pairs of (new id, id of what it takes back).

    Missing: no such transaction. Conflict: one was reversed already. Overdrawn: what one brought has been used since.
    """
    if not reversals:
        return
    rows = await db.tuples(
        "SELECT t.id, t.book, t.township_id, r.debit_id, r.credit_id, r.amount FROM ledger_transaction t"
        " JOIN ledger_transfer r ON r.transaction_id = t.id WHERE t.id IN :ids AND t.reverses_id IS NULL ORDER BY t.seq, r.position",
        ids=[str(of) for _, of in reversals],
    )
    found: dict[str, tuple[str, int | None, list[Leg]]] = {}
    for id, book, township_id, debit, credit, amount in rows:
        _, _, legs = found.setdefault(str(id), (book, township_id, []))
        legs.append(Leg(debit, credit, amount).mirrored())
    entries = []
    for id, of in reversals:
        if str(of) not in found:
            raise Missing()
        book, township_id, legs = found[str(of)]
        entries.append(Entry(id, book, legs, effective_on, township_id, reverses=of))
    await post_many(actor, entries, kind=kind, reason=reason, now=now)
