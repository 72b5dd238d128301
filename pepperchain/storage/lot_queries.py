"""Reading lots: one of them, the lists of them, what happened to them, and where their pepper came from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.storage.models import Lot
from pepperchain.storage.rules import Freshness, MovementKind, RoomKind, freshness, is_code, limits
from pepperchain.web.paging import LIMIT, Slice, cut, decode

Order = Literal["stale", "oldest", "newest"]
CODE_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot with the names of where it lies and whose it is."""

    id: int
    code: str
    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    site_id: int
    site: str
    room_id: int
    room: str
    room_kind: str
    township_id: int
    township: str
    township_en: str
    operator_id: int
    operator: str
    cooperative_id: int
    cooperative: str
    account_id: int
    parent_id: int | None
    origin_township: str
    origin_township_en: str
    picked_at: datetime
    received_at: datetime
    fresh_until: datetime
    slips: int
    on_hand_grams: Grams
    held_grams: Grams
    free_grams: Grams
    asking_fen_per_kg: Fen | None
    made_at: datetime | None
    block_id: str | None
    consignment_id: str | None

    @property
    def is_open(self) -> bool:
        return self.on_hand_grams > 0

    @property
    def short_code(self) -> str:
        """The beginning of its code, by which people call it."""
        return self.code[:CODE_CHARACTERS]

    @property
    def clock_from(self) -> datetime:
        """From when its clock runs: the picking, or when it was made into the form that it has."""
        return self.made_at or self.picked_at

    @property
    def price_typed(self) -> str:
        """The asking price as it would be typed."""
        return "" if self.asking_fen_per_kg is None else f"{self.asking_fen_per_kg.yuan:.2f}"

    @property
    def keeps_until(self) -> datetime:
        """After this day it is no longer kept, however it looks."""
        return self.clock_from + limits(self.form, self.room_kind).keeps

    @property
    def room_kind_label(self) -> str:
        """What the kind of its room is called: a message id."""
        return RoomKind(self.room_kind).label

    def freshness(self, now: datetime) -> Freshness:
        """Where its clock stands."""
        return freshness(self.clock_from, self.fresh_until, now=now)


@dataclass(frozen=True, slots=True)
class LotsWanted:
    """What a list of lots is narrowed to. Emptied lots only if asked for, newest first."""

    form: str | None = None
    room_id: int | None = None
    emptied: bool = False


_LOT = """
SELECT l.id, l.code, l.product_id, l.form, l.grade, l.cultivar, l.season, l.site_id, s.name, l.room_id, r.name, r.kind,
    l.township_id, t.name, t.name_en, l.operator_id, k.short_name, l.cooperative_id, o.short_name, l.account_id, l.parent_id,
    g.name, g.name_en, l.picked_at, l.received_at, l.fresh_until_at, l.slips, l.on_hand_grams, l.held_grams, l.free_grams,
    l.asking_fen_per_kg, l.made_at, l.block_id, l.consignment_id
FROM storage_lot l
JOIN storage_room r ON r.id = l.room_id
JOIN directory_site s ON s.id = l.site_id
JOIN directory_area t ON t.id = l.township_id
JOIN directory_area g ON g.id = l.origin_township_id
JOIN directory_organization k ON k.id = l.operator_id
JOIN directory_organization o ON o.id = l.cooperative_id
"""


def _lot(*row: Any) -> LotRow:
    values = list(row)
    values[23:26] = [clock.from_ms(value) for value in values[23:26]]
    values[27:30] = [Grams(value) for value in values[27:30]]
    values[30] = None if values[30] is None else Fen(values[30])
    values[31] = None if values[31] is None else clock.from_ms(values[31])
    values[32:34] = [None if value is None else str(value) for value in values[32:34]]
    return LotRow(*values)


async def lot(actor: Actor, lot_id: int) -> LotRow:
    """One lot. Missing: there is none, or it is not the actor's to see."""
    return await _one("l.id = :key", lot_id, Lot.visible_to(actor))


async def lot_unscoped(lot_id: int) -> LotRow:
    """A lot of something that was looked up within its actor's scope."""
    return await _one("l.id = :key", lot_id, EVERYTHING)


async def own_lot(actor: Actor, lot_id: int) -> LotRow | None:
    """A lot of the actor's own cooperative, or None."""
    owned = Lot.owned_by(actor) & Clause("l.id = :id", {"id": lot_id})
    return await db.fetch_one(_lot, f"{_LOT} WHERE {owned.sql}", **owned.params)


