"""A membership's days, corrected."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.words import N_
from pepperchain.directory import memberships
from pepperchain.directory.forms import MembershipDays
from pepperchain.directory.household_queries import get_household, memberships_of
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

EDIT = Capability.DIRECTORY_EDIT
MEMBERSHIP = "/growers/{household_id:int}/memberships/{membership_id:int}"


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    household = await get_household(actor, id)
    wanted = request.path_params["membership_id"]
    membership = next((each for each in await memberships_of(actor, id) if each.id == wanted), None)
    if membership is None or not memberships.may_correct(actor, membership):
        raise Missing()
    return render(request, "directory/membership.html", {"household": household, "membership": membership})


@refusals_to(show)
async def correct(request: Request) -> Response:
    form, id = read(MembershipDays, await request.form()), request.path_params["household_id"]
    await memberships.correct(
        request.state.actor,
        household_id=id,
        id=request.path_params["membership_id"],
        **form.values(),
        now=clock.now(),
    )
    return redirect(request, f"/growers/{id}", said=Flash(N_("Saved.")))


routes = [
    route(MEMBERSHIP, show, may=EDIT, name="membership"),
    route(MEMBERSHIP, correct, methods=["POST"], may=EDIT, name="correct_membership"),
]
