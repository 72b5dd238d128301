"""Natural loss: what counts found missing, the cases among it, and the policies by which it is judged."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import season_of, words
from pepperchain.storage import loss_queries, losses
from pepperchain.storage.loss_forms import Explanation, LossSearch, Policy
from pepperchain.storage.rules import RoomKind
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

LOSSES = "/storage/losses"
LOSS = LOSSES + "/{movement_id:uuid}"
_CALLED = {"ppm_per_day": "per_day", "tolerance_ppm": "tolerance"}


async def index(request: Request) -> Response:
    """What was found missing, and this season's months."""
    actor, search = request.state.actor, read(LossSearch, request.query_params)
    found = await loss_queries.losses(
        actor, only_cases=search.cases, cursor=request.query_params.get("cursor")
    )
    season = season_of(clock.local_day(clock.now()))
    context = {
        "search": search,
        "losses": found.rows,
        "next": found.next,
        "months": await loss_queries.months(actor, season=season),
        "season": season,
        "policies": await loss_queries.policies(actor),
        "words": words(reader().language),
    }
    return render(request, "storage/losses.html", context, block="results")


async def new(request: Request) -> Response:
    """A policy that is not stated yet."""
    context = {
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
        "kinds": [(kind.value, gettext(kind.label)) for kind in RoomKind],
        "words": words(reader().language),
    }
    return render(request, "storage/loss_policy_new.html", context)


@refusals_to(new)
async def state(request: Request) -> Response:
    """States a policy."""
    form = read(Policy, await request.form())
    try:
        await losses.state_policy(
            request.state.actor, id=form.id, form=form.form, kind=form.kind, ppm_per_day=form.per_day,
            tolerance_ppm=form.tolerance, valid_from=form.valid_from, reason=form.reason, now=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.field in _CALLED:
            raise Refused("This is more than makes sense.", _CALLED[refused.field]) from refused
        raise
    return redirect(request, LOSSES, said=Flash(N_("The policy is stated.")))


async def show(request: Request) -> Response:
    """One loss."""
    row = await loss_queries.loss(request.state.actor, str(request.path_params["movement_id"]))
    return render(request, "storage/loss.html", {"row": row, "words": words(reader().language)})


@refusals_to(show)
async def explain(request: Request) -> Response:
    """Says how it came."""
    form, id = read(Explanation, await request.form()), request.path_params["movement_id"]
    await losses.explain(request.state.actor, movement_id=id, words=form.words, now=clock.now())
    return redirect(request, f"{LOSSES}/{id}", said=Flash(N_("Explained. The committee closes it.")))


@refusals_to(show)
async def close(request: Request) -> Response:
    """Closes the case."""
    id = request.path_params["movement_id"]
    await losses.close(request.state.actor, movement_id=id, now=clock.now())
    return redirect(request, f"{LOSSES}/{id}", said=Flash(N_("The case is closed.")))


routes = [
    route(LOSSES, index, may=Capability.STORAGE_READ, name="losses"),
    route(f"{LOSSES}/policies/new", new, may=Capability.STORAGE_PLAN),
    route(f"{LOSSES}/policies", state, methods=["POST"], may=Capability.STORAGE_PLAN),
    route(LOSS, show, may=Capability.STORAGE_READ, name="loss"),
    route(f"{LOSS}/explanation", explain, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(f"{LOSS}/closing", close, methods=["POST"], may=Capability.STOCKTAKE_ALLOW),
]
