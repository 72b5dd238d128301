"""Holding a room's own count, its lots and the ledger against each other. Each question is one statement: what moves is no difference."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.stocktakes.check_rules import CaseKind
from pepperchain.stocktakes.models import Case, Stocktake
from pepperchain.storage.lot_queries import CODE_CHARACTERS
from pepperchain.web.paging import LIMIT, Slice, cut, decode

FOUND_MAX = 100
"""Of one kind in one turn. The next check finds the rest, once these are put right."""

_LOTS = "storage_lot l JOIN ledger_account a ON a.id = l.account_id"
_HERE = "l.room_id IN :rooms AND l.is_open"
_STATEMENTS: Mapping[CaseKind, str] = {
    CaseKind.ROOM: "SELECT r.id, 0, r.stock_grams, COALESCE(SUM(l.on_hand_grams), 0) FROM storage_room r"
    " LEFT JOIN storage_lot l ON l.room_id = r.id AND l.is_open WHERE r.id IN :rooms GROUP BY r.id, r.stock_grams"
    " HAVING r.stock_grams <> COALESCE(SUM(l.on_hand_grams), 0)",
    CaseKind.LEDGER: f"SELECT l.room_id, l.id, l.on_hand_grams, a.debits - a.credits FROM {_LOTS} WHERE {_HERE}"
    " AND l.on_hand_grams <> a.debits - a.credits",
    CaseKind.HELD: f"SELECT l.room_id, l.id, l.held_grams, CASE WHEN l.block_id IS NULL THEN a.held_credits ELSE a.debits - a.credits END"
    f" FROM {_LOTS} WHERE {_HERE}"
    " AND l.held_grams <> CASE WHEN l.block_id IS NULL THEN a.held_credits ELSE a.debits - a.credits END",
    CaseKind.HOLDS: "SELECT x.room_id, x.lot_id, x.held, x.added FROM (SELECT l.room_id, l.id AS lot_id, a.held_credits AS held,"
    " (SELECT COALESCE(SUM(h.amount), 0) FROM ledger_hold h LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id"
    f" WHERE h.credit_id = a.id AND o.hold_id IS NULL) AS added FROM {_LOTS} WHERE {_HERE}) AS x WHERE x.held <> x.added",
    CaseKind.COUNTERS: "SELECT x.room_id, x.lot_id, x.debits - x.credits, x.came - x.went FROM (SELECT l.room_id, l.id AS lot_id, a.debits,"
    " a.credits, (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfer t WHERE t.debit_id = a.id) AS came,"
    f" (SELECT COALESCE(SUM(t.amount), 0) FROM ledger_transfer t WHERE t.credit_id = a.id) AS went FROM {_LOTS} WHERE {_HERE}) AS x"
    " WHERE x.debits <> x.came OR x.credits <> x.went",
    CaseKind.NO_ACCOUNT: f"SELECT l.room_id, l.id, 0, 0 FROM storage_lot l WHERE {_HERE} AND l.account_id IS NULL",
    CaseKind.ACCOUNT: f"SELECT l.room_id, l.id, 0, 0 FROM {_LOTS} WHERE {_HERE} AND (a.kind <> 'lot' OR a.ref <> 'lot:' || l.id)",
    CaseKind.COMMODITY: f"SELECT l.room_id, l.id, 0, 0 FROM {_LOTS} JOIN harvest_product p ON p.id = l.product_id WHERE {_HERE}"
    " AND p.commodity_id <> a.commodity_id",
    CaseKind.PRODUCT: f"SELECT l.room_id, l.id, 0, 0 FROM storage_lot l JOIN harvest_product p ON p.id = l.product_id WHERE {_HERE}"
    " AND (p.form <> l.form OR p.grade <> l.grade OR p.cultivar <> l.cultivar OR p.season <> l.season)",
    CaseKind.SITE: f"SELECT l.room_id, l.id, 0, 0 FROM storage_lot l JOIN storage_room r ON r.id = l.room_id WHERE {_HERE}"
    " AND (l.site_id <> r.site_id OR l.operator_id <> r.operator_id OR l.township_id <> r.township_id)",
    CaseKind.ROAD: f"SELECT l.room_id, l.id, 0, 0 FROM storage_lot l WHERE {_HERE} AND l.consignment_id IS NOT NULL",
    CaseKind.BLOCK: "SELECT l.room_id, l.id, 0, 0 FROM storage_lot l LEFT JOIN storage_movement m ON m.id = l.block_id AND m.lot_id = l.id"
    f" AND m.kind = 'block' LEFT JOIN storage_movement v ON v.reverses_id = m.id WHERE {_HERE} AND l.block_id IS NOT NULL"
    " AND (m.id IS NULL OR v.id IS NOT NULL)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree: of a lot, or (0) of the room itself."""

    kind: CaseKind
    room_id: int
    lot_id: int
    said_grams: int
    other_grams: int


async def differences(room_ids: Collection[int]) -> list[Difference]:
    """Everything about some rooms that does not agree."""
    found: list[Difference] = []
    for kind, sql in _STATEMENTS.items():
        rows = await db.tuples(f"{sql} LIMIT :most", rooms=list(room_ids), most=FOUND_MAX)
        found += [Difference(kind, room, lot, int(said), int(other)) for room, lot, said, other in rows]
    return found