async def lots_by_id(actor: Actor, lot_ids: list[int]) -> list[LotRow]:
    """Those of these lots that the actor may see, in the order of their ids."""
    seen = Lot.visible_to(actor)
    return await db.fetch(
        _lot, f"{_LOT} WHERE l.id IN :ids AND {seen.sql} ORDER BY l.id", ids=lot_ids, **seen.params
    )


async def poured_with(actor: Actor, row: LotRow, *, limit: int = 50) -> list[LotRow]:
    """Lots that could be merged into this one: the same product, owner and room. Those with least time left first."""
    return await _like(actor, row, "l.room_id = :room_id AND l.product_id = :product_id", limit)


async def processed_with(actor: Actor, row: LotRow, *, limit: int) -> list[LotRow]:
    """Lots that could be processed along with this one. Those with least time left first."""
    same = "l.site_id = :site_id AND l.form = :form AND l.cultivar = :cultivar AND l.season = :season"
    return await _like(actor, row, same, limit)


async def loaded_with(actor: Actor, row: LotRow, *, limit: int) -> list[LotRow]:
    """Lots that could be sent off along with this one: of the same owner and site. Those with least time left first."""
    return await _like(actor, row, "l.site_id = :site_id", limit)


async def due_before(actor: Actor, row: LotRow, *, limit: int = 3) -> list[LotRow]:
    """Lots of the same product, owner and site whose time runs out before this one's: they should go first."""
    same = "l.site_id = :site_id AND l.product_id = :product_id AND l.fresh_until_at < :until"
    return await _like(actor, row, same, limit)


async def _like(actor: Actor, row: LotRow, same: str, limit: int) -> list[LotRow]:
    seen = Lot.visible_to(actor)
    return await db.fetch(
        _lot,
        f"{_LOT} WHERE l.is_open AND l.cooperative_id = :cooperative_id AND l.free_grams > 0 AND l.id <> :id AND {same} AND {seen.sql}"
        " ORDER BY l.fresh_until_at, l.id LIMIT :limit",
        id=row.id,
        cooperative_id=row.cooperative_id,
        room_id=row.room_id,
        product_id=row.product_id,
        site_id=row.site_id,
        form=row.form,
        cultivar=row.cultivar,
        season=row.season,
        until=row.fresh_until,
        limit=limit,
        **seen.params,
    )


async def public_lot(code: str) -> LotRow:
    """A lot by its public code, for whoever holds the code. Missing: there is none."""
    if not is_code(code):
        raise Missing()
    return await _one("l.code = :key", code, EVERYTHING)


async def _one(condition: str, key: object, seen: Clause) -> LotRow:
    found = await db.fetch_one(_lot, f"{_LOT} WHERE {condition} AND {seen.sql}", key=key, **seen.params)
    if found is None:
        raise Missing()
    return found


async def lots(
    actor: Actor, wanted: LotsWanted, *, cursor: str | None = None, limit: int = LIMIT
) -> Slice[LotRow]:
    """Lots that the actor may see: least time left first, or the emptied ones, newest first."""
    narrowed = Lot.visible_to(actor)
    if wanted.form is not None:
        narrowed &= Clause("l.form = :form", {"form": wanted.form})
    if wanted.room_id is not None:
        narrowed &= Clause("l.room_id = :room_id", {"room_id": wanted.room_id})
    if wanted.emptied:
        return await _emptied(narrowed, cursor, limit)
    after = decode(cursor, datetime, int)
    if after is not None:
        narrowed &= Clause(
            "(l.fresh_until_at, l.id) > (:after_at, :after_id)", {"after_at": after[0], "after_id": after[1]}
        )
    # The page is cut out of the lots before anything is joined: a planner that began with the names would sort them all.
    page = f"SELECT * FROM storage_lot l WHERE l.is_open AND {narrowed.sql} ORDER BY l.fresh_until_at, l.id LIMIT :limit"
    rows = await db.fetch(
        _lot,
        f"{_LOT.replace('FROM storage_lot l', f'FROM ({page}) l')} ORDER BY l.fresh_until_at, l.id",
        limit=limit + 1,
        **narrowed.params,
    )
    return cut(rows, limit, lambda row: (row.fresh_until, row.id))


