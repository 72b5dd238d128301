"""The second step on one's own pages: set up, new recovery codes, switched off."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import rules, second_steps, step_queries, user_queries
from pepperchain.accounts.forms import ConfirmedStep, StepCode
from pepperchain.accounts.session_pages import STEP_PAGE, address_of
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.documents import qr
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAY = Capability.ACCOUNT_OWN


async def show(request: Request) -> Response:
    """How things stand. The secret is told only as long as the app has not been confirmed."""
    actor: Actor = request.state.actor
    step = await step_queries.step_of(actor.user_id or 0)
    secret = step.secret if step is not None and step.confirmed_at is None else None
    context: dict[str, Any] = {
        "step": step if secret is not None or (step is not None and step.confirmed_at) else None,
        "must": rules.must_have_second_step(actor.role),
        "codes_left": await step_queries.codes_left(actor.user_id or 0),
        "request_id": new_id(),
    }
    if secret is not None:
        user = await user_queries.get_user(actor, actor.user_id or 0)
        address = second_steps.key_address(secret, phone=user.phone)
        context |= {"address": address, "qr": qr.unkept(address), "groups": _grouped(secret)}
    return render(request, "accounts/second_step.html", context)


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@refusals_to(show)
async def begin(request: Request) -> Response:
    await second_steps.begin(request.state.actor, now=clock.now())
    return redirect(request, STEP_PAGE)


@refusals_to(show)
async def confirm(request: Request) -> Response:
    form = read(ConfirmedStep, await request.form())
    codes = await second_steps.confirm(
        request.state.actor, **form.values(), keep=request.state.session_id, now=clock.now()
    )
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})


@refusals_to(show)
async def renew_codes(request: Request) -> Response:
    form = read(ConfirmedStep, await request.form())
    codes = await second_steps.renew_codes(
        request.state.actor, **form.values(), address=address_of(request), now=clock.now()
    )
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": False})


@refusals_to(show)
async def remove(request: Request) -> Response:
    form = read(StepCode, await request.form())
    await second_steps.remove(
        request.state.actor, code=form.code, address=address_of(request), now=clock.now()
    )
    return redirect(request, STEP_PAGE, said=Flash(N_("The second step is off.")))


routes = [
    route(STEP_PAGE, show, may=MAY),
    route(STEP_PAGE, begin, methods=["POST"], may=MAY),
    route(f"{STEP_PAGE}/confirmation", confirm, methods=["POST"], may=MAY),
    route(f"{STEP_PAGE}/recovery-codes", renew_codes, methods=["POST"], may=MAY),
    route(f"{STEP_PAGE}/removal", remove, methods=["POST"], may=MAY),
]
