"""Finding pepper: one address is one search, live while it is narrowed, and the same page when it is pasted."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.directory.queries import townships
from pepperchain.harvest.rules import words
from pepperchain.market import facet_queries, queries
from pepperchain.market.drawings import tile_map
from pepperchain.market.facet_queries import Facets, Sum
from pepperchain.market.forms import StockSearch
from pepperchain.market.rules import Sort
from pepperchain.web import paging
from pepperchain.web.drawing import problem_from
from pepperchain.web.filters import typed_weight
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import piece, render
from pepperchain.web.routing import route

CHOICES_MAX = 12
SIDES = ("filters", "map", "chosen")
DRAWN_MAX = 20
NOTHING: paging.Slice[queries.Offer] = paging.Slice((), None)


async def search(request: Request) -> Response:
    """What can be bought, narrowed by the address. What cannot be read of it is told, and not asked."""
    actor: Actor = request.state.actor
    now, status, asked = clock.now(), 200, StockSearch()
    try:
        asked = read(StockSearch, request.query_params)
        found = await queries.stock(actor, asked.criteria, now=now, cursor=request.query_params.get("cursor"))
    except Refused as refused:
        request.state.problem, request.state.typed = problem_from(refused), request.query_params
        status, found = refused.status, NOTHING
    facets = await facet_queries.facets(actor, asked.criteria, now=now)
    context = {
        "asked": asked,
        "found": found,
        "facets": facets,
        "minute": now.replace(second=0, microsecond=0),
    }
    context |= {"sides": await _sides(request, asked, facets), "words": words(reader().language)}
    return render(request, "market/search.html", context, block="results", status=status)


async def _sides(request: Request, asked: StockSearch, facets: Facets) -> Mapping[str, Markup]:
    """Filters, map and what was chosen: drawn once for an address, a reader and as long as the sums stand."""
    pairs = tuple(pair for pair in request.query_params.multi_items() if pair[0] != "cursor")
    key = (reader(), pairs)
    sides: Mapping[str, Markup] | None = facets.drawn.get(key)
    if sides is None:
        context = {"asked": asked, "facets": facets, **await _choices(asked, facets)}
        sides = {side: piece(request, f"market/_{side}.html", context) for side in SIDES}
        if len(facets.drawn) < DRAWN_MAX and not getattr(request.state, "problem", None):
            facets.drawn[key] = sides
    return sides


async def _choices(asked: StockSearch, facets: Facets) -> Mapping[str, Any]:
    """Each filter with what may be chosen of it, and how many offers that would leave."""
    language = reader().language
    named, areas = words(language), await townships()
    sites = _most(facets.site, asked.site)
    site_names = await queries.site_names(sites)
    return {
        "words": named,
        "min_typed": typed_weight(asked.min),
        "price_typed": "" if asked.max_price is None else f"{asked.max_price.yuan:.2f}",
        "sorts": [(sort.value, gettext(sort.label)) for sort in Sort],
        "map": tile_map(areas, facets, asked.township, language),
        "town_names": {area.id: area.called(language) for area in areas},
        "site_names": site_names,
        "filters": [
            ("form", gettext("Form"), _named(facets.form, named.form, asked.form), asked.form),
            ("grade", gettext("Grade"), _named(facets.grade, named.grade, asked.grade), asked.grade),
            ("cultivar", gettext("Cultivar"), _named(facets.cultivar, named.cultivar, asked.cultivar), asked.cultivar),
            ("site", gettext("Site"), [(id, site_names.get(id, ""), _lots(facets.site, id)) for id in sites], asked.site),
        ],
    }  # fmt: skip


def _most(sums: Mapping[int, Sum], chosen: int | None) -> list[int]:
    """The choices that leave most, and the one that was made."""
    most = sorted(sums, key=lambda id: (-sums[id].grams, id))[:CHOICES_MAX]
    return most if chosen is None or chosen in most else [*most, chosen]


def _lots(sums: Mapping[Any, Sum], key: object) -> int:
    return sums[key].lots if key in sums else 0


def _named(sums: Mapping[str, Sum], name: Any, chosen: str | None) -> Sequence[tuple[str, str, int]]:
    codes = sorted(sums, key=lambda code: (-sums[code].lots, code))
    if chosen is not None and chosen not in sums:
        codes.append(chosen)
    return [(code, name(code), _lots(sums, code)) for code in codes]


async def show(request: Request) -> Response:
    """One offer."""
    now = clock.now()
    offer = await queries.offer(request.state.actor, request.path_params["code"])
    context = {"offer": offer, "fresh": offer.freshness(now), "words": words(reader().language)}
    return render(request, "market/offer.html", context)


routes = [
    route("/market", search, may=Capability.MARKET_SEARCH, name="market"),
    route("/market/lots/{code}", show, may=Capability.MARKET_SEARCH, name="offer"),
]