async def _emptied(narrowed: Clause, cursor: str | None, limit: int) -> Slice[LotRow]:
    after = decode(cursor, int)
    if after is not None:
        narrowed &= Clause("l.id < :after_id", {"after_id": after[0]})
    rows = await db.fetch(
        _lot,
        f"{_LOT} WHERE NOT l.is_open AND {narrowed.sql} ORDER BY l.id DESC LIMIT :limit",
        limit=limit + 1,
        **narrowed.params,
    )
    return cut(rows, limit, lambda row: (row.id,))


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One thing that happened, with the rooms' names; `reversed_id` is the reversal that took it back."""

    id: str
    lot_id: int
    code: str
    form: str
    grade: str
    kind: str
    from_room: str | None
    to_room: str | None
    grams: Grams
    other_lot_id: int | None
    at: int
    actor_name: str
    reason: str | None
    reverses_id: str | None
    reversed_id: str | None
    reversed_kind: str | None

    @property
    def label(self) -> str:
        """What happened: a message id."""
        return MovementKind(self.kind).label

    @property
    def can_be_taken_back(self) -> bool:
        on_the_road = self.kind in (MovementKind.DISPATCH, MovementKind.ARRIVE, MovementKind.RETURN)
        return self.reversed_id is None and self.reverses_id is None and not on_the_road


_MOVEMENT = """
SELECT m.id, m.lot_id, l.code, l.form, l.grade, m.kind, f.name, t.name, m.grams, m.other_lot_id, m.at, m.actor_name, m.reason,
    m.reverses_id, v.id, o.kind
FROM storage_movement m
JOIN storage_lot l ON l.id = m.lot_id
LEFT JOIN storage_room f ON f.id = m.from_room_id
LEFT JOIN storage_room t ON t.id = m.to_room_id
LEFT JOIN storage_movement v ON v.reverses_id = m.id
LEFT JOIN storage_movement o ON o.id = m.reverses_id
"""


def _movement(*row: Any) -> MovementRow:
    values = list(row)
    values[8] = Grams(values[8])
    for place in (0, 13, 14):
        values[place] = None if values[place] is None else str(values[place])
    return MovementRow(*values)


async def block_of(row: LotRow) -> MovementRow | None:
    """The blocking that holds a lot: by whom, when and why. None if it is free."""
    if row.block_id is None:
        return None
    return await db.fetch_one(_movement, f"{_MOVEMENT} WHERE m.id = :id", id=row.block_id)


async def movements_of_lot(actor: Actor, lot_id: int, *, limit: int = 100) -> list[MovementRow]:
    """What happened to a lot that the actor may see, newest first: its own movements, and those that made it of others or others of it."""
    seen = Lot.visible_to(actor)
    return await db.fetch(
        _movement,
        f"{_MOVEMENT} WHERE m.id IN ("
        "SELECT id FROM storage_movement WHERE lot_id = :lot_id"
        " UNION SELECT id FROM storage_movement WHERE other_lot_id = :lot_id"
        " UNION SELECT movement_id FROM storage_lot_source WHERE lot_id = :lot_id"
        " UNION SELECT movement_id FROM storage_lot_source WHERE source_id = :lot_id"
        f") AND {seen.sql} ORDER BY m.seq DESC LIMIT :limit",
        lot_id=lot_id,
        limit=limit,
        **seen.params,
    )


async def movements_of_room(
    actor: Actor, room_id: int, *, cursor: str | None = None, limit: int = 20
) -> Slice[MovementRow]:
    """What came into and left a room, newest first, as far as the actor may see the lots."""
    seen = Lot.visible_to(actor)
    after = decode(cursor, int, str)
    past = (
        ""
        if after is None
        else " AND (m.at, m.id) < (:after_at, CAST(:after_id AS {}))".format(
            "UUID" if db.dialect() == "postgres" else "TEXT"
        )
    )
    half = (
        "SELECT * FROM (SELECT m.id FROM storage_movement m JOIN storage_lot l ON l.id = m.lot_id"
        f" WHERE m.{{side}} = :room_id AND {seen.sql}{past} ORDER BY m.at DESC, m.id DESC LIMIT :limit) AS {{side}}"
    )
    rows = await db.fetch(
        _movement,
        f"{_MOVEMENT} WHERE m.id IN ({half.format(side='to_room_id')} UNION {half.format(side='from_room_id')})"
        " ORDER BY m.at DESC, m.id DESC LIMIT :limit",
        room_id=room_id,
        limit=limit + 1,
        **({} if after is None else {"after_at": after[0], "after_id": after[1]}),
        **seen.params,
    )
    return cut(rows, limit, lambda row: (row.at, row.id))
