"""The season in the cold: what was out of bounds, where and why, and what power it took; writing down a meter."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import meters, report_queries, reports
from pepperchain.climate.forms import MeterReading, SeasonSearch
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.queries import sites_of
from pepperchain.harvest.rules import season_of
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

REPORT = "/storage/climate/report"
SEASONS_BACK = 3


async def index(request: Request) -> Response:
    """A season, site by site and cause by cause."""
    actor: Actor = request.state.actor
    now = clock.now()
    today = clock.local_day(now)
    season = read(SeasonSearch, request.query_params).season or season_of(today)
    own = [] if actor.organization_id is None else await sites_of(actor, operator_id=actor.organization_id)
    context = {
        "season": season,
        "seasons": sorted(
            {season, *range(season_of(today) - SEASONS_BACK, season_of(today) + 1)}, reverse=True
        ),
        "sites": await reports.sites(actor, season=season, now=now),
        "causes": await report_queries.causes(actor, season=season),
        "own_sites": [(site.id, site.name) for site in own],
        "today": today,
        "request_id": new_id(),
    }
    return render(request, "climate/report.html", context)


@refusals_to(index)
async def read_meter(request: Request) -> Response:
    """Writes down what a meter says."""
    form = read(MeterReading, await request.form())
    await meters.read_off(
        request.state.actor, id=form.id, site_id=form.site_id, read_on=form.read_on, tenths_kwh=form.kwh, is_new=form.is_new,
        now=clock.now(),
    )  # fmt: skip
    return redirect(request, REPORT, said=Flash(N_("The meter is written down.")))


routes = [
    route(REPORT, index, may=Capability.STORAGE_READ, name="climate_report"),
    route("/storage/climate/meters", read_meter, methods=["POST"], may=Capability.CLIMATE_RECORD),
]
