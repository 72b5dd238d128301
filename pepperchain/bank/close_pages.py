"""Day closes: the list of them with the form that prepares one, and one as a sheet with its numbers."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import close_queries, closes
from pepperchain.bank.forms import ClosedDay
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.queries import sites_of
from pepperchain.harvest.rules import words
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

CLOSES = "/bank/closes"
CLOSE = CLOSES + "/{id:uuid}"


async def index(request: Request) -> Response:
    """The latest days that were closed, and the form for the next."""
    actor = request.state.actor
    own = [] if actor.organization_id is None else await sites_of(actor, operator_id=actor.organization_id)
    context = {
        "closes": await close_queries.closes(actor),
        "own_sites": [(site.id, site.name) for site in own],
        "yesterday": clock.local_day(clock.now()) - timedelta(days=1),
        "request_id": new_id(),
    }
    return render(request, "bank/closes.html", context)


@refusals_to(index)
async def prepare(request: Request) -> Response:
    """Adds a day up."""
    form = read(ClosedDay, await request.form())
    await closes.prepare(request.state.actor, id=form.id, site_id=form.site_id, on=form.on, now=clock.now())
    return redirect(
        request, f"{CLOSES}/{form.id}", said=Flash(N_("The day is added up. Now a second person signs it."))
    )


async def show(request: Request) -> Response:
    """A day on one sheet."""
    row = await close_queries.close(request.state.actor, request.path_params["id"])
    return render(request, "bank/close.html", {"close": row, "words": words(reader().language)})


@refusals_to(show)
async def sign(request: Request) -> Response:
    """Signs it."""
    row = await closes.sign(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, f"{CLOSES}/{row.id}", said=Flash(N_("The day is closed.")))


routes = [
    route(CLOSES, index, may=Capability.BANK_READ, name="bank closes"),
    route(CLOSES, prepare, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(CLOSE, show, may=Capability.BANK_READ, name="bank close"),
    route(f"{CLOSE}/signature", sign, methods=["POST"], may=Capability.LEDGER_CLOSE),
]
