"""Reading the waiting list: the actor's own places in it, and which rooms could serve one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.storage import queries
from pepperchain.storage.models import Room
from pepperchain.storage.queries import SpaceWanted
from pepperchain.storage.rules import WaitState
from pepperchain.storage.space_models import Wait
from pepperchain.web.paging import LIMIT, Slice, cut, decode


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits for space."""

    id: UUID
    organization_id: int
    organization: str
    township_id: int
    room_id: int | None
    form: str
    grams: Grams
    from_on: date
    to_on: date
    asked_at: int
    asked_by: int | None

    @property
    def actor(self) -> Actor:
        """As whom rooms are looked for: a clerk of the organization."""
        return Actor(None, Role.COOP_CLERK, self.organization, organization_id=self.organization_id)


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A place in the line, and what is offered to it."""

    id: UUID
    organization_id: int
    organization: str
    township_id: int
    township: str
    township_en: str
    room_id: int | None
    room: str | None
    form: str
    grams: Grams
    first: date
    last: date
    asked_at: int
    asked_by_name: str
    state: WaitState
    booking_id: str | None
    offer_until: datetime | None
    offered_room_id: int | None
    offered_room: str | None

    @property
    def is_open(self) -> bool:
        return self.state in (WaitState.WAITING, WaitState.OFFERED)

    def is_offered(self, now: datetime) -> bool:
        """Whether there is something that can be taken up."""
        return self.state is WaitState.OFFERED and self.offer_until is not None and now < self.offer_until


_WAIT = """
SELECT w.id, w.organization_id, o.short_name, w.township_id, t.name, t.name_en, w.room_id, s.name || ' ' || r.name, w.form, w.grams,
    w.from_on, w.to_on, w.asked_at, w.asked_by_name, w.state, w.booking_id, w.offer_until_at, b.room_id, bs.name || ' ' || br.name
FROM storage_wait w
JOIN directory_organization o ON o.id = w.organization_id
JOIN directory_area t ON t.id = w.township_id
LEFT JOIN storage_room r ON r.id = w.room_id
LEFT JOIN directory_site s ON s.id = r.site_id
LEFT JOIN storage_booking b ON b.id = w.booking_id
LEFT JOIN storage_room br ON br.id = b.room_id
LEFT JOIN directory_site bs ON bs.id = br.site_id
"""


def _wait(*row: Any) -> WaitRow:
    values = list(row)
    values[0] = UUID(str(values[0]))
    values[9] = Grams(values[9])
    values[10:12] = [date.fromisoformat(str(each)) for each in values[10:12]]
    values[14] = WaitState(values[14])
    values[15] = None if values[15] is None else str(values[15])
    values[16] = None if values[16] is None else clock.from_ms(values[16])
    return WaitRow(*values)


async def wait(actor: Actor, id: UUID) -> WaitRow:
    """One place in the line. Missing: there is none, or it is not the actor's to see."""
    return await _one(id, Wait.visible_to(actor))


async def own_wait(actor: Actor, id: UUID) -> WaitRow:
    """A place that is the actor's organization's. Missing: any other."""
    seen = Wait.visible_to(actor) & Clause("w.organization_id = :own", {"own": actor.organization_id})
    return await _one(id, seen)


async def _one(id: UUID, seen: Clause) -> WaitRow:
    found = await db.fetch_one(_wait, f"{_WAIT} WHERE w.id = :id AND {seen.sql}", id=id, **seen.params)
    if found is None:
        raise Missing()
    return found


