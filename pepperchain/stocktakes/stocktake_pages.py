"""Stocktakes: the list of them, one of them, opening and calling off, and their papers."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.documents import typesetting
from pepperchain.harvest.rules import words
from pepperchain.stocktakes import closing, counting, papers, queries, stocktakes
from pepperchain.stocktakes.forms import Beginning, CallingOff, From, StocktakeSearch
from pepperchain.stocktakes.queries import StocktakeRow
from pepperchain.stocktakes.rules import State
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

STOCKTAKES = "/storage/stocktakes"
STOCKTAKE = f"{STOCKTAKES}/{{id:int}}"


async def index(request: Request) -> Response:
    """Those that go on, or all of them."""
    search = read(StocktakeSearch, request.query_params)
    found = await queries.stocktakes(
        request.state.actor, is_open=not search.all, cursor=request.query_params.get("cursor")
    )
    context = {"stocktakes": found.rows, "next": found.next, "all": search.all}
    return render(request, "stocktakes/stocktakes.html", context, block="results")


async def new(request: Request) -> Response:
    """Where to count."""
    chosen = read(From, request.query_params).room_id
    rooms = await queries.own_rooms(request.state.actor)
    sites: dict[int, list[queries.CountingPlace]] = {}
    for room in rooms:
        sites.setdefault(room.site_id, []).append(room)
    context = {
        "sites": list(sites.values()),
        "chosen": f"r{chosen}",
        "request_id": new_id(),
    }
    return render(request, "stocktakes/stocktake_new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    """Opens it."""
    form = read(Beginning, await request.form())
    entered = await stocktakes.begin(request.state.actor, now=clock.now(), **form.values())
    return redirect(
        request, f"{STOCKTAKES}/{entered.id}", said=Flash(N_("The book is written down. Now count."))
    )


async def row_of(request: Request) -> StocktakeRow:
    """The stocktake of the address."""
    return await queries.stocktake(request.state.actor, request.path_params["id"])


async def show(request: Request) -> Response:
    """How far the counting is, and once it is handed in, what differs."""
    actor: Actor = request.state.actor
    row = await row_of(request)
    context = {
        "row": row,
        "own": await queries.is_own(actor, row),
        "extras": await queries.extras(row),
        "came": await queries.came_since(row) if row.is_open else 0,
        "words": words(reader().language),
        **await (_seen(request, row) if row.state in (State.HANDED_IN, State.POSTED) else _blind(row)),
    }
    return render(request, "stocktakes/stocktake.html", context)


async def _blind(row: StocktakeRow) -> dict[str, object]:
    lines = await queries.lines(row)
    return {
        "progress": counting.progress(lines),
        "to_count": [counting.to_count(line) for line in lines],
    }


async def _seen(request: Request, row: StocktakeRow) -> dict[str, object]:
    actor, holders = request.state.actor, request.app.state.holders
    lines = await queries.lines(row)
    differing = [line for line in lines if line.difference]
    said: dict[int, list[queries.CountRow]] = {}
    for count in await queries.counts(row):
        said.setdefault(count.line_id, []).append(count)
    return {
        "lines": lines,
        "differing": differing,
        "left": [line for line in lines if line.left_uncounted],
        "said": said,
        "moved": await queries.moved_since(row, [line.lot_id for line in differing]),
        "blocks": await closing.blocks(differing, site_id=row.site_id, holders=holders)
        if row.is_open
        else {},
        "signs": row.may_sign(actor),
    }


@refusals_to(show)
async def cancel(request: Request) -> Response:
    """Calls it off."""
    form, id = read(CallingOff, await request.form()), request.path_params["id"]
    await stocktakes.cancel(request.state.actor, id=id, reason=form.reason, now=clock.now())
    return redirect(
        request, f"{STOCKTAKES}/{id}", said=Flash(N_("Called off. Nothing of it is in the books."))
    )


async def paper(request: Request) -> Response:
    """While it is counted, the list to take along without the weights of the book; afterwards the protocol."""
    row, now = await row_of(request), clock.now()
    lines = await queries.lines(row)
    if row.state in (State.HANDED_IN, State.POSTED):
        printed = papers.protocol(row, lines, await queries.extras(row), now=now)
        return await _pdf(row, "stocktake.typ", printed)
    printed = papers.count_sheet(row, [counting.to_count(line) for line in lines], now=now)
    return await _pdf(row, "count_sheet.typ", printed)


async def _pdf(row: StocktakeRow, template: str, printed: dict[str, object]) -> Response:
    pdf = await typesetting.pdf(template, printed, now=clock.now())
    headers = {"Content-Disposition": f'inline; filename="{row.code}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [
    route(STOCKTAKES, index, may=Capability.STORAGE_READ, name="stocktakes"),
    route(f"{STOCKTAKES}/new", new, may=Capability.STORAGE_ADJUST),
    route(STOCKTAKES, create, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(STOCKTAKE, show, may=Capability.STORAGE_READ, name="stocktake"),
    route(f"{STOCKTAKE}/cancellation", cancel, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(f"{STOCKTAKE}/paper", paper, may=Capability.STORAGE_READ),
]
