"""The tables that reports read, rebuilt room by room so that nobody at a scale waits for it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock, db
from pepperchain.storage.report_rules import Moved, Pile, weeks
from pepperchain.storage.rules import MovementKind
from pepperchain.storage.standing_rules import Age

_MOVED = """
SELECT m.at, COALESCE(o.kind, m.kind), l.form, l.cooperative_id, m.grams, m.from_room_id, m.to_room_id, v.id IS NULL AND o.id IS NULL,
    a.site_id = b.site_id, o.id IS NOT NULL, c.to_form, c.out_grams
FROM storage_movement m
JOIN storage_lot l ON l.id = m.lot_id
LEFT JOIN storage_movement o ON o.id = m.reverses_id
LEFT JOIN storage_movement v ON v.reverses_id = m.id
LEFT JOIN storage_conversion c ON c.movement_id = COALESCE(o.id, m.id)
LEFT JOIN storage_room a ON a.id = m.from_room_id
LEFT JOIN storage_room b ON b.id = m.to_room_id
WHERE m.{column} = :room_id AND m.at >= :since AND m.at <= :now {besides}
"""
_WEEK = (
    "season", "room_id", "week_on", "form", "cooperative_id", "site_id", "township_id", "operator_id", "stock_grams", "gram_days",
    "in_grams", "out_grams", "missing_grams", "found_grams", "as_of",
)  # fmt: skip
_AGE = (
    "room_id", "form", "cooperative_id", "band", "site_id", "township_id", "operator_id", "lots", "grams", "as_of",
)  # fmt: skip


async def rebuild(actor: Actor, *, season: int, now: datetime) -> int:
    """A season's weeks and today's ages anew, a room at a time; how many rooms."""
    actor.require(Capability.STORAGE_READ)
    rooms = await db.tuples("SELECT id, site_id, township_id, operator_id FROM storage_room ORDER BY id")
    for room in rooms:
        await _rebuild_room(room, season=season, now=now)
    return len(rooms)


@db.unit_of_work
async def _rebuild_room(room: Sequence[int], *, season: int, now: datetime) -> None:
    room_id, *place = room
    await _rebuild_ages(room_id, place, now=now)
    there = {
        Pile(form, owner): int(grams)
        for form, owner, grams in await db.tuples(
            "SELECT l.form, l.cooperative_id, SUM(l.on_hand_grams) FROM storage_lot l WHERE l.room_id = :room_id AND l.is_open"
            " GROUP BY l.form, l.cooperative_id",
            room_id=room_id,
        )
    }
    since = clock.day_start(date(season, 1, 1))
    moved = [
        *await _moved(room_id, "from_room_id", "", since=since, now=now),
        *await _moved(
            room_id,
            "to_room_id",
            "AND (m.from_room_id IS NULL OR m.from_room_id <> m.to_room_id)",
            since=since,
            now=now,
        ),
    ]
    found = weeks(there, moved, season=season, today=clock.local_day(now))
    await db.execute(
        "DELETE FROM storage_week WHERE season = :season AND room_id = :room_id",
        season=season,
        room_id=room_id,
    )
    await db.insert_many(
        "storage_week", _WEEK,
        [
            (season, room_id, week.isoformat(), pile.form, pile.cooperative_id, *place, sums.stock, sums.gram_days, sums.came, sums.went,
             sums.missing, sums.found, clock.to_ms(now))
            for (week, pile), sums in sorted(found.items())
        ],
    )  # fmt: skip


async def _moved(room_id: int, column: str, besides: str, *, since: datetime, now: datetime) -> list[Moved]:
    rows = await db.tuples(
        _MOVED.format(column=column, besides=besides), room_id=room_id, since=since, now=now
    )
    return [_read(room_id, *row) for row in rows]


def _read(
    room_id: int, at: int, kind: str, form: str, owner: int, grams: int, from_room: int | None, to_room: int | None,
    counts: Any, is_inside: Any, is_reversal: Any, other_form: str | None, other_grams: int | None,
) -> Moved:  # fmt: skip
    return Moved(
        clock.local_day(clock.from_ms(at)), MovementKind(kind), Pile(form, owner), grams, from_room == room_id, to_room == room_id,
        bool(counts), bool(is_inside), bool(is_reversal), other_form, other_grams or 0,
    )  # fmt: skip


async def _rebuild_ages(room_id: int, place: Sequence[int], *, now: datetime) -> None:
    await db.execute("DELETE FROM storage_age WHERE room_id = :room_id", room_id=room_id)
    begun = "COALESCE(l.made_at, l.picked_at)"
    bands = [(age, *age.span(now)) for age in Age]
    cases = " ".join(f"WHEN {begun} > :after_{age.value} THEN '{age.value}'" for age, *_ in bands)
    rows = await db.tuples(
        f"SELECT x.form, x.owner, x.band, COUNT(*), SUM(x.grams) FROM (SELECT l.form AS form, l.cooperative_id AS owner,"
        f" CASE {cases} ELSE '{Age.OLDER.value}' END AS band, l.on_hand_grams AS grams FROM storage_lot l"
        " WHERE l.room_id = :room_id AND l.is_open) AS x GROUP BY x.form, x.owner, x.band ORDER BY x.form, x.owner, x.band",
        room_id=room_id,
        **{f"after_{age.value}": max(oldest, now - timedelta(days=36_500)) for age, _, oldest in bands},
    )
    await db.insert_many(
        "storage_age", _AGE,
        [(room_id, form, owner, band, *place, lots, int(grams), clock.to_ms(now)) for form, owner, band, lots, grams in rows],
    )  # fmt: skip
