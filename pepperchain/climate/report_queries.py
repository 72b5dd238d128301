"""A season of breaches, added up by site and by cause."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.climate.code_rules import Cause
from pepperchain.climate.models import Breach
from pepperchain.core import clock, db

SITES_MAX = 500


@dataclass(frozen=True, slots=True)
class SiteBreaches:
    """How often, how long and how far the rooms of a site were out of bounds."""

    site_id: int
    site: str
    breaches: int
    seconds: int
    degree_minutes: int
    unsettled: int


def _season(season: int) -> tuple[int, int]:
    begin, end = clock.day_range(date(season, 1, 1), date(season, 12, 31))
    return clock.to_ms(begin), clock.to_ms(end)


async def sites(actor: Actor, *, season: int, now: int) -> list[SiteBreaches]:
    """Site by site, the one that was out of bounds for longest first. What goes on is counted until `now`, in milliseconds."""
    seen, (first, last) = Breach.visible_to(actor), _season(season)
    rows = await db.tuples(
        "SELECT t.id, t.name, COUNT(*), SUM(CASE WHEN b.ended_at IS NOT NULL THEN b.ended_at - b.started_at"
        " WHEN b.cut_at IS NOT NULL THEN b.cut_at - b.started_at ELSE CAST(:now AS BIGINT) - b.started_at END) / 1000 AS seconds,"
        " SUM(b.degree_minutes), SUM(CASE WHEN b.state <> 'closed' THEN 1 ELSE 0 END)"
        " FROM climate_breach b JOIN storage_room r ON r.id = b.room_id JOIN directory_site t ON t.id = r.site_id"
        f" WHERE b.started_at >= :first AND b.started_at < :last AND b.void_at IS NULL AND {seen.sql}"
        f" GROUP BY t.id, t.name ORDER BY seconds DESC, t.id LIMIT {SITES_MAX}",
        now=now,
        first=first,
        last=last,
        **seen.params,
    )
    return [_site(*row) for row in rows]


def _site(id: int, name: str, *numbers: Any) -> SiteBreaches:
    count, seconds, degree_minutes, unsettled = (int(number or 0) for number in numbers)
    return SiteBreaches(id, name, count, max(seconds, 0), degree_minutes, unsettled)


async def causes(actor: Actor, *, season: int) -> list[tuple[Cause | None, int]]:
    """How many had which cause, the commonest first; None is what nobody has explained."""
    seen, (first, last) = Breach.visible_to(actor), _season(season)
    rows = await db.tuples(
        "SELECT b.cause, COUNT(*) AS often FROM climate_breach b WHERE b.started_at >= :first AND b.started_at < :last"
        f" AND b.void_at IS NULL AND {seen.sql} GROUP BY b.cause ORDER BY often DESC, b.cause",
        first=first,
        last=last,
        **seen.params,
    )
    return [(None if cause is None else Cause(cause), int(often)) for cause, often in rows]
