"""What is where, whose and how old; which dates pass in the weeks ahead; and for how many days it lasts."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.directory.queries import sites_of
from pepperchain.harvest.rules import words
from pepperchain.storage import standing_queries
from pepperchain.storage.forms import StandingSearch
from pepperchain.storage.standing_rules import Age, Week, planned
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A week as two columns: whole percents of the highest, so that the template only draws."""

    week: Week
    best: int
    last: int


def bars(weeks: list[Week]) -> list[Bar]:
    """The weeks of a form as columns. What is there is seen, be it ever so little."""
    most = max(max(week.best_grams, week.last_grams) for week in weeks)
    return [
        Bar(week, -(-week.best_grams * HEIGHT // most), -(-week.last_grams * HEIGHT // most))
        for week in weeks
    ]


async def index(request: Request) -> Response:
    """Everything that the actor may see, added up; whoever sees the whole district chooses a site first."""
    actor: Actor = request.state.actor
    now, search = clock.now(), read(StandingSearch, request.query_params)
    wanted = search.wanted()
    context = {
        "search": search,
        "needs_site": standing_queries.needs_site(actor, wanted),
        "site_options": [(site.id, site.name) for site in await sites_of(actor)],
        "ages": [(age.value, gettext(age.label)) for age in Age],
        "words": words(reader().language),
        "cover_days": planned().cover_days,
        "piles": [],
    }
    if not context["needs_site"]:
        piles = await standing_queries.piles(actor, wanted, now=now)
        weeks = await standing_queries.weeks(actor, wanted, now=now)
        context |= {
            "piles": piles,
            "covers": await standing_queries.cover(actor, wanted, piles, now=now),
            "pressure": [(form, bars(each)) for form, each in weeks.items()],
        }
    return render(request, "storage/standing.html", context, block="results")


routes = [route("/storage/standing", index, may=Capability.STORAGE_READ, name="standing")]