async def due(*, before: datetime, limit: int) -> list[int]:
    """Rooms that were never checked, or not since a moment; those that wait longest first."""
    return await db.fetch(
        int,
        "SELECT r.id FROM storage_room r LEFT JOIN stocktakes_check c ON c.room_id = r.id WHERE r.closed_on IS NULL"
        " AND (c.room_id IS NULL OR c.checked_at < :before) ORDER BY COALESCE(c.checked_at, 0), r.id LIMIT :limit",
        before=before,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class CheckRow:
    """When a room was last checked, and what came of it."""

    room_id: int
    checked_at: int
    differences: int
    case_id: int | None
    """The oldest case that is not closed."""
    grams: int
    """By how much a room's count, or else a lot, is out; 0 if it is about something else."""


async def checks(actor: Actor, room_ids: Collection[int]) -> dict[int, CheckRow]:
    """The last checks of some rooms, as far as the actor sees them."""
    if not room_ids:
        return {}
    seen = Stocktake.visible_to(actor, "r")
    rows = await db.fetch(
        CheckRow,
        "SELECT c.room_id, c.checked_at, c.differences,"
        " (SELECT MIN(k.id) FROM stocktakes_case k WHERE k.room_id = c.room_id AND k.state <> 'closed'),"
        " COALESCE((SELECT ABS(k.said_grams - k.other_grams) FROM stocktakes_case k WHERE k.room_id = c.room_id AND k.state <> 'closed'"
        " AND k.gone_at IS NULL ORDER BY CASE k.kind WHEN 'room' THEN 0 WHEN 'ledger' THEN 1 ELSE 2 END, k.id LIMIT 1), 0)"
        f" FROM stocktakes_check c JOIN storage_room r ON r.id = c.room_id WHERE c.room_id IN :rooms AND {seen.sql}",
        rooms=list(room_ids),
        **seen.params,
    )
    return {row.room_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rooms there are, how many were checked, and when the one that waits longest was."""

    rooms: int
    checked: int
    oldest_at: int | None
    newest_at: int | None


async def tally(actor: Actor) -> Tally:
    """How far the checks of the rooms that the actor sees are."""
    seen = Stocktake.visible_to(actor, "r")
    found = await db.fetch_one(
        Tally,
        "SELECT COUNT(*), COUNT(c.room_id), MIN(c.checked_at), MAX(c.checked_at) FROM storage_room r"
        f" LEFT JOIN stocktakes_check c ON c.room_id = r.id WHERE r.closed_on IS NULL AND {seen.sql}",
        **seen.params,
    )
    assert found is not None, "a count always answers"
    return found


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with the names of where it is."""

    id: int
    room_id: int
    site: str
    room: str
    operator_id: int
    township_id: int
    kind: CaseKind
    lot_id: int
    lot_code: str | None
    said_grams: int
    other_grams: int
    state: str
    found_at: int
    seen_at: int
    gone_at: int | None
    taken_at: int | None
    taken_by_name: str | None
    closed_at: int | None
    closed_by_name: str | None
    note: str | None
    version: int

    @property
    def full_name(self) -> str:
        return f"{self.site} {self.room}"

    @property
    def grams(self) -> int:
        """By how much it is out."""
        return abs(self.said_grams - self.other_grams)


_CASE = """
SELECT c.id, c.room_id, s.name, r.name, c.operator_id, c.township_id, c.kind, c.lot_id, l.code, c.said_grams, c.other_grams, c.state,
    c.found_at, c.seen_at, c.gone_at, c.taken_at, c.taken_by_name, c.closed_at, c.closed_by_name, c.note, c.version
FROM stocktakes_case c JOIN storage_room r ON r.id = c.room_id JOIN directory_site s ON s.id = r.site_id
LEFT JOIN storage_lot l ON l.id = c.lot_id
"""


def _case(*row: Any) -> CaseRow:
    values = list(row)
    values[6] = CaseKind(row[6])
    values[8] = None if row[8] is None else row[8][:CODE_CHARACTERS]
    return CaseRow(*values)


async def case(actor: Actor, id: int) -> CaseRow:
    """One case. Missing: there is none, or it is not the actor's to see."""
    seen = Case.visible_to(actor)
    found = await db.fetch_one(_case, f"{_CASE} WHERE c.id = :id AND {seen.sql}", id=id, **seen.params)
    if found is None:
        raise Missing()
    return found


async def cases(
    actor: Actor, *, is_open: bool, cursor: str | None = None, limit: int = LIMIT
) -> Slice[CaseRow]:
    """Cases from the newest back: those to settle, or all."""
    conditions = Case.visible_to(actor)
    if is_open:
        conditions &= Clause("c.state <> 'closed'")
    after = decode(cursor, int)
    if after is not None:
        conditions &= Clause("c.id < :after_id", {"after_id": after[0]})
    rows = await db.fetch(
        _case,
        f"{_CASE} WHERE {conditions.sql} ORDER BY c.id DESC LIMIT :limit",
        limit=limit + 1,
        **conditions.params,
    )
    return cut(rows, limit, lambda row: (row.id,))
