"""Stocktakes as pages and papers show them: one, the list of them, what is to be counted, what differs."""

from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.stocktakes.models import Stocktake
from pepperchain.stocktakes.rules import State
from pepperchain.storage.lot_queries import CODE_CHARACTERS
from pepperchain.storage.models import Room
from pepperchain.storage.rules import MovementKind
from pepperchain.web.paging import LIMIT, Slice, cut, decode


@dataclass(frozen=True, slots=True)
class StocktakeRow:
    """A stocktake with the names of where it is."""

    id: int
    request_id: str
    site_id: int
    site: str
    room_id: int | None
    room: str | None
    operator_id: int
    operator: str
    township_id: int
    note: str | None
    cut_off_at: int
    opened_by: int | None
    opened_by_name: str
    state: State
    lines: int
    book_grams: Grams
    lost_grams: Grams | None
    found_grams: Grams | None
    over_tolerance: bool
    handed_in_at: int | None
    handed_in_by: int | None
    handed_in_by_name: str | None
    allowed_at: int | None
    allowed_by: int | None
    allowed_by_name: str | None
    ended_at: int | None
    ended_by: int | None
    ended_by_name: str | None
    reason: str | None
    version: int

    @property
    def code(self) -> str:
        """What it is called on paper and in the books."""
        return f"ST-{self.id:05d}"

    @property
    def full_name(self) -> str:
        return self.site if self.room is None else f"{self.site} {self.room}"

    @property
    def is_open(self) -> bool:
        return self.state in (State.COUNTING, State.HANDED_IN)

    @property
    def waits_for_committee(self) -> bool:
        return self.state is State.HANDED_IN and self.over_tolerance and self.allowed_at is None

    @property
    def mark(self) -> str:
        """The kind of mark that pages draw for its state."""
        return {"counting": "info", "handed_in": "soon", "posted": "good", "cancelled": "plain"}[self.state]

    def may_sign(self, actor: Actor) -> bool:
        """Whether this person could be the second one: the first is whoever handed it in, unless the committee agreed."""
        return self.allowed_at is not None or (not self.over_tolerance and self.handed_in_by != actor.user_id)


_STOCKTAKE = """
SELECT k.id, k.request_id, k.site_id, s.name, k.room_id, r.name, k.operator_id, o.short_name, k.township_id, k.note, k.cut_off_at,
    k.opened_by, k.opened_by_name, k.state, k.lines, k.book_grams, k.lost_grams, k.found_grams, k.over_tolerance, k.handed_in_at,
    k.handed_in_by, k.handed_in_by_name, k.allowed_at, k.allowed_by, k.allowed_by_name, k.ended_at, k.ended_by, k.ended_by_name,
    k.reason, k.version
FROM stocktakes_stocktake k JOIN directory_site s ON s.id = k.site_id JOIN directory_organization o ON o.id = k.operator_id
LEFT JOIN storage_room r ON r.id = k.room_id
"""


def _stocktake(*row: Any) -> StocktakeRow:
    values = list(row)
    values[1], values[13], values[18] = str(row[1]), State(row[13]), bool(row[18])
    values[15:18] = [None if each is None else Grams(each) for each in row[15:18]]
    return StocktakeRow(*values)


async def stocktake(actor: Actor, id: int) -> StocktakeRow:
    """One stocktake. Missing: there is none, or it is not the actor's to see."""
    seen = Stocktake.visible_to(actor)
    found = await db.fetch_one(
        _stocktake, f"{_STOCKTAKE} WHERE k.id = :id AND {seen.sql}", id=id, **seen.params
    )
    if found is None:
        raise Missing()
    return found


async def stocktakes(
    actor: Actor, *, is_open: bool, cursor: str | None = None, limit: int = LIMIT
) -> Slice[StocktakeRow]:
    """Stocktakes from the newest back: those that go on, or all of them."""
    conditions = Stocktake.visible_to(actor)
    if is_open:
        conditions &= Clause("k.state IN ('counting', 'handed_in')")
    after = decode(cursor, int)
    if after is not None:
        conditions &= Clause("k.id < :after_id", {"after_id": after[0]})
    rows = await db.fetch(
        _stocktake,
        f"{_STOCKTAKE} WHERE {conditions.sql} ORDER BY k.id DESC LIMIT :limit",
        limit=limit + 1,
        **conditions.params,
    )
    return cut(rows, limit, lambda row: (row.id,))


