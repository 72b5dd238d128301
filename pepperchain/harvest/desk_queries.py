"""What the weigher has before them: the site and its evening so far, whom the typed letters find, the last slips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.directory.queries import SiteRow, sites_of
from pepperchain.harvest import queries
from pepperchain.harvest.grower_queries import Candidate, candidates
from pepperchain.harvest.models import Weighin
from pepperchain.harvest.total_queries import SiteDay, site_day

LATEST = 8
TWIN_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Desk:
    """One site, this evening."""

    site: SiteRow
    sites: Sequence[SiteRow]
    candidates: Sequence[Candidate]
    today: SiteDay
    latest: Sequence[queries.SlipRow]


async def own_sites(actor: Actor) -> list[SiteRow]:
    """The sites that the actor's organization weighs at."""
    return [] if actor.organization_id is None else await sites_of(actor, operator_id=actor.organization_id)


def chosen_site(sites: Sequence[SiteRow], *wanted: int | None) -> SiteRow:
    """The first wanted site that is among them, else the first of all."""
    by_id = {site.id: site for site in sites}
    return next((by_id[site_id] for site_id in wanted if site_id in by_id), sites[0])


async def desk(
    actor: Actor, *, wanted: Sequence[int | None], text: str, household_id: int | None, now: datetime
) -> Desk | None:
    """Everything the scale's page shows; None where the actor has no site to weigh at."""
    sites = await own_sites(actor)
    if not sites:
        return None
    site, day = chosen_site(sites, *wanted), clock.local_day(now)
    return Desk(
        site=site,
        sites=sites,
        candidates=await candidates(actor, text, site_id=site.id, day=day, chosen=household_id),
        today=await site_day(site_id=site.id, cooperative_id=site.operator_id, day=day),
        latest=await queries.latest_at(actor, site.id, limit=LATEST),
    )


async def has_twin(actor: Actor, *, household_id: int, gross: int, weighin_id: object, now: datetime) -> bool:
    """Whether the household had the very same gross weight a few minutes ago, under another id."""
    seen = Weighin.visible_to(actor, "w")
    found = await db.scalar(
        "SELECT w.number FROM harvest_weighin w WHERE w.household_id = :household AND w.weighed_at > :since"
        f" AND w.gross_grams = :gross AND w.id <> :id AND w.voided_at IS NULL AND {seen.sql} LIMIT 1",
        household=household_id,
        since=now - TWIN_WITHIN,
        gross=gross,
        id=weighin_id,
        **seen.params,
    )
    return found is not None
