"""Merging two households: done, or, across cooperatives, proposed to a second person."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import merge_approvals
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.directory.forms import HouseholdMerge
from pepperchain.directory.merge_pages import MERGES, merged, new
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect
from pepperchain.web.routing import route


@refusals_to(new)
async def create(request: Request) -> Response:
    form = read(HouseholdMerge, await request.form())
    made = await merge_approvals.merge(
        request.state.actor,
        request.app.state.approvables[merge_approvals.WHAT],
        id=form.request_id,
        decision=form.decision(),
        movers=request.app.state.movers,
        now=clock.now(),
    )
    if made is not None:
        return merged(request, made)
    said = Flash(
        N_("Proposed: two cooperatives are concerned. It is done when a second person has approved.")
    )
    return redirect(request, "/approvals", said=said)


routes = [route(MERGES, create, methods=["POST"], may=Capability.DIRECTORY_EDIT, name="merge_households")]
