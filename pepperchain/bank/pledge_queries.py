"""Reading pledges."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank.pledge_models import Pledge
from pepperchain.bank.pledge_rules import PledgeState
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.web.paging import LIMIT, Slice, cut, decode

LENDERS_MAX = 200


@dataclass(frozen=True, slots=True)
class PledgeRow:
    """A pledge with whose pepper it is, and whose money."""

    id: UUID
    receipt_id: int
    number: str
    household_id: int
    head: str | None
    cooperative_id: int
    cooperative: str
    operator_id: int
    site: str
    township_id: int
    product_id: int
    form: str
    grade: str
    cultivar: str
    lender_id: int
    lender: str
    grams: Grams
    held_grams: Grams
    called_grams: Grams
    loan_fen: Fen
    received_fen: Fen
    due_on: date
    words: str | None
    state: PledgeState
    asked_at: int
    asked_by_name: str
    consented_at: int | None
    consented_by_name: str | None
    consent_words: str | None
    confirmed_at: int | None
    confirmed_by_name: str | None
    loan_number: str | None
    ended_at: int | None
    ended_by_name: str | None
    ended_reason: str | None
    replaces_id: UUID | None
    content_hash: str
    version: int

    @property
    def owing_fen(self) -> Fen:
        """What sales have not brought the lender yet. What is paid back elsewhere only the lender knows."""
        return self.loan_fen - self.received_fen

    def is_overdue(self, now: datetime) -> bool:
        """Whether its day is over and grams are still locked."""
        return self.state.is_locked and self.due_on < clock.local_day(now)


_PLEDGE = """
SELECT g.id, g.receipt_id, b.number, g.household_id, p.name, g.cooperative_id, o.short_name, g.operator_id, s.name, g.township_id,
    b.product_id, d.form, d.grade, d.cultivar, g.lender_id, n.short_name, g.grams, g.held_grams, g.called_grams, g.loan_fen,
    g.received_fen, g.due_on, g.words, g.state, g.asked_at, g.asked_by_name, g.consented_at, g.consented_by_name, g.consent_words,
    g.confirmed_at, g.confirmed_by_name, g.loan_number, g.ended_at, g.ended_by_name, g.ended_reason, g.replaces_id, g.content_hash,
    g.version
FROM bank_pledge g
JOIN bank_receipt b ON b.id = g.receipt_id
JOIN directory_household h ON h.id = g.household_id
LEFT JOIN directory_person p ON p.id = h.head_id
JOIN directory_organization o ON o.id = g.cooperative_id
JOIN directory_organization n ON n.id = g.lender_id
JOIN directory_site s ON s.id = g.site_id
JOIN harvest_product d ON d.id = b.product_id
"""


def _pledge(*row: Any) -> PledgeRow:
    said = dict(zip(PledgeRow.__dataclass_fields__, row, strict=True))
    for name in ("id", "replaces_id"):
        said[name] = None if said[name] is None else UUID(str(said[name]))
    for name in ("grams", "held_grams", "called_grams"):
        said[name] = Grams(said[name])
    for name in ("loan_fen", "received_fen"):
        said[name] = Fen(said[name])
    said["due_on"], said["state"] = date.fromisoformat(str(said["due_on"])), PledgeState(said["state"])
    return PledgeRow(**said)


async def pledge(actor: Actor, id: UUID) -> PledgeRow:
    """One pledge. Missing: there is none, or it is not the actor's to see."""
    return await _one(Pledge.visible_to(actor) & Clause("g.id = :id", {"id": id}))


async def pledge_unscoped(id: UUID) -> PledgeRow:
    """The pledge of something that was looked up within its actor's scope."""
    return await _one(EVERYTHING & Clause("g.id = :id", {"id": id}))


async def _one(which: Clause) -> PledgeRow:
    found = await db.fetch_one(_pledge, f"{_PLEDGE} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def of_receipt(actor: Actor, receipt_id: int) -> list[PledgeRow]:
    """The pledges of a receipt that the actor sees, the latest first."""
    which = Pledge.visible_to(actor) & Clause("g.receipt_id = :receipt_id", {"receipt_id": receipt_id})
    return await db.fetch(
        _pledge, f"{_PLEDGE} WHERE {which.sql} ORDER BY g.asked_at DESC, g.id DESC LIMIT 100", **which.params
    )


async def pledges(
    actor: Actor, *, ended: bool = False, cursor: str | None = None, limit: int = LIMIT
) -> Slice[PledgeRow]:
    """Pledges, what falls due first first; those that have ended only if they are asked for."""
    which = Pledge.visible_to(actor)
    if not ended:
        which &= Clause("g.ended_at IS NULL")
    after = decode(cursor, date, UUID)
    if after is not None:
        which &= Clause(
            "(g.due_on, g.id) > (:after_due, :after_id)", {"after_due": after[0], "after_id": after[1]}
        )
    rows = await db.fetch(
        _pledge, f"{_PLEDGE} WHERE {which.sql} ORDER BY g.due_on, g.id LIMIT :limit", limit=limit + 1, **which.params
    )  # fmt: skip
    return cut(rows, limit, lambda row: (row.due_on, row.id))


async def lenders() -> list[tuple[int, str]]:
    """Whoever may lend on receipts: the banks at work."""
    rows = await db.tuples(
        "SELECT id, short_name FROM directory_organization WHERE kind = 'bank' AND ended_on IS NULL ORDER BY pinyin, id LIMIT :limit",
        limit=LENDERS_MAX,
    )
    return [(int(id), str(name)) for id, name in rows]


async def overdue(actor: Actor, *, today: date) -> int:
    """How many of this lender's loans are overdue with pepper still locked for them; a hundred at most are counted."""
    which = Pledge.visible_to(actor) & Clause("g.state = 'active' AND g.due_on < :today", {"today": today})
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM bank_pledge g WHERE {which.sql} LIMIT 100) AS found",
            **which.params,
        )
    )


async def waiting(actor: Actor) -> int:
    """How many wait for this lender's word, or this grower's; a hundred at most are counted."""
    state = "consented" if actor.household_id is None else "requested"
    which = Pledge.visible_to(actor) & Clause("g.state = :state", {"state": state})
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM bank_pledge g WHERE {which.sql} LIMIT 100) AS found",
            **which.params,
        )
    )
