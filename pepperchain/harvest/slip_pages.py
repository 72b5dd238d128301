"""Lists of slips, one slip as a document, on paper, and a grower's own page."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.documents import qr, typesetting
from pepperchain.harvest import papers, prices, queries, rules
from pepperchain.harvest.desk_queries import own_sites
from pepperchain.harvest.forms import Paper, Price, SlipSearch
from pepperchain.harvest.history_queries import history
from pepperchain.harvest.marks import SlipMarks
from pepperchain.harvest.total_queries import season_of_household
from pepperchain.web import paging
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SLIPS = "/harvest/weigh-ins"
SLIP = SLIPS + "/{id:uuid}"


async def list_slips(request: Request) -> Response:
    search = read(SlipSearch, request.query_params)
    context = await _page_of(request, search.filters())
    sites = await own_sites(request.state.actor)
    context |= {"search": search, "site_options": tuple((site.id, site.name) for site in sites)}
    return render(request, "harvest/slips.html", context, block="results")


async def show_mine(request: Request) -> Response:
    """A grower's own season, in large type."""
    actor: Actor = request.state.actor
    if actor.household_id is None:
        raise Missing()
    season = rules.season_of(clock.local_day(clock.now()))
    context = await _page_of(request, queries.Filters(household_id=actor.household_id))
    context |= {"season": season, "sums": await season_of_household(actor, actor.household_id, season)}
    return render(request, "harvest/mine.html", context, block="results")


async def _page_of(request: Request, filters: queries.Filters) -> dict[str, Any]:
    actor: Actor = request.state.actor
    before = paging.decode(request.query_params.get("cursor"), int, str)
    found = await queries.slips(actor, filters, limit=paging.LIMIT, before=before)
    return {
        "slips": found.rows,
        "next": paging.encode(found.before) if found.before else None,
        "exhausted": found.exhausted,
        "words": rules.words(reader().language),
        "named": actor.role in rules.NAMED,
    }


async def show(request: Request) -> Response:
    """One slip, as a document with its history."""
    actor: Actor = request.state.actor
    slip = await queries.slip(actor, request.path_params["id"])
    of_slip: SlipMarks = request.app.state.slip_marks
    marks = await of_slip(actor, slip.id, now=clock.now())
    return render(request, "harvest/slip.html", {**await _about(request, slip), "marks": marks})


async def _about(request: Request, slip: queries.Slip) -> dict[str, Any]:
    actor: Actor = request.state.actor
    return {
        "slip": slip,
        "words": rules.words(reader().language),
        "named": actor.role in rules.NAMED,
        "own": actor.organization_id == slip.cooperative_id,
        "history": await history(slip.id),
        "qr": qr.code(_address(request, slip)),
        "request_id": new_id(),
        "price_typed": "" if slip.price_fen_per_kg is None else f"{slip.price_fen_per_kg.yuan:.2f}",
    }


async def show_paper(request: Request) -> Response:
    """The slip for the printer: a PDF of 58 or 80 mm, or a page for the browser to print."""
    actor: Actor = request.state.actor
    slip = await queries.slip(actor, request.path_params["id"])
    paper = read(Paper, request.query_params)
    if paper.width_mm is None:
        return render(request, "harvest/slip_print.html", await _about(request, slip))
    now, named = clock.now(), actor.role in rules.NAMED
    printed = papers.slip(
        slip, address=_address(request, slip), width_mm=paper.width_mm, named=named, now=now
    )
    pdf = await typesetting.pdf("slip.typ", printed, now=now)
    return Response(pdf, media_type="application/pdf", headers=_named(f"{slip.code}.pdf"))


def _address(request: Request, slip: queries.Slip) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{SLIPS}/{slip.id}"


def _named(name: str) -> Mapping[str, str]:
    return {"Content-Disposition": f'inline; filename="{name}"'}


@refusals_to(show)
async def set_price(request: Request) -> Response:
    form = read(Price, await request.form())
    slip_id, now = request.path_params["id"], clock.now()
    await prices.set_for(request.state.actor, weighin_id=slip_id, price_fen_per_kg=form.price, now=now)
    return redirect(request, f"{SLIPS}/{slip_id}", said=Flash(N_("The price is set.")))


routes = [
    route("/harvest/mine", show_mine, may=Capability.HARVEST_READ),
    route(SLIPS, list_slips, may=Capability.HARVEST_READ),
    route(SLIP, show, may=Capability.HARVEST_READ, name="slip"),
    route(f"{SLIP}/print", show_paper, may=Capability.HARVEST_READ),
    route(f"{SLIP}/price", set_price, methods=["POST"], may=Capability.HARVEST_PRICE),
]
