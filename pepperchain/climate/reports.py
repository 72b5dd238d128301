"""A season's climate, site by site: what was out of bounds, and what power the cold took."""

from dataclasses import dataclass
from datetime import date, datetime

from pepperchain.access.actor import Actor
from pepperchain.climate import energy_queries, report_queries
from pepperchain.climate.energy_rules import Used, used
from pepperchain.climate.report_queries import SiteBreaches
from pepperchain.core import clock
from pepperchain.directory.queries import sites_of


@dataclass(frozen=True, slots=True)
class SiteSeason:
    """A site through a season; energy is None where its meter was not read twice, or is not the actor's to see."""

    site_id: int
    site: str
    breaches: SiteBreaches | None
    energy: Used | None
    per_tonne_month: int | None


async def sites(actor: Actor, *, season: int, now: datetime) -> list[SiteSeason]:
    """The sites of which there is something to tell, those that were out of bounds for longest first."""
    told = {
        row.site_id: row for row in await report_queries.sites(actor, season=season, now=clock.to_ms(now))
    }
    meters = await energy_queries.readings(actor, first=date(season, 1, 1), last=date(season, 12, 31))
    names = {site.id: site.name for site in await sites_of(actor, closed=True)}
    found = []
    for site_id in [*told, *(id for id in meters if id not in told and id in names)]:
        energy, each = used(meters.get(site_id, [])), None
        if energy is not None:
            kept = await energy_queries.gram_days(
                actor, site_id, season=season, first=energy.first, last=energy.last
            )
            each = energy.per_tonne_month(kept)
        row = told.get(site_id)
        found.append(SiteSeason(site_id, row.site if row else names[site_id], row, energy, each))
    return found
