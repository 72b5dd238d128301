"""Breaches as pages show them: one, lists of them, and those that somebody is to be told of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.climate.code_rules import BreachKind, BreachState, Cause, SensorKind
from pepperchain.climate.models import Breach
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.web.paging import LIMIT, Slice, cut, decode


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A breach with the names of where it was."""

    id: int
    sensor_id: int
    sensor: str
    sensor_kind: SensorKind
    room_id: int
    site: str
    room: str
    township_id: int
    kind: BreachKind
    side: int
    started_at: int
    last_at: int
    ended_at: int | None
    low: int | None
    high: int | None
    bound: int | None
    degree_minutes: int
    state: BreachState
    found_at: int
    acknowledged_at: int | None
    acknowledged_by: str | None
    explained_at: int | None
    explained_by: str | None
    cause: Cause | None
    done: str | None
    closed_at: int | None
    closed_by: str | None
    cut_at: int | None
    void_at: int | None
    version: int

    @property
    def full_name(self) -> str:
        return f"{self.site} {self.room}"

    @property
    def goes_on(self) -> bool:
        return self.ended_at is None and self.state is not BreachState.CLOSED and self.void_at is None

    @property
    def is_settled(self) -> bool:
        return self.state is BreachState.CLOSED or self.void_at is not None

    @property
    def worst(self) -> int | None:
        """The value furthest from where it should have been."""
        return self.low if self.side < 0 else self.high

    @property
    def counts_degrees(self) -> bool:
        return self.sensor_kind is SensorKind.TEMPERATURE and self.side != 0

    @property
    def mark(self) -> str:
        """The kind of mark that pages draw for it."""
        if self.is_settled:
            return "plain"
        return "bad" if self.ended_at is None or self.state is BreachState.OPEN else "soon"

    def seconds(self, now: datetime) -> int:
        """How long it lasted, or has lasted so far."""
        until = clock.to_ms(now) if self.ended_at is None else self.ended_at
        return max(until - self.started_at, 0) // 1000


_BREACH = """
SELECT b.id, b.sensor_id, s.code, s.kind, b.room_id, t.name, r.name, b.township_id, b.kind, b.side, b.started_at, b.last_at, b.ended_at,
    b.low, b.high, b.bound, b.degree_minutes, b.state, b.found_at, b.acknowledged_at, b.acknowledged_by, b.explained_at,
    b.explained_by, b.cause, b.done, b.closed_at, b.closed_by, b.cut_at, b.void_at, b.version
FROM climate_breach b JOIN climate_sensor s ON s.id = b.sensor_id JOIN storage_room r ON r.id = b.room_id
JOIN directory_site t ON t.id = r.site_id
"""
_UNSETTLED = Clause("b.state <> 'closed' AND b.void_at IS NULL")


def _breach(*row: Any) -> BreachRow:
    values = list(row)
    values[3], values[8] = SensorKind(row[3]), BreachKind(row[8])
    values[17], values[23] = BreachState(row[17]), None if row[23] is None else Cause(row[23])
    return BreachRow(*values)


async def breach(actor: Actor, id: int) -> BreachRow:
    """One breach. Missing: there is none, or its room is not the actor's to see."""
    seen = Breach.visible_to(actor)
    found = await db.fetch_one(_breach, f"{_BREACH} WHERE b.id = :id AND {seen.sql}", id=id, **seen.params)
    if found is None:
        raise Missing()
    return found


async def is_visible(actor: Actor, id: int) -> bool:
    """Whether the actor may look at a breach."""
    seen = Breach.visible_to(actor)
    return (
        await db.scalar(
            f"SELECT 1 FROM climate_breach b WHERE b.id = :id AND {seen.sql}", id=id, **seen.params
        )
        is not None
    )


