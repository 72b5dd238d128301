"""Counting, one lot at a time, for wet hands; and what lay there without a line."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.stocktakes import counting, counts, queries
from pepperchain.stocktakes.forms import Counted, Found, WhichLine
from pepperchain.stocktakes.rules import State
from pepperchain.stocktakes.stocktake_pages import STOCKTAKE, STOCKTAKES, row_of
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route


async def new(request: Request) -> Response:
    """The next lot to count, or the one that was chosen; once all is counted, the stocktake itself."""
    row = await row_of(request)
    lines = await queries.lines(row)
    data = request.query_params if request.method == "GET" else await request.form()
    wanted = read(WhichLine, {key: data[key] for key in ("line", "after") if key in data})
    if wanted.line is not None:
        line = await queries.line(row, wanted.line)
    else:
        following = counting.next_line(lines, wanted.after)
        if following is None or row.state is not State.COUNTING:
            return redirect(request, f"{STOCKTAKES}/{row.id}")
        line = following
    context = {
        "row": row,
        "line": counting.to_count(line),
        "progress": counting.progress(lines),
        "words": words(reader().language),
        "request_id": new_id(),
    }
    return render(request, "stocktakes/count_new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    """Notes the count and goes on to the next lot."""
    form, id = read(Counted, await request.form()), request.path_params["id"]
    again = await counts.record(
        request.state.actor, id=form.id, stocktake_id=id, line_id=form.line, loose=form.loose, bags=form.bags, bag=form.bag,
        absent=form.absent, now=clock.now(),
    )  # fmt: skip
    line = await queries.line(await row_of(request), form.line)
    said = (
        Flash(N_("Noted. Please have this one counted once more, best by somebody else."))
        if again
        else Flash(N_("Noted."))
    )
    return redirect(request, f"{STOCKTAKES}/{id}/counts/new?after={line.position}", said=said)


async def new_find(request: Request) -> Response:
    """What lies there and is not on the list."""
    row = await row_of(request)
    context = {
        "row": row,
        "room_options": await queries.rooms_of(row),
        "request_id": new_id(),
    }
    return render(request, "stocktakes/find_new.html", context)


@refusals_to(new_find)
async def create_find(request: Request) -> Response:
    """Notes it; a lot that the book has emptied here becomes one to count."""
    form, id = read(Found, await request.form()), request.path_params["id"]
    line_id = await counts.find(
        request.state.actor, id=form.id, stocktake_id=id, room_id=form.room_id, words=form.words, grams=form.grams, now=clock.now()
    )  # fmt: skip
    if line_id is None:
        return redirect(request, f"{STOCKTAKES}/{id}", said=Flash(N_("It stands in the protocol.")))
    said = Flash(N_("This lot is on the list. Note here what there is of it."))
    return redirect(request, f"{STOCKTAKES}/{id}/counts/new?line={line_id}", said=said)


routes = [
    route(f"{STOCKTAKE}/counts/new", new, may=Capability.STORAGE_MOVE),
    route(f"{STOCKTAKE}/counts", create, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{STOCKTAKE}/finds/new", new_find, may=Capability.STORAGE_MOVE),
    route(f"{STOCKTAKE}/finds", create_find, methods=["POST"], may=Capability.STORAGE_MOVE),
]