async def waits(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Slice[WaitRow]:
    """Places in the line, those that were asked for last first."""
    seen = Wait.visible_to(actor)
    before = decode(cursor, int, UUID)
    if before is not None:
        seen &= Clause(
            "(w.asked_at, w.id) < (CAST(:before_at AS BIGINT), :before_id)",
            {"before_at": before[0], "before_id": before[1]},
        )
    rows = await db.fetch(
        _wait,
        f"{_WAIT} WHERE {seen.sql} ORDER BY w.asked_at DESC, w.id DESC LIMIT :limit",
        limit=limit + 1,
        **seen.params,
    )
    return cut(rows, limit, lambda row: (row.asked_at, row.id))


async def offered(actor: Actor, *, now: datetime, limit: int = 5) -> list[WaitRow]:
    """What is offered to the actor's organization, what runs out first at the top."""
    if actor.organization_id is None:
        return []
    return await db.fetch(
        _wait,
        f"{_WAIT} WHERE w.organization_id = :own AND w.state = 'offered' AND w.offer_until_at > :now"
        " ORDER BY w.offer_until_at, w.id LIMIT :limit",
        own=actor.organization_id,
        now=now,
        limit=limit,
    )


async def ahead(of: WaitRow) -> int:
    """How many wait before this one in the same township, counted to a hundred."""
    count = await db.scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM storage_wait w WHERE w.state = 'waiting' AND w.township_id = :township"
        " AND w.form = :form AND (w.asked_at, w.id) < (CAST(:at AS BIGINT), :id) LIMIT 100) AS before",
        township=of.township_id,
        form=of.form,
        at=of.asked_at,
        id=of.id,
    )
    return int(count)


async def is_township(id: int) -> bool:
    """Whether there is a township of this id."""
    return (
        await db.scalar("SELECT 1 FROM directory_area WHERE id = :id AND kind = 'township'", id=id)
        is not None
    )


async def largest_room(actor: Actor, township_id: int, form: str) -> Grams:
    """What the largest open room of a township holds that takes a form and that the actor may book; zero if there is none."""
    seen = Room.visible_to(actor)
    most = await db.scalar(
        "SELECT MAX(r.capacity_grams) FROM storage_room r WHERE r.township_id = :township AND r.closed_on IS NULL"
        f" AND (',' || r.forms || ',') LIKE '%,' || CAST(:form AS TEXT) || ',%' AND {seen.sql}",
        township=township_id,
        form=form,
        **seen.params,
    )
    return Grams(most or 0)


async def rooms_for(each: InLine, *, today: date, limit: int) -> list[int]:
    """Rooms that have what somebody waits for on every day, those with most space first."""
    first = max(each.from_on, today)
    if each.room_id is not None:
        rooms = [await queries.room_unscoped(each.room_id)]
    else:
        wanted = SpaceWanted(form=each.form, grams=each.grams, township_id=each.township_id)
        rooms = await queries.rooms_with_space(each.actor, wanted, limit=limit)
    spaces = await queries.spaces_of(rooms, first, each.to_on)
    return [space.room.id for space in spaces if space.free_grams >= each.grams]


async def in_line(
    where: str, *, today: date, limit: int, after: tuple[int, str] | None = None, **params: Any
) -> list[InLine]:
    """Those who wait and whose days have not gone by, who asked first comes first."""
    later = "" if after is None else " AND (w.asked_at, w.id) > (CAST(:after_at AS BIGINT), :after_id)"
    keyset = {} if after is None else {"after_at": after[0], "after_id": UUID(after[1])}
    return await db.fetch(
        _in_line,
        "SELECT w.id, w.organization_id, o.short_name, w.township_id, w.room_id, w.form, w.grams, w.from_on, w.to_on, w.asked_at,"
        " w.asked_by FROM storage_wait w JOIN directory_organization o ON o.id = w.organization_id"
        f" WHERE w.state = 'waiting' AND w.to_on >= :today AND {where}{later} ORDER BY w.asked_at, w.id LIMIT :limit",
        today=today,
        limit=limit,
        **keyset,
        **params,
    )


def _in_line(*row: Any) -> InLine:
    id, organization_id, organization, township_id, room_id, form, grams, first, last, at, by = row
    return InLine(
        UUID(str(id)), organization_id, organization, township_id, room_id, form, Grams(grams), date.fromisoformat(str(first)),
        date.fromisoformat(str(last)), at, by,
    )  # fmt: skip
