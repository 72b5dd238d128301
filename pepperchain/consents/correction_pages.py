"""What people say is wrong: said by themselves or for them, listed by the day it is due, answered."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.consents import correction_queries as queries
from pepperchain.consents import corrections
from pepperchain.consents.forms import Accepted, Asking, Declined, ListChoice
from pepperchain.consents.own_pages import HOME
from pepperchain.consents.own_pages import show as show_own
from pepperchain.consents.person_pages import person_of
from pepperchain.consents.person_pages import show as show_person
from pepperchain.consents.rules import CHANGED_AT_ONCE, WRONG
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import get_person
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

LIST = f"{HOME}/corrections"
OWN, READ, RECORD, EDIT = (
    Capability.CONSENT_OWN,
    Capability.CONSENT_READ,
    Capability.CONSENT_RECORD,
    Capability.DIRECTORY_EDIT,
)
_SAID = Flash(N_("Passed on. The answer will stand here."))


async def index(request: Request) -> Response:
    form, actor = read(ListChoice, request.query_params), request.state.actor
    if form.state == "open":
        after = decode(form.cursor, str, int)
        page = cut(
            await queries.open_corrections(actor, after=after, limit=LIMIT + 1),
            LIMIT,
            lambda row: (row.due_on, row.id),
        )
    else:
        before = decode(form.cursor, int, int)
        page = cut(
            await queries.decided_corrections(actor, before=before, limit=LIMIT + 1),
            LIMIT,
            lambda row: (row.decided_at, row.id),
        )
    context = {
        "rows": [(row, gettext(WRONG.get(row.what, row.what))) for row in page.rows],
        "next": page.next,
        "state": form.state,
        "today": clock.local_day(clock.now()).isoformat(),
    }
    return render(request, "consents/corrections.html", context)


async def show(request: Request) -> Response:
    actor = request.state.actor
    row = await queries.get_correction(actor, request.path_params["correction_id"])
    person = await get_person(actor, row.person_id)
    now_known: dict[str, Any] = {"name": person.name, "phone": person.phone, "born_on": person.born_on}
    context = {
        "row": row,
        "person": person,
        "wrong": gettext(WRONG.get(row.what, row.what)),
        "now_known": now_known.get(row.what),
        "at_once": row.what in CHANGED_AT_ONCE,
    }
    return render(request, "consents/correction.html", context)


@refusals_to(show_person)
async def ask(request: Request) -> Response:
    person = await person_of(request)
    await _asked(request, person.id)
    return redirect(request, f"/growers/{person.household_id}/people/{person.id}/rights", said=_SAID)


@refusals_to(show_own)
async def ask_own(request: Request) -> Response:
    id = request.path_params["person_id"]
    await _asked(request, id)
    return redirect(request, f"{HOME}?person={id}", said=_SAID)


async def _asked(request: Request, person_id: int) -> None:
    form = read(Asking, await request.form())
    await corrections.ask(
        request.state.actor,
        id=form.request_id,
        person_id=person_id,
        what=form.what,
        proposed=form.value(),
        words=form.words,
        now=clock.now(),
    )


@refusals_to(show)
async def accept(request: Request) -> Response:
    form = read(Accepted, await request.form())
    await corrections.accept(
        request.state.actor, id=request.path_params["correction_id"], answer=form.answer, now=clock.now()
    )
    return redirect(request, LIST, said=Flash(N_("Put right, and answered.")))


@refusals_to(show)
async def decline(request: Request) -> Response:
    form = read(Declined, await request.form())
    await corrections.decline(
        request.state.actor, id=request.path_params["correction_id"], answer=form.answer, now=clock.now()
    )
    return redirect(request, LIST, said=Flash(N_("Answered.")))


routes = [
    route(LIST, index, may=READ, name="corrections"),
    route(f"{LIST}/{{correction_id:int}}", show, may=READ, name="correction"),
    route(f"{LIST}/{{correction_id:int}}/acceptance", accept, methods=["POST"], may=EDIT),
    route(f"{LIST}/{{correction_id:int}}/refusal", decline, methods=["POST"], may=EDIT),
    route(
        "/growers/{household_id:int}/people/{person_id:int}/corrections", ask, methods=["POST"], may=RECORD
    ),
    route(f"{HOME}/people/{{person_id:int}}/corrections", ask_own, methods=["POST"], may=OWN),
]
