"""Whether the books agree: the cases to settle, one of them, and checking a room at once."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.stocktakes import check_queries, checks
from pepperchain.stocktakes.forms import Seen, Settled, StocktakeSearch, ToCheck
from pepperchain.storage import queries as rooms
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

CHECKS = "/storage/reconciliations"
CASE = f"{CHECKS}/{{id:int}}"


async def index(request: Request) -> Response:
    """What does not agree, and how far the checks are."""
    actor, search = request.state.actor, read(StocktakeSearch, request.query_params)
    found = await check_queries.cases(
        actor, is_open=not search.all, cursor=request.query_params.get("cursor")
    )
    context = {
        "cases": found.rows,
        "next": found.next,
        "all": search.all,
        "tally": await check_queries.tally(actor),
    }
    return render(request, "stocktakes/cases.html", context, block="results")


@refusals_to(index)
async def check(request: Request) -> Response:
    """Checks a room now."""
    form = read(ToCheck, await request.form())
    found = await checks.check(request.state.actor, room_id=form.room_id, now=clock.now())
    said = Flash(N_("The books agree.")) if not found else Flash(N_("The books do not agree: see the cases."))
    return redirect(request, CHECKS if found else f"/storage/rooms/{form.room_id}", said=said)


async def show(request: Request) -> Response:
    """One case."""
    row = await check_queries.case(request.state.actor, request.path_params["id"])
    context = {"row": row, "own": await rooms.is_own(request.state.actor, row.room_id)}
    return render(request, "stocktakes/case.html", context)


@refusals_to(show)
async def take(request: Request) -> Response:
    """Somebody is on it."""
    form, id = read(Seen, await request.form()), request.path_params["id"]
    await checks.take(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(request, f"{CHECKS}/{id}", said=Flash(N_("You are on it.")))


@refusals_to(show)
async def close(request: Request) -> Response:
    """What put it right."""
    form, id = read(Settled, await request.form()), request.path_params["id"]
    await checks.close(request.state.actor, id=id, version=form.version, note=form.note, now=clock.now())
    return redirect(request, f"{CHECKS}/{id}", said=Flash(N_("The case is closed.")))


routes = [
    route(CHECKS, index, may=Capability.STORAGE_READ, name="reconciliations"),
    route(CHECKS, check, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(CASE, show, may=Capability.STORAGE_READ, name="reconciliation"),
    route(f"{CASE}/acknowledgement", take, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(f"{CASE}/closing", close, methods=["POST"], may=Capability.STORAGE_ADJUST),
]