async def is_own(actor: Actor, row: StocktakeRow) -> bool:
    """Whether the actor's organization runs what is counted."""
    run = Room.run_by(actor, "k")
    return (
        await db.scalar(
            f"SELECT 1 FROM stocktakes_stocktake k WHERE k.id = :id AND {run.sql}", id=row.id, **run.params
        )
        is not None
    )


@dataclass(frozen=True, slots=True)
class CountingPlace:
    """A site or a room that can be counted."""

    site_id: int
    site: str
    room_id: int
    room: str
    operator_id: int
    township_id: int
    is_counted: bool
    """Whether a stocktake goes on there already."""


_PLACE = (
    "SELECT r.site_id, s.name, r.id, r.name, r.operator_id, r.township_id,"
    " EXISTS (SELECT 1 FROM stocktakes_room x WHERE x.room_id = r.id AND x.is_open)"
    " FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE r.closed_on IS NULL"
)


def _place(*row: Any) -> CountingPlace:
    values = list(row)
    values[6] = bool(row[6])
    return CountingPlace(*values)


async def own_rooms(actor: Actor, *, site_id: int | None = None, limit: int = 500) -> list[CountingPlace]:
    """Open rooms that the actor's organization runs, site by site."""
    conditions = Room.run_by(actor)
    if site_id is not None:
        conditions &= Clause("r.site_id = :site", {"site": site_id})
    return await db.fetch(
        _place,
        f"{_PLACE} AND {conditions.sql} ORDER BY r.site_id, r.id LIMIT :limit",
        limit=limit,
        **conditions.params,
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """A lot to count. The templates of those who count are given `ToCount` instead, which knows no weight."""

    id: int
    position: int
    room_id: int
    room: str
    lot_id: int
    code: str
    form: str
    grade: str
    cultivar: str
    owner: str
    book_grams: Grams
    is_added: bool
    counts: int
    counted_grams: Grams | None
    expected_grams: Grams | None
    counted_at: int | None
    counted_by_name: str | None
    movement_id: str | None
    here: bool
    """Whether something of the lot is in a room of the stocktake by the book."""
    on_hand_grams: Grams
    """What the book says now."""
    account_id: int
    site_id: int
    consignment_id: str | None

    @property
    def short_code(self) -> str:
        return self.code[:CODE_CHARACTERS]

    @property
    def difference(self) -> int:
        """What was counted over what the book said at that moment; below zero, something is missing."""
        if self.counted_grams is None or self.expected_grams is None:
            return 0
        return int(self.counted_grams) - int(self.expected_grams)

    @property
    def moved_before(self) -> int:
        """What came or went between the cut-off and the count, by the book."""
        return 0 if self.expected_grams is None else int(self.expected_grams) - int(self.book_grams)

    @property
    def left_uncounted(self) -> bool:
        """Nobody counted it, and it went after the cut-off: there was nothing to count."""
        return self.counts == 0 and not self.here


_LINE = """
SELECT n.id, n.position, n.room_id, r.name, n.lot_id, l.code, l.form, l.grade, l.cultivar, o.short_name, n.book_grams, n.is_added,
    n.counts, n.counted_grams, n.expected_grams, n.counted_at, n.counted_by_name, n.movement_id,
    (l.on_hand_grams > 0 AND EXISTS (SELECT 1 FROM stocktakes_room x WHERE x.stocktake_id = n.stocktake_id AND x.room_id = l.room_id)),
    l.on_hand_grams, l.account_id, l.site_id, l.consignment_id
FROM stocktakes_line n JOIN storage_lot l ON l.id = n.lot_id JOIN storage_room r ON r.id = n.room_id
JOIN directory_organization o ON o.id = l.cooperative_id
"""


def _line(*row: Any) -> LineRow:
    values = list(row)
    values[10], values[11], values[18], values[19] = (
        Grams(row[10]),
        bool(row[11]),
        bool(row[18]),
        Grams(row[19]),
    )
    values[13:15] = [None if each is None else Grams(each) for each in row[13:15]]
    values[17] = None if row[17] is None else str(row[17])
    values[22] = None if row[22] is None else str(row[22])
    return LineRow(*values)


async def lines(row: StocktakeRow) -> list[LineRow]:
    """Every line, in the order in which one walks. There are as many as config/stocktakes.toml allows, at most."""
    return await db.fetch(_line, f"{_LINE} WHERE n.stocktake_id = :id ORDER BY n.position", id=row.id)


async def line(row: StocktakeRow, line_id: int) -> LineRow:
    """A line of a stocktake. Missing: it has none of this id."""
    found = await db.fetch_one(
        _line, f"{_LINE} WHERE n.stocktake_id = :stocktake AND n.id = :id", stocktake=row.id, id=line_id
    )
    if found is None:
        raise Missing()
    return found


@dataclass(frozen=True, slots=True)
class CountRow:
    """What somebody counted of a line."""

    line_id: int
    counted_grams: Grams
    at: int
    actor_name: str


async def counts(row: StocktakeRow) -> list[CountRow]:
    """All words of all counters, for lines that were counted more than once."""
    return await db.fetch(
        lambda *found: CountRow(found[0], Grams(found[1]), found[2], found[3]),
        "SELECT c.line_id, c.counted_grams, c.at, c.actor_name FROM stocktakes_line n JOIN stocktakes_count c ON c.line_id = n.id"
        " WHERE n.stocktake_id = :id AND n.counts > 1 ORDER BY c.line_id, c.at, c.id",
        id=row.id,
    )


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """What had no line."""

    room: str
    lot_id: int | None
    words: str
    grams: Grams
    at: int
    actor_name: str


async def extras(row: StocktakeRow) -> list[ExtraRow]:
    """What lay there and has no line."""
    return await db.fetch(
        lambda *found: ExtraRow(found[0], found[1], found[2], Grams(found[3]), found[4], found[5]),
        "SELECT r.name, e.lot_id, e.words, e.grams, e.at, e.actor_name FROM stocktakes_extra e JOIN storage_room r ON r.id = e.room_id"
        " WHERE e.stocktake_id = :id ORDER BY e.at, e.id LIMIT 500",
        id=row.id,
    )


async def rooms_of(row: StocktakeRow) -> list[tuple[int, str]]:
    """The rooms of a stocktake."""
    found = await db.tuples(
        "SELECT r.id, r.name FROM stocktakes_room x JOIN storage_room r ON r.id = x.room_id WHERE x.stocktake_id = :id ORDER BY r.id",
        id=row.id,
    )
    return [(id, name) for id, name in found]


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that happened to a lot after the cut-off."""

    lot_id: int
    kind: MovementKind
    grams: Grams
    at: int

    @property
    def label(self) -> str:
        return self.kind.label


async def moved_since(row: StocktakeRow, lot_ids: list[int]) -> dict[int, list[Moved]]:
    """What happened to lots after the cut-off, until the stocktake ended."""
    if not lot_ids:
        return {}
    found = await db.fetch(
        lambda *each: Moved(each[0], MovementKind(each[1]), Grams(each[2]), each[3]),
        "SELECT m.lot_id, m.kind, m.grams, m.at FROM storage_movement m WHERE m.lot_id IN :lots AND m.at > :cut_off"
        " AND m.at <= :until AND m.kind NOT IN ('block', 'release') AND NOT EXISTS (SELECT 1 FROM stocktakes_line n"
        " WHERE n.stocktake_id = :id AND n.movement_id = m.id) ORDER BY m.lot_id, m.at, m.id LIMIT 1000",
        lots=lot_ids,
        cut_off=row.cut_off_at,
        until=2**62 if row.ended_at is None else row.ended_at,
        id=row.id,
    )
    by_lot: dict[int, list[Moved]] = {}
    for each in found:
        by_lot.setdefault(each.lot_id, []).append(each)
    return by_lot


async def came_since(row: StocktakeRow) -> int:
    """How many lots came into the rooms after the cut-off: they are not part of the stocktake."""
    return int(
        await db.scalar(
            "SELECT COUNT(*) FROM stocktakes_room x JOIN storage_lot l ON l.room_id = x.room_id AND l.is_open"
            " WHERE x.stocktake_id = :id AND NOT EXISTS (SELECT 1 FROM stocktakes_line n WHERE n.stocktake_id = :id AND n.lot_id = l.id)",
            id=row.id,
        )
    )


async def rooms_holding(lot_ids: list[int]) -> list[int]:
    """The rooms in which some lots are now."""
    return await db.fetch(int, "SELECT DISTINCT room_id FROM storage_lot WHERE id IN :ids", ids=lot_ids)
