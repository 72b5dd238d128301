"""Reading what is where, whose and how old, which dates pass week by week, and for how many days it lasts.

All of it is added up from the open lots of one organization or one site, found by index: whoever sees the whole district chooses a site.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import forms
from pepperchain.storage.models import Lot
from pepperchain.storage.rules import RoomKind, limits
from pepperchain.storage.standing_rules import Age, Cover, Week, planned

WEEK_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class StandingWanted:
    """What is asked for. `site_id` must be given by whoever sees everything."""

    site_id: int | None = None
    form: str | None = None
    cooperative_id: int | None = None
    age: Age | None = None


@dataclass(frozen=True, slots=True)
class Pile:
    """All open lots of one owner, form and site."""

    site_id: int
    site: str
    cooperative_id: int
    cooperative: str
    form: str
    lots: int
    grams: Grams
    oldest_at: int
    late_grams: Grams


def _pile(*row: Any) -> Pile:
    values = list(row)
    values[6], values[8] = Grams(int(row[6])), Grams(int(row[8]))
    return Pile(*values)


def needs_site(actor: Actor, wanted: StandingWanted) -> bool:
    """Whether this would add up the whole district."""
    return wanted.site_id is None and Lot.visible_to(actor) is EVERYTHING


def _narrowed(actor: Actor, wanted: StandingWanted, *, now: datetime) -> Clause:
    found = Clause("l.is_open") & Lot.visible_to(actor)
    for column, value in (
        ("site_id", wanted.site_id),
        ("form", wanted.form),
        ("cooperative_id", wanted.cooperative_id),
    ):
        if value is not None:
            found &= Clause(f"l.{column} = :{column}", {column: value})
    if wanted.site_id is not None:
        # The rooms of the site lead into the index; the site alone has none over open lots.
        found &= Clause("l.room_id IN (SELECT r.id FROM storage_room r WHERE r.site_id = :site_id)")
    if wanted.age is not None:
        youngest, oldest = wanted.age.span(now)
        found &= Clause(
            "COALESCE(l.made_at, l.picked_at) <= :youngest AND COALESCE(l.made_at, l.picked_at) > :oldest",
            {"youngest": youngest, "oldest": oldest},
        )
    return found


async def piles(actor: Actor, wanted: StandingWanted, *, now: datetime, limit: int = 500) -> list[Pile]:
    """What lies where, the most of it first."""
    seen = _narrowed(actor, wanted, now=now)
    return await db.fetch(
        _pile,
        "SELECT x.site_id, s.name, x.cooperative_id, o.short_name, x.form, x.lots, x.grams, x.oldest_at, x.late FROM ("
        "SELECT l.site_id, l.cooperative_id, l.form, COUNT(*) AS lots, SUM(l.on_hand_grams) AS grams,"
        " MIN(COALESCE(l.made_at, l.picked_at)) AS oldest_at, SUM(CASE WHEN l.fresh_until_at <= :now THEN l.on_hand_grams ELSE 0 END)"
        f" AS late FROM storage_lot l WHERE {seen.sql} GROUP BY l.site_id, l.cooperative_id, l.form) AS x"
        " JOIN directory_site s ON s.id = x.site_id JOIN directory_organization o ON o.id = x.cooperative_id"
        " ORDER BY x.grams DESC, x.site_id, x.cooperative_id, x.form LIMIT :limit",
        now=now,
        limit=limit,
        **seen.params,
    )


async def weeks(actor: Actor, wanted: StandingWanted, *, now: datetime) -> dict[str, list[Week]]:
    """By form, what passes its best and its last day in each week from this one on; what has passed already counts to this week."""
    seen = _narrowed(actor, wanted, now=now)
    begin = _monday(now)
    last = "COALESCE(l.made_at, l.picked_at) + " + _keeps_sql()
    found = {
        code: [Week(begin.date() + timedelta(weeks=ahead)) for ahead in range(planned().weeks_ahead)]
        for code in forms()
    }
    dates: list[tuple[str, Callable[[Week, Grams], Week]]] = [
        ("l.fresh_until_at", lambda week, grams: replace(week, best_grams=grams)),
        (last, lambda week, grams: replace(week, last_grams=grams)),
    ]
    for date_of, with_grams in dates:
        rows = await db.tuples(
            f"SELECT x.form, x.week, SUM(x.grams) FROM (SELECT l.form AS form, CASE WHEN {date_of} < :begin THEN 0"
            f" ELSE ({date_of} - CAST(:begin AS BIGINT)) / {WEEK_MS} END AS week, l.on_hand_grams AS grams FROM storage_lot l"
            f" JOIN storage_room k ON k.id = l.room_id WHERE {seen.sql} AND {date_of} < :end) AS x GROUP BY x.form, x.week",
            begin=begin,
            end=begin + timedelta(weeks=planned().weeks_ahead),
            **_keeps_params(),
            **seen.params,
        )
        for form, week, grams in rows:
            if form in found:
                found[form][int(week)] = with_grams(found[form][int(week)], Grams(int(grams)))
    return {form: each for form, each in found.items() if any(week.is_something for week in each)}


def _monday(now: datetime) -> datetime:
    today = now.astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def _kinds() -> Sequence[tuple[str, RoomKind]]:
    return [(form, kind) for form in forms() for kind in RoomKind]


def _keeps_sql() -> str:
    """How long a lot keeps in its room, in milliseconds."""
    cases = " ".join(
        f"WHEN l.form = :keeps_form_{place} AND k.kind = :keeps_kind_{place} THEN CAST(:keeps_{place} AS BIGINT)"
        for place, _ in enumerate(_kinds())
    )
    return f"CASE {cases} ELSE 0 END"


def _keeps_params() -> Mapping[str, object]:
    found: dict[str, object] = {}
    for place, (form, kind) in enumerate(_kinds()):
        found[f"keeps_form_{place}"], found[f"keeps_kind_{place}"] = form, kind
        found[f"keeps_{place}"] = limits(form, kind).keeps // timedelta(milliseconds=1)
    return found


async def cover(actor: Actor, wanted: StandingWanted, found: Sequence[Pile], *, now: datetime) -> list[Cover]:
    """By form, how much lies there, how much left in a day of late, and so for how many days it lasts."""
    seen = _narrowed(actor, replace(wanted, age=None), now=now)
    # The lots that left may be empty by now: all of what is asked for but whether they are open.
    left = Clause(seen.sql.replace("l.is_open AND ", "", 1), seen.params)
    rows = await db.tuples(
        "SELECT l.form, SUM(m.grams) FROM storage_movement m JOIN storage_lot l ON l.id = m.lot_id"
        " LEFT JOIN storage_movement v ON v.reverses_id = m.id"
        f" WHERE m.from_room_id IN (SELECT DISTINCT l.room_id FROM storage_lot l WHERE {seen.sql}) AND m.at >= :since"
        f" AND m.kind IN ('issue', 'process') AND v.id IS NULL AND {left.sql} GROUP BY l.form",
        since=now - timedelta(days=planned().cover_days),
        **seen.params,
    )
    gone = {form: int(grams) for form, grams in rows}
    stock: dict[str, int] = {}
    for pile in found:
        stock[pile.form] = stock.get(pile.form, 0) + pile.grams
    return [Cover(form, Grams(grams), Grams(gone.get(form, 0))) for form, grams in stock.items()]