async def breaches(
    actor: Actor, *, settled: bool, room_id: int | None = None, cursor: str | None = None, limit: int = LIMIT
) -> Slice[BreachRow]:
    """Breaches from the newest back: those that are not settled, or all of them."""
    conditions = Breach.visible_to(actor) & (EVERYTHING if settled else _UNSETTLED)
    if room_id is not None:
        conditions &= Clause("b.room_id = :room", {"room": room_id})
    after = decode(cursor, int, int)
    if after is not None:
        conditions &= Clause(
            "(b.started_at, b.id) < (:at, :after_id)", {"at": after[0], "after_id": after[1]}
        )
    rows = await db.fetch(
        _breach,
        f"{_BREACH} WHERE {conditions.sql} ORDER BY b.started_at DESC, b.id DESC LIMIT :limit",
        limit=limit + 1,
        **conditions.params,
    )
    return cut(rows, limit, lambda row: (row.started_at, row.id))


async def between(room_id: int, first: int, last: int, *, limit: int = 500) -> list[BreachRow]:
    """What was not as it should be in a room, that the actor was found to see, at some time between two moments."""
    return await db.fetch(
        _breach,
        f"{_BREACH} WHERE b.room_id = :room AND b.started_at < :last AND b.void_at IS NULL"
        " AND (b.ended_at IS NULL OR b.ended_at > :first) ORDER BY b.started_at, b.id LIMIT :limit",
        room=room_id,
        first=first,
        last=last,
        limit=limit,
    )


async def told_to(actor: Actor, *, limit: int) -> list[BreachRow]:
    """Of the alarms that this person got, those that nobody has explained yet, the newest first."""
    if actor.user_id is None:
        return []
    seen = Breach.visible_to(actor)
    return await db.fetch(
        _breach,
        f"{_BREACH} WHERE b.state IN ('open', 'acknowledged') AND b.void_at IS NULL AND {seen.sql}"
        " AND EXISTS (SELECT 1 FROM climate_alarm a WHERE a.recipient_id = :user AND a.rule = 'breach' AND a.subject = b.id)"
        " ORDER BY b.started_at DESC, b.id DESC LIMIT :limit",
        user=actor.user_id,
        limit=limit,
        **seen.params,
    )


@dataclass(frozen=True, slots=True)
class RoomTrouble:
    """How many breaches of a room go on, and how many nobody has settled."""

    going_on: int
    unsettled: int
    kind: BreachKind | None


async def trouble(room_ids: Collection[int]) -> dict[int, RoomTrouble]:
    """Rooms, that the actor was found to see, with breaches that are not settled."""
    rows = await db.tuples(
        "SELECT b.room_id, SUM(CASE WHEN b.ended_at IS NULL THEN 1 ELSE 0 END), COUNT(*), MIN(CASE WHEN b.ended_at IS NULL THEN b.kind END)"
        f" FROM climate_breach b WHERE b.room_id IN :rooms AND {_UNSETTLED.sql} GROUP BY b.room_id",
        rooms=list(room_ids),
    )
    return {
        id: RoomTrouble(int(on), int(every), None if kind is None else BreachKind(kind))
        for id, on, every, kind in rows
    }


async def too_warm_in(
    stays: Collection[tuple[int, int, int | None]],
) -> list[tuple[BreachRow, int, int | None]]:
    """The breaches by warmth of rooms during stays there (room, from, until), each with the stay that it fell into."""
    found: list[tuple[BreachRow, int, int | None]] = []
    for room_id, since, until in stays:
        rows = await db.fetch(
            _breach,
            f"{_BREACH} WHERE b.room_id = :room AND b.kind IN ('too_warm', 'thawing') AND b.void_at IS NULL"
            " AND (b.ended_at IS NULL OR b.ended_at > :since) AND b.started_at < :until ORDER BY b.started_at LIMIT 100",
            room=room_id, since=since, until=2**62 if until is None else until,
        )  # fmt: skip
        found += [(row, since, until) for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm with the one it is for."""

    recipient: str
    created_at: int


async def alarms_of(breach_id: int) -> list[AlarmRow]:
    """Who was told of a breach, and when."""
    return await db.fetch(
        AlarmRow,
        "SELECT u.name, MIN(a.created_at) FROM climate_alarm a JOIN accounts_user u ON u.id = a.recipient_id"
        " WHERE a.rule = 'breach' AND a.subject = :id GROUP BY u.id, u.name ORDER BY MIN(a.created_at), u.id",
        id=breach_id,
    )
