"""Reading rooms: one of them, and where there is space on which days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing, NotYours
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Grams
from pepperchain.storage.models import Room
from pepperchain.storage.reserved_queries import reserved, shut
from pepperchain.storage.rules import RoomKind, split_forms
from pepperchain.web.paging import LIMIT, Slice, decode, encode

FAR = 99
"""Townships between two places of which one is on no map, or unknown."""
ROUNDS_MAX = 4
"""How often a page of rooms with space looks further before it ends short, with a cursor that goes on."""


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with the names of where it is."""

    id: int
    site_id: int
    site: str
    operator_id: int
    operator: str
    township_id: int
    township: str
    township_en: str
    name: str
    purpose: str
    kind: str
    forms: tuple[str, ...]
    set_point_decidegrees: int | None
    band_decidegrees: int | None
    capacity_grams: Grams
    stock_grams: Grams
    version: int
    closed_on: str | None

    @property
    def free_grams(self) -> Grams:
        """What is not filled; bookings not counted off."""
        return self.capacity_grams - self.stock_grams

    @property
    def full_name(self) -> str:
        return f"{self.site} {self.name}"

    @property
    def kind_label(self) -> str:
        """What its kind is called: a message id."""
        return RoomKind(self.kind).label

    @property
    def set_point(self) -> Decimal | None:
        """What it is set to, in °C."""
        return _degrees(self.set_point_decidegrees)

    @property
    def band(self) -> Decimal | None:
        """By how much that may vary, in °C."""
        return _degrees(self.band_decidegrees)

    @property
    def capacity_typed(self) -> Decimal:
        """The capacity in tonnes as it would be typed."""
        return self.capacity_grams.tonnes


def _degrees(decidegrees: int | None) -> Decimal | None:
    return None if decidegrees is None else Decimal(decidegrees).scaleb(-1)


@dataclass(frozen=True, slots=True)
class DaySpace:
    """A room on a day, if what lies in it now stays."""

    on: date
    stored_grams: Grams
    booked_grams: Grams
    coming_grams: Grams
    free_grams: Grams
    is_shut: bool = False


@dataclass(frozen=True, slots=True)
class RoomSpace:
    """A room and its days; `free_grams` is what can be brought on each of them."""

    room: RoomRow
    days: tuple[DaySpace, ...]
    steps: int = FAR

    @property
    def free_grams(self) -> Grams:
        return self.free_until(self.days[-1].on)

    def free_until(self, last: date) -> Grams:
        """What can be brought on each day from the first to another."""
        return min(day.free_grams for day in self.days if day.on <= last)


@dataclass(frozen=True, slots=True)
class SpaceWanted:
    """What a search for space asks for. `near_township_id` puts that township's rooms first."""

    form: str | None = None
    grams: Grams = Grams(0)
    near_township_id: int | None = None
    site_id: int | None = None
    township_id: int | None = None
    purpose: str | None = None


_ROOM = """
SELECT r.id, r.site_id, s.name, r.operator_id, o.short_name, r.township_id, t.name, t.name_en, r.name, r.purpose, r.kind, r.forms,
    r.set_point_decidegrees, r.band_decidegrees, r.capacity_grams, r.stock_grams, r.version, r.closed_on
FROM storage_room r
JOIN directory_site s ON s.id = r.site_id
JOIN directory_organization o ON o.id = r.operator_id
JOIN directory_area t ON t.id = r.township_id
"""
_FREE = "r.capacity_grams - r.stock_grams"
# How many townships of the tile map lie between, along its rows and columns.
_FAR = (
    "CASE WHEN r.township_id = n.id THEN 0 WHEN t.tile_column IS NULL OR n.tile_column IS NULL THEN "
    f"{FAR} ELSE ABS(t.tile_column - n.tile_column) + ABS(t.tile_row - n.tile_row) END"
)
_NEAR = "LEFT JOIN directory_area n ON n.id = CAST(:near AS BIGINT)"


def _room(*row: Any) -> RoomRow:
    values = list(row)
    values[11] = split_forms(values[11])
    values[14:16] = [Grams(values[14]), Grams(values[15])]
    values[17] = None if values[17] is None else str(values[17])
    return RoomRow(*values)


async def room(actor: Actor, room_id: int) -> RoomRow:
    """One room. Missing: there is none, or it is not the actor's to see."""
    return await _one(room_id, Room.visible_to(actor))


async def usable_room(actor: Actor, room_id: int) -> RoomRow:
    """A room that the actor may put pepper into. Missing: not theirs to see. NotYours: seen, but neither theirs nor booked."""
    seen = await room(actor, room_id)
    if not await _is(room_id, Room.usable_by(actor)):
        raise NotYours("Ask this room's keeper to take your pepper in, or book space there first.")
    return seen


