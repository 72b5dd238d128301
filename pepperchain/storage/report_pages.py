"""Reports: how full rooms were through a season, what came and went, how old it is; as a page, as a paper, and as files."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.directory.queries import sites_of, townships
from pepperchain.documents import typesetting
from pepperchain.harvest.rules import season_of, words
from pepperchain.storage import papers, report_drawings, report_queries
from pepperchain.storage.forms import ReportSearch
from pepperchain.storage.report_queries import AgeRow, PlaceRow, ReportWanted, WeekRow
from pepperchain.web.forms import read
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

REPORTS = "/storage/reports"


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report tells."""

    wanted: ReportWanted
    by_township: bool
    weeks: list[WeekRow]
    places: list[PlaceRow]
    ages: list[AgeRow]

    @property
    def last(self) -> WeekRow:
        return self.weeks[-1]

    @property
    def capacity(self) -> int | None:
        """What all of it can hold, where all that lies there is counted."""
        known = [place.capacity_grams for place in self.places]
        return sum(known) if known and all(known) else None

    def total(self, name: str) -> Any:
        """One of the places' numbers, added up."""
        first, *others = [getattr(place, name) for place in self.places]
        return sum(others, first)


async def _report(actor: Actor, search: ReportSearch, today: date) -> Report:
    wanted = search.wanted(season_of(today))
    found = await report_queries.weeks(actor, wanted)
    places = (
        await report_queries.places(
            actor, wanted, last=found[-1].week_on, by_township=search.by == "township"
        )
        if found
        else []
    )
    ages = await report_queries.ages(actor, wanted) if wanted.season == season_of(today) else []
    return Report(wanted, search.by == "township", found, places, ages)


async def index(request: Request) -> Response:
    """The season as a picture, with its tables behind it."""
    actor: Actor = request.state.actor
    search, today = read(ReportSearch, request.query_params), clock.local_day(clock.now())
    report = await _report(actor, search, today)
    seasons = sorted(
        {*await report_queries.seasons(actor), season_of(today), report.wanted.season}, reverse=True
    )
    context = {
        "search": search,
        "report": report,
        "words": words(reader().language),
        "chart": report_drawings.chart(report.weeks, capacity=report.capacity),
        "shares": report_drawings.shares(report.ages),
        "season_options": [(each, str(each)) for each in seasons],
        "site_options": [(site.id, site.name) for site in await sites_of(actor)],
        "township_options": [
            (area.id, area.name_en if reader().language == "en" else area.name) for area in await townships()
        ],
        "owner_options": await report_queries.owners(
            actor, ReportWanted(report.wanted.season, search.site_id, search.township_id)
        ),
    }
    return render(request, "storage/reports.html", context, block="results")


async def paper(request: Request) -> Response:
    """The same as a PDF."""
    actor: Actor = request.state.actor
    now = clock.now()
    report = await _report(actor, read(ReportSearch, request.query_params), clock.local_day(now))
    chart = report_drawings.chart(report.weeks, capacity=report.capacity)
    printed = papers.report(
        report.wanted.season, report.weeks, report.places, report.ages, chart, by_township=report.by_township, now=now
    )  # fmt: skip
    pdf = await typesetting.pdf("storage_report.typ", printed, now=now)
    headers = {"Content-Disposition": f'inline; filename="storage-{report.wanted.season}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [
    route(REPORTS, index, may=Capability.STORAGE_READ, name="storage_reports"),
    route(f"{REPORTS}/paper", paper, may=Capability.STORAGE_READ),
]
