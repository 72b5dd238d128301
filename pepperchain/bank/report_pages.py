"""Reports: what schemes came to, and what is in store against today's prices, by its age, and pledged."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import report_queries
from pepperchain.bank.forms import ReportSearch
from pepperchain.core import clock
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import words
from pepperchain.web.forms import read
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

REPORTS = "/bank/reports"


async def index(request: Request) -> Response:
    """A season's results, and one store as it stands today."""
    actor, search = request.state.actor, read(ReportSearch, request.query_params)
    today = clock.local_day(clock.now())
    seasons = await report_queries.seasons(actor)
    season = search.season or (seasons[0] if seasons else today.year)
    keepers = await report_queries.keepers(actor)
    keeper = search.operator_id or actor.organization_id or (keepers[0][0] if keepers else None)
    results = await report_queries.results(actor, season=season)
    context = {
        "season": season,
        "seasons": seasons,
        "results": results,
        "extra": Fen(sum(row.extra_fen for row in results)),
        "top_up": Fen(sum(row.top_up_fen for row in results)),
        "sold": Grams(sum(row.grams for row in results)),
        "settlements": sum(row.settlements for row in results),
        "keeper": keeper,
        "keepers": keepers,
        "words": words(reader().language),
        "today": today,
        "exposed": [],
        "aged": [],
        "lent": [],
    }
    if keeper is not None:
        exposed, aged = await report_queries.in_store(actor, operator_id=keeper, today=today)
        context |= {
            "exposed": exposed,
            "aged": aged if exposed else [],
            "lent": await report_queries.lent(actor, operator_id=keeper, today=today),
        }
    return render(request, "bank/reports.html", context)


routes = [route(REPORTS, index, may=Capability.BANK_SCHEME, name="bank reports")]