async def own_room(actor: Actor, room_id: int) -> RoomRow:
    """A room that the actor may change. Missing: not theirs to see. NotYours: somebody else's."""
    seen = await room(actor, room_id)
    if not await _is(room_id, Room.run_by(actor)):
        raise NotYours("Only the organization that runs a room can change it.")
    return seen


async def room_unscoped(room_id: int) -> RoomRow:
    """The room of a lot that was looked up within its actor's scope."""
    return await _one(room_id, EVERYTHING)


async def is_usable(actor: Actor, room_id: int) -> bool:
    """Whether the actor may put pepper into a room."""
    return await _is(room_id, Room.usable_by(actor))


async def is_visible(actor: Actor, room_id: int) -> bool:
    """Whether the actor may see a room."""
    return await _is(room_id, Room.visible_to(actor))


async def _one(room_id: int, seen: Clause) -> RoomRow:
    found = await db.fetch_one(_room, f"{_ROOM} WHERE r.id = :id AND {seen.sql}", id=room_id, **seen.params)
    if found is None:
        raise Missing()
    return found


async def _is(room_id: int, clause: Clause) -> bool:
    sql = f"SELECT 1 FROM storage_room r WHERE r.id = :id AND {clause.sql}"
    return await db.scalar(sql, id=room_id, **clause.params) is not None


async def is_own(actor: Actor, room_id: int) -> bool:
    """Whether the actor's organization runs a room."""
    return await _is(room_id, Room.run_by(actor))


async def stores_at(operator_id: int) -> list[tuple[int, str]]:
    """The organizations that store at an operator's, by name: those it may book for."""
    rows = await db.tuples(
        "SELECT DISTINCT o.id, o.short_name FROM directory_organization_relation r JOIN directory_organization o ON o.id = r.from_id"
        " WHERE r.to_id = :id AND r.kind = 'stores_at' AND r.ended_on IS NULL ORDER BY o.short_name, o.id LIMIT 200",
        id=operator_id,
    )
    return [(int(id), str(name)) for id, name in rows]


async def home_township(actor: Actor) -> int | None:
    """The township of the actor's organization: what is near starts there."""
    township_id: int | None = await db.scalar(
        "SELECT township_id FROM directory_organization WHERE id = :id", id=actor.organization_id
    )
    return township_id


async def rooms_of_sites(actor: Actor, site_ids: Sequence[int]) -> list[RoomRow]:
    """The rooms of some sites that the actor may see, closed ones last."""
    seen = Room.visible_to(actor)
    return await db.fetch(
        _room,
        f"{_ROOM} WHERE r.site_id IN :sites AND {seen.sql} ORDER BY r.site_id, r.closed_on IS NOT NULL, r.name, r.id",
        sites=list(site_ids),
        **seen.params,
    )


async def usable_rooms(
    actor: Actor, *, form: str | None = None, near_township_id: int | None = None, limit: int = 50
) -> list[RoomRow]:
    """Rooms that the actor may put this form into, nearest township first, then those with most space."""
    wanted = SpaceWanted(form=form, near_township_id=near_township_id)
    return await _rows(Room.usable_by(actor), wanted, limit=limit)


async def usable_rooms_of(actor: Actor, site_id: int, *, form: str, limit: int = 50) -> list[RoomRow]:
    """Rooms of a site that the actor may put this form into, those with most space first."""
    wanted = SpaceWanted(form=form, site_id=site_id)
    return await _rows(Room.usable_by(actor), wanted, limit=limit)


async def elsewhere(
    actor: Actor, *, form: str, grams: int, near_township_id: int, not_room_id: int, on: date
) -> RoomSpace | None:
    """The nearest usable room that takes this form and has space for this much on a day, for a refusal that helps."""
    wanted = SpaceWanted(form=form, grams=Grams(grams), near_township_id=near_township_id)
    found = await _rows(Room.usable_by(actor), wanted, limit=10)
    spaces = await _with_days([row for row in found if row.id != not_room_id], on, on)
    return next((space for space in spaces if space.free_grams >= grams), None)


