"""Handing in, giving back, agreeing and signing."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.stocktakes import closing
from pepperchain.stocktakes.forms import Refusing, Seen, Signing
from pepperchain.stocktakes.stocktake_pages import STOCKTAKE, STOCKTAKES, show
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect
from pepperchain.web.routing import route


@refusals_to(show)
async def hand_in(request: Request) -> Response:
    """All is counted."""
    form, id = read(Seen, await request.form()), request.path_params["id"]
    await closing.hand_in(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(
        request, f"{STOCKTAKES}/{id}", said=Flash(N_("Handed in. Now somebody else looks at it and signs."))
    )


@refusals_to(show)
async def give_back(request: Request) -> Response:
    """Something is to be counted again."""
    form, id = read(Refusing, await request.form()), request.path_params["id"]
    await closing.give_back(
        request.state.actor, id=id, version=form.version, reason=form.reason, now=clock.now()
    )
    return redirect(request, f"{STOCKTAKES}/{id}", said=Flash(N_("Given back to be counted.")))


@refusals_to(show)
async def allow(request: Request) -> Response:
    """The committee agrees."""
    form, id = read(Seen, await request.form()), request.path_params["id"]
    await closing.allow(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(request, f"{STOCKTAKES}/{id}", said=Flash(N_("Agreed. It can be signed now.")))


@refusals_to(show)
async def sign(request: Request) -> Response:
    """The differences go into the books."""
    form, id = read(Signing, await request.form()), request.path_params["id"]
    await closing.sign(
        request.state.actor, id=id, version=form.version, reason=form.reason, now=clock.now(), holders=request.app.state.holders
    )  # fmt: skip
    return redirect(
        request, f"{STOCKTAKES}/{id}", said=Flash(N_("Signed. The books say now what was counted."))
    )


routes = [
    route(f"{STOCKTAKE}/submission", hand_in, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{STOCKTAKE}/return", give_back, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(f"{STOCKTAKE}/agreement", allow, methods=["POST"], may=Capability.STOCKTAKE_ALLOW),
    route(f"{STOCKTAKE}/signature", sign, methods=["POST"], may=Capability.STORAGE_ADJUST),
]
