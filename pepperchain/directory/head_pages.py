"""Who heads a household: handing over, and taking a wrong change back."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import heads
from pepperchain.directory.head_queries import head_changes_of, latest
from pepperchain.directory.household_queries import get_household, people_of
from pepperchain.directory.relation_forms import NewHead, TakenBack
from pepperchain.directory.relation_rules import HeadReason
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

EDIT = Capability.DIRECTORY_EDIT
HEADS = "/growers/{household_id:int}/heads"


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    household = await get_household(actor, id)
    people, changes = await people_of(actor, id), await head_changes_of(actor, id)
    context = {
        "household": household,
        "head": next((each for each in people if each.is_head), None),
        "others": [(each.id, each.name) for each in people if not each.is_head],
        "changes": changes,
        "latest": latest(changes),
        "reasons": [(each.value, gettext(each.words)) for each in HeadReason],
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/heads.html", context)


@refusals_to(show)
async def hand_over(request: Request) -> Response:
    form, id = read(NewHead, await request.form()), request.path_params["household_id"]
    values = form.values()
    await heads.hand_over(
        request.state.actor, id=values.pop("request_id"), household_id=id, **values, now=clock.now()
    )
    return redirect(request, f"/growers/{id}", said=Flash(N_("The household has another head.")))


@refusals_to(show)
async def take_back(request: Request) -> Response:
    form, id = read(TakenBack, await request.form()), request.path_params["household_id"]
    await heads.take_back(
        request.state.actor,
        household_id=id,
        id=request.path_params["change_id"],
        reason=form.reason,
        now=clock.now(),
    )
    return redirect(
        request, f"/growers/{id}", said=Flash(N_("Taken back: the former head is the head again."))
    )


routes = [
    route(HEADS, show, may=EDIT, name="heads"),
    route(HEADS, hand_over, methods=["POST"], may=EDIT, name="hand_over"),
    route(f"{HEADS}/{{change_id:int}}/reversal", take_back, methods=["POST"], may=EDIT),
]
