"""The harvest at a glance: today's totals, prices still to be set, yields per mu."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.directory.queries import townships, villages
from pepperchain.harvest import prices, rules, total_queries, yield_queries
from pepperchain.harvest.drawings import bars
from pepperchain.harvest.forms import DayChoice, DayPrice, YieldSearch
from pepperchain.web import paging
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

PRICES = "/harvest/prices"
CURVE_DAYS = 14
GROUPINGS = {
    "village": N_("by village"), "township": N_("by township"), "cultivar": N_("by cultivar"),
    "practice": N_("by practice"), "season": N_("by year"), "plot": N_("by plot"),
}  # fmt: skip
PRICED_DAYS = 7
OF_COOPERATIVES = frozenset({Role.COOP_LEADER, Role.COOP_CLERK})


async def overview(request: Request) -> Response:
    """A day by product and by site (or cooperative), and the two weeks before it."""
    actor: Actor = request.state.actor
    if actor.role is Role.GROWER:
        return redirect(request, "/harvest/mine")
    today = clock.local_day(clock.now())
    day = read(DayChoice, request.query_params).day or today
    own = actor.role in OF_COOPERATIVES
    first = day - timedelta(days=CURVE_DAYS - 1)
    context = {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "own": own,
        "products": await total_queries.by_product(actor, day),
        "places": await (total_queries.by_site if own else total_queries.by_cooperative)(actor, day),
        "curve": bars(await total_queries.by_day(actor, first, day), first, CURVE_DAYS),
        "words": rules.words(reader().language),
    }
    return render(request, "harvest/overview.html", context, block="day")


async def show_prices(request: Request) -> Response:
    """What waits for a price, and what was priced in the last week."""
    actor: Actor = request.state.actor
    now = clock.now()
    since, until = clock.day_range(clock.local_day(now) - timedelta(days=PRICED_DAYS), clock.local_day(now))
    context = {
        "unpriced": await total_queries.unpriced(actor),
        "priced": await total_queries.priced(actor, since_at=clock.to_ms(since), until_at=clock.to_ms(until)),
        "words": rules.words(reader().language),
    }
    return render(request, "harvest/prices.html", context)


@refusals_to(show_prices)
async def set_price(request: Request) -> Response:
    form = read(DayPrice, await request.form())
    done = await prices.set_for_day(
        request.state.actor, day=form.day, product_id=form.product_id, price_fen_per_kg=form.price,
        instead_of=form.instead_of, now=clock.now(),
    )  # fmt: skip
    words = (
        N_("%(slips)s slips have their price, together %(amount)s.")
        if done.slips
        else N_("They have their price already.")
    )
    return redirect(request, PRICES, said=Flash(words, done.spelled() if done.slips else {}))


async def show_yields(request: Request) -> Response:
    """Yields per mu by one thing, narrowed by the others."""
    search = read(YieldSearch, request.query_params)
    if search.by == "plot":
        return await _plots(request, search)
    actor: Actor = request.state.actor
    found = await yield_queries.yields(
        actor, search.by, season=None if search.by == "season" else await _season(actor, search),
        township_id=search.township_id, cultivar=search.cultivar, practice=search.practice,
    )  # fmt: skip
    return await _yields(request, search, {"yields": found})


async def _plots(request: Request, search: YieldSearch) -> Response:
    actor: Actor = request.state.actor
    after = paging.decode(request.query_params.get("cursor"), int)
    rows = await yield_queries.plots(
        actor, await _season(actor, search), village_id=search.village_id, after=after[0] if after else None,
        limit=paging.LIMIT + 1,
    )  # fmt: skip
    return await _yields(
        request, search, {"plots": paging.cut(rows, paging.LIMIT, lambda row: (row.plot_id,))}
    )


async def _yields(request: Request, search: YieldSearch, found: dict[str, object]) -> Response:
    actor, language = request.state.actor, reader().language
    context = {
        "search": search,
        "season": await _season(actor, search),
        "season_options": [(season, season) for season in await yield_queries.seasons(actor)],
        "township_options": [(area.id, area.called(language)) for area in await townships()],
        "village_options": [
            (area.id, area.called(language))
            for area in (await villages(search.township_id) if search.township_id else ())
        ],
        "groupings": [(key, gettext(words)) for key, words in GROUPINGS.items()],
        "words": rules.words(language),
        "named": actor.role in OF_COOPERATIVES or actor.role in (Role.GROWER, Role.TECHNICIAN),
        "yields": (),
        "plots": None,
        **found,
    }
    return render(request, "harvest/yields.html", context, block="results")


async def _season(actor: Actor, search: YieldSearch) -> int:
    if search.season is not None:
        return search.season
    known = await yield_queries.seasons(actor)
    return known[0] if known else rules.season_of(clock.local_day(clock.now()))


routes = [
    route("/harvest", overview, may=Capability.HARVEST_READ, name="harvest"),
    route(PRICES, show_prices, may=Capability.HARVEST_PRICE),
    route(PRICES, set_price, methods=["POST"], may=Capability.HARVEST_PRICE),
    route("/harvest/yields", show_yields, may=Capability.HARVEST_READ),
]
