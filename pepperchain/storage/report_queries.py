"""Reading the season's weeks and today's ages, as far as the actor sees the lots that they were added up from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.storage.models import Room
from pepperchain.storage.report_models import AgeBand, Week
from pepperchain.storage.standing_rules import Age

PLACES_MAX = 500


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """What a report is narrowed to."""

    season: int
    site_id: int | None = None
    township_id: int | None = None
    form: str | None = None
    cooperative_id: int | None = None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of everything that was asked for."""

    week_on: date
    stock_grams: Grams
    gram_days: int
    in_grams: Grams
    out_grams: Grams
    as_of: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A site, or a township, through the season."""

    id: int
    name: str
    name_en: str
    township: str
    township_en: str
    stock_grams: Grams
    gram_days: int
    in_grams: Grams
    out_grams: Grams
    missing_grams: Grams
    found_grams: Grams
    capacity_grams: Grams

    @property
    def days_in_store(self) -> int | None:
        """How long what left had lain there on average; None if nothing left."""
        return self.gram_days // self.out_grams if self.out_grams else None

    @property
    def percent(self) -> int | None:
        """How full it is."""
        return self.stock_grams * 100 // self.capacity_grams if self.capacity_grams else None


@dataclass(frozen=True, slots=True)
class AgeRow:
    """How much is how old."""

    age: Age
    lots: int
    grams: Grams


def _narrowed(seen: Clause, wanted: ReportWanted, alias: str) -> Clause:
    found = seen
    for column in ("site_id", "township_id", "form", "cooperative_id"):
        value = getattr(wanted, column)
        if value is not None:
            found &= Clause(f"{alias}.{column} = :{column}", {column: value})
    return found


def _weeks_of(actor: Actor, wanted: ReportWanted) -> Clause:
    return Clause("w.season = :season", {"season": wanted.season}) & _narrowed(
        Week.visible_to(actor), wanted, "w"
    )


async def weeks(actor: Actor, wanted: ReportWanted) -> list[WeekRow]:
    """The weeks in which anything lay there, came or went."""
    where = _weeks_of(actor, wanted)
    return await db.fetch(
        lambda week, stock, days, came, went, as_of: WeekRow(
            date.fromisoformat(str(week)), Grams(int(stock)), int(days), Grams(int(came)), Grams(int(went)), as_of
        ),
        "SELECT w.week_on, SUM(w.stock_grams), SUM(w.gram_days), SUM(w.in_grams), SUM(w.out_grams), MAX(w.as_of)"
        f" FROM storage_week w WHERE {where.sql} GROUP BY w.week_on ORDER BY w.week_on",
        **where.params,
    )  # fmt: skip


async def places(
    actor: Actor, wanted: ReportWanted, *, last: date, by_township: bool = False
) -> list[PlaceRow]:
    """Sites, or townships, those first where most lay for longest; their stock is that at the end of the week of `last`.

    How full they are is only told where all that lies there is counted: nothing but the place is narrowed, and the rooms are seen.
    """
    where, rooms = _weeks_of(actor, wanted), Room.visible_to(actor)
    of = "township_id" if by_township else "site_id"
    place = "directory_area" if by_township else "directory_site"
    names = "p.name, p.name_en, p.name, p.name_en" if by_township else "p.name, p.name, t.name, t.name_en"
    also = "" if by_township else " JOIN directory_area t ON t.id = p.township_id"
    whole = wanted.form is None and wanted.cooperative_id is None
    return await db.fetch(
        _place,
        f"SELECT x.id, {names}, x.stock, x.days, x.came, x.went, x.missing, x.found, COALESCE(c.capacity, 0) FROM ("
        f"SELECT w.{of} AS id, SUM(CASE WHEN w.week_on = :last THEN w.stock_grams ELSE 0 END) AS stock, SUM(w.gram_days) AS days,"
        " SUM(w.in_grams) AS came, SUM(w.out_grams) AS went, SUM(w.missing_grams) AS missing, SUM(w.found_grams) AS found"
        f" FROM storage_week w WHERE {where.sql} GROUP BY w.{of}) AS x JOIN {place} p ON p.id = x.id{also}"
        f" LEFT JOIN (SELECT r.{of} AS id, SUM(r.capacity_grams) AS capacity FROM storage_room r WHERE r.closed_on IS NULL AND {rooms.sql}"
        f"{'' if whole else ' AND 1 = 0'} GROUP BY r.{of}) AS c ON c.id = x.id ORDER BY x.days DESC, x.id LIMIT {PLACES_MAX}",
        last=last,
        **{**rooms.params, **where.params},
    )  # fmt: skip


def _place(id: int, *row: Any) -> PlaceRow:
    name, name_en, township, township_en = row[:4]
    stock, days, came, went, missing, found, capacity = (int(each) for each in row[4:])
    return PlaceRow(
        id, name, name_en, township, township_en, Grams(stock), days, Grams(came), Grams(went), Grams(missing), Grams(found),
        Grams(capacity),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoomWeek:
    """A week of one room, form and owner."""

    season: int
    room_id: int
    week_on: date
    form: str
    cooperative_id: int
    site: str
    room: str
    township: str
    township_en: str
    owner: str
    stock_grams: Grams
    in_grams: Grams
    out_grams: Grams
    missing_grams: Grams
    found_grams: Grams

    @property
    def key(self) -> tuple[int, date, str, int]:
        """Where it stands in the list."""
        return self.room_id, self.week_on, self.form, self.cooperative_id


async def rooms(
    actor: Actor, wanted: ReportWanted, *, after: tuple[int, date, str, int] | None, limit: int
) -> list[RoomWeek]:
    """The weeks as they are kept, room by room."""
    where = _weeks_of(actor, wanted)
    if after is not None:
        room_id, week_on, form, owner = after
        where &= Clause(
            "(w.room_id, w.week_on, w.form, w.cooperative_id) > (:after_room, :after_week, :after_form, :after_owner)",
            {"after_room": room_id, "after_week": week_on, "after_form": form, "after_owner": owner},
        )
    return await db.fetch(
        _room_week,
        "SELECT w.season, w.room_id, w.week_on, w.form, w.cooperative_id, s.name, r.name, t.name, t.name_en, o.short_name, w.stock_grams,"
        " w.in_grams, w.out_grams, w.missing_grams, w.found_grams FROM storage_week w JOIN storage_room r ON r.id = w.room_id"
        " JOIN directory_site s ON s.id = w.site_id JOIN directory_area t ON t.id = w.township_id"
        f" JOIN directory_organization o ON o.id = w.cooperative_id WHERE {where.sql}"
        " ORDER BY w.room_id, w.week_on, w.form, w.cooperative_id LIMIT :limit",
        limit=limit,
        **where.params,
    )


def _room_week(*row: Any) -> RoomWeek:
    season, room_id, week_on, *others = row
    return RoomWeek(season, room_id, date.fromisoformat(str(week_on)), *others[:7], *map(Grams, others[7:]))


async def ages(actor: Actor, wanted: ReportWanted) -> list[AgeRow]:
    """How old what lies there is, the youngest first."""
    seen = _narrowed(AgeBand.visible_to(actor), wanted, "a")
    rows = await db.tuples(
        f"SELECT a.band, SUM(a.lots), SUM(a.grams) FROM storage_age a WHERE {seen.sql} GROUP BY a.band", **seen.params
    )  # fmt: skip
    found = {band: (int(lots), Grams(int(grams))) for band, lots, grams in rows}
    return [AgeRow(age, *found[age.value]) for age in Age if age.value in found]


async def seasons(actor: Actor) -> Sequence[int]:
    """The seasons of which there is something to tell, the latest first."""
    seen = Week.visible_to(actor)
    found: list[int] = []
    latest = await db.scalar(f"SELECT MAX(w.season) FROM storage_week w WHERE {seen.sql}", **seen.params)
    while latest is not None and len(found) < 10:
        found.append(int(latest))
        latest = await db.scalar(
            f"SELECT MAX(w.season) FROM storage_week w WHERE w.season < :season AND {seen.sql}",
            season=latest, **seen.params,
        )  # fmt: skip
    return found


async def owners(actor: Actor, wanted: ReportWanted) -> list[tuple[int, str]]:
    """Whose pepper lay there in the season, for the choice of one."""
    where = _weeks_of(actor, wanted)
    rows = await db.tuples(
        f"SELECT o.id, o.short_name FROM directory_organization o WHERE o.id IN (SELECT DISTINCT w.cooperative_id FROM storage_week w"
        f" WHERE {where.sql}) ORDER BY o.pinyin, o.id LIMIT {PLACES_MAX}",
        **where.params,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]
