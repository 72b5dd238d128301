"""The scale on a phone: find the grower, type the weight, next."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.card_queries import lost_at
from pepperchain.harvest import rules, weighins
from pepperchain.harvest.desk_queries import chosen_site, desk, own_sites
from pepperchain.harvest.forms import Choices, Start, Void, WeighIn, flattened
from pepperchain.harvest.grower_queries import candidates
from pepperchain.harvest.slips import NewSlip
from pepperchain.web.drawing import Problem, problem_from
from pepperchain.web.filters import weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import is_fragment, redirect, render
from pepperchain.web.routing import local_path, route

PAGE = "/harvest/weigh-ins/new"
TEMPLATE = "harvest/weighin_new.html"
COOKIE = "scale"
COOKIE_SECONDS = 60 * 24 * 3600
DEVICE_CHARACTERS = 80


async def new(request: Request) -> Response:
    """The form; for htmx, while somebody types a name, only the growers it finds."""
    start = Start.of(request.query_params)
    if is_fragment(request):
        return await _growers(request, start)
    if start.q is not None:  # without JavaScript, looking for a grower sends the half-filled form here
        request.state.typed = request.query_params
    return await _form(request, start, form_id=start.id)


async def _growers(request: Request, start: Start) -> Response:
    actor, text = request.state.actor, start.q or ""
    sites = await own_sites(actor)
    found = []
    if sites:
        site = chosen_site(sites, start.site_id)
        found = await candidates(actor, text, site_id=site.id, day=clock.local_day(clock.now()))
    context = {"candidates": found, "looked_for": text, "card_lost_at": await lost_at(actor, text)}
    return render(request, TEMPLATE, context, block="growers")


async def create(request: Request) -> Response:
    """Saves a slip and shows the next form; the same form sent again shows the same slip."""
    sent, now = await request.form(), clock.now()
    request.state.typed = sent
    start = Start.of(sent)
    try:
        slip = read(WeighIn, flattened(sent)).slip(device=_device(request))
        odd = {} if sent.get("sure") else await weighins.questions(request.state.actor, slip, now=now)
        if odd:
            return await _asked(request, start, odd)
        done = await weighins.record(request.state.actor, **_values(slip), now=now)
    except Refused as refused:
        return await _refused(request, start, refused, form_id=start.id)
    except Conflict as conflict:
        # What was saved under this id stays; what is typed now may be saved as another slip.
        return await _refused(request, start, conflict, form_id=None)
    return await _saved(request, done, Choices.after(slip, keep_tare=bool(sent.get("keep_tare"))))


async def _saved(request: Request, done: weighins.Recorded, kept: Choices) -> Response:
    request.state.typed = {}
    if is_fragment(request):
        response = await _form(request, Start(), kept=kept, saved=done)
    else:
        words = N_("Saved before: %(code)s, %(net)s.") if done.repeated else N_("Saved: %(code)s, %(net)s.")
        response = redirect(request, PAGE, said=Flash(words, {"code": done.code, "net": weight(done.net)}))
    secure = request.url.scheme == "https"
    response.set_cookie(
        COOKIE, kept.written(), COOKIE_SECONDS, path="/harvest", httponly=True, samesite="lax", secure=secure
    )
    return response


async def _refused(
    request: Request, start: Start, refused: Refused | Conflict, *, form_id: UUID | None
) -> Response:
    request.state.problem = problem_from(refused)
    return await _form(request, start, form_id=form_id, status=refused.status)


async def _asked(request: Request, start: Start, odd: dict[str, str]) -> Response:
    """The form once more with what looks odd; saving again takes it."""
    request.state.problem = Problem(
        gettext("Please look once more. If it is right, save it again."),
        {name: gettext(words) for name, words in odd.items()},
    )
    return await _form(request, start, form_id=start.id, status=422, asks=True)


async def _form(
    request: Request, start: Start, *, form_id: UUID | None = None, kept: Choices | None = None, status: int = 200,
    asks: bool = False, saved: weighins.Recorded | None = None,
) -> Response:  # fmt: skip
    now = clock.now()
    kept = kept or Choices.read(request.cookies.get(COOKIE, ""), now=now)
    wanted = (start.site_id, kept.site_id)
    at = await desk(
        request.state.actor, wanted=wanted, text=start.q or "", household_id=start.household_id, now=now
    )
    context: dict[str, Any] = {
        "desk": at, "kept": kept, "asks": asks, "saved": saved, "form_id": form_id or new_id(), "new_id": new_id,
        "candidates": at.candidates if at else (), "looked_for": start.q or "", "picked_at": kept.picked(now),
        "card_lost_at": await lost_at(request.state.actor, start.q or ""),
        "forms": rules.forms(), "grades": rules.grades(),
        "words": rules.words(reader().language),
    }  # fmt: skip
    return render(request, TEMPLATE, context, block="weighing", status=status)


async def void(request: Request) -> Response:
    """Takes a slip back. From the scale, the scale's page is shown again; from elsewhere, the slip."""
    sent = await request.form()
    form = read(Void, sent)
    slip_id = request.path_params["id"]
    done = await weighins.void(
        request.state.actor, id=form.request_id, of=slip_id, reason=form.reason, now=clock.now()
    )
    back = local_path(str(sent["back"])) if "back" in sent else f"/harvest/weigh-ins/{slip_id}"
    if is_fragment(request) and back == PAGE:
        return await _form(request, Start())
    return redirect(request, back, said=Flash(N_("%(code)s is void."), {"code": done.code}))


def _device(request: Request) -> str | None:
    return request.headers.get("user-agent", "")[:DEVICE_CHARACTERS] or None


def _values(slip: NewSlip) -> dict[str, Any]:
    return {each.name: getattr(slip, each.name) for each in fields(slip)}


routes = [
    route(PAGE, new, may=Capability.HARVEST_RECORD, name="weigh_in"),
    route("/harvest/weigh-ins", create, methods=["POST"], may=Capability.HARVEST_RECORD),
    route("/harvest/weigh-ins/{id:uuid}/reversal", void, methods=["POST"], may=Capability.HARVEST_VOID),
]