async def spaces(
    actor: Actor,
    wanted: SpaceWanted,
    *,
    from_on: date,
    to_on: date,
    until: date | None = None,
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Slice[RoomSpace]:
    """Open rooms that take the form and have that much space on every day: near ones first, then those with most space now.

    `until` is the last day on which the space is wanted, if the days are told beyond that.
    """
    seen = Room.visible_to(actor)
    after = decode(cursor, int, int, int)
    found: list[RoomSpace] = []
    more = True
    for _ in range(ROUNDS_MAX):
        ranked = await _ranked(seen, wanted, after=after, limit=limit + 1)
        more, ranked = len(ranked) > limit, ranked[:limit]
        steps = {row.id: far for row, far in ranked}
        found += [
            replace(space, steps=steps[space.room.id])
            for space in await _with_days([row for row, _ in ranked], from_on, to_on)
            if space.free_until(until or to_on) >= wanted.grams
        ]
        after = _key(*ranked[-1]) if ranked else after
        if not more or len(found) >= limit:
            break
    if len(found) > limit:
        return Slice(found[:limit], encode(_key(found[limit - 1].room, found[limit - 1].steps)))
    return Slice(found, encode(after) if more and after is not None else None)


def _key(row: RoomRow, steps: int) -> tuple[int, int, int]:
    return (steps, int(row.free_grams), row.id)


async def _rows(seen: Clause, wanted: SpaceWanted, *, limit: int) -> list[RoomRow]:
    return [row for row, _ in await _ranked(seen, wanted, after=None, limit=limit)]


async def _ranked(
    seen: Clause, wanted: SpaceWanted, *, after: tuple[Any, ...] | None, limit: int
) -> list[tuple[RoomRow, int]]:
    """Rooms with how far they are."""
    conditions = Clause(
        f"r.closed_on IS NULL AND {_FREE} >= :grams AND {seen.sql}", {**seen.params, "grams": wanted.grams}
    )
    if wanted.form is not None:
        conditions &= Clause(
            "(',' || r.forms || ',') LIKE '%,' || CAST(:form AS TEXT) || ',%'", {"form": wanted.form}
        )
    for name in ("site_id", "township_id", "purpose"):
        if (value := getattr(wanted, name)) is not None:
            conditions &= Clause(f"r.{name} = :{name}", {name: value})
    if after is not None:
        conditions &= Clause(
            f"({_FAR} > :far OR ({_FAR} = :far AND ({_FREE} < :free OR ({_FREE} = :free AND r.id > :after_id))))",
            {"far": after[0], "free": after[1], "after_id": after[2]},
        )
    return await db.fetch(
        lambda *row: (_room(*row[:-1]), int(row[-1])),
        f"{_ROOM.replace('FROM', f', {_FAR} FROM', 1)} {_NEAR} WHERE {conditions.sql} ORDER BY {_FAR}, {_FREE} DESC, r.id LIMIT :limit",
        near=wanted.near_township_id,
        limit=limit,
        **conditions.params,
    )


async def rooms_with_space(actor: Actor, wanted: SpaceWanted, *, limit: int) -> list[RoomRow]:
    """Open rooms that the actor sees, take the form and are not so full already, those with most space first."""
    return await _rows(Room.visible_to(actor), wanted, limit=limit)


async def spaces_of(rows: Sequence[RoomRow], from_on: date, to_on: date) -> list[RoomSpace]:
    """Rooms with their days."""
    return await _with_days(rows, from_on, to_on) if rows else []


async def days(
    row: RoomRow, from_on: date, to_on: date, *, but_for_booking: UUID | None = None
) -> tuple[DaySpace, ...]:
    """What a room has free on each day from one to another; one booking may be left out."""
    return (await _with_days([row], from_on, to_on, but_for_booking))[0].days


async def _with_days(
    rows: Sequence[RoomRow], from_on: date, to_on: date, but_for_booking: UUID | None = None
) -> list[RoomSpace]:
    others = EVERYTHING
    if but_for_booking is not None:
        others = Clause("b.id <> :but_for_booking", {"but_for_booking": but_for_booking})
    ids = [row.id for row in rows]
    taken, closed = await reserved(ids, from_on, to_on, others), await shut(ids, from_on, to_on)
    span = [from_on + timedelta(days=ahead) for ahead in range((to_on - from_on).days + 1)]
    return [
        RoomSpace(
            row,
            tuple(
                _day(row, on, booked, coming, is_shut=on in closed.get(row.id, ()))
                for on, (booked, coming) in zip(span, taken[row.id], strict=True)
            ),
        )
        for row in rows
    ]


def _day(row: RoomRow, on: date, booked: Grams, coming: Grams, *, is_shut: bool) -> DaySpace:
    free = Grams(0) if is_shut else max(row.free_grams - booked - coming, Grams(0))
    return DaySpace(on, row.stock_grams, booked, coming, free, is_shut)


async def booked_by_day(
    room_ids: Sequence[int], from_on: date, to_on: date, *, but_for: int | None = None
) -> dict[int, list[Grams]]:
    """What is booked or on the road, by room and day; `but_for` leaves one organization's bookings out."""
    others = EVERYTHING
    if but_for is not None:
        others = Clause("(b.organization_id IS NULL OR b.organization_id <> :but_for)", {"but_for": but_for})
    taken = await reserved(room_ids, from_on, to_on, others)
    return {room_id: [booked + coming for booked, coming in days] for room_id, days in taken.items()}
