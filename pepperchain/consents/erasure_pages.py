"""People who ask to be forgotten: asked by themselves or for them, listed by the day they are due, and what became of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.consents import erasure_queries as queries
from pepperchain.consents import erasures
from pepperchain.consents.erasure_queries import ErasureRow
from pepperchain.consents.forms import AskingErasure, Declined, ListChoice, Proposed, WhyKept
from pepperchain.consents.own_pages import HOME
from pepperchain.consents.own_pages import show as show_own
from pepperchain.consents.person_pages import person_of
from pepperchain.consents.person_pages import show as show_person
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

LIST = f"{HOME}/erasures"
OWN, READ, RECORD, EDIT, DECIDE = (
    Capability.CONSENT_OWN,
    Capability.CONSENT_READ,
    Capability.CONSENT_RECORD,
    Capability.DIRECTORY_EDIT,
    Capability.PERSON_ERASE,
)
KEPT: dict[str, str] = {
    "name": N_("Name"),
    "phone": N_("Mobile number"),
    "born_on": N_("Born on"),
    "id_number": N_("ID number"),
    "bank_card": N_("Bank card"),
    "card": N_("Card"),
    "address": N_("Address"),
}
"""What may be kept of somebody who was erased, in the order in which it is told."""


async def index(request: Request) -> Response:
    form, actor = read(ListChoice, request.query_params), request.state.actor
    if form.state == "open":
        after = decode(form.cursor, str, int)
        found = await queries.open_erasures(actor, after=after, limit=LIMIT + 1)
        page = cut(found, LIMIT, lambda row: (row.due_on, row.id))
    else:
        before = decode(form.cursor, int, int)
        found = await queries.decided_erasures(actor, before=before, limit=LIMIT + 1)
        page = cut(found, LIMIT, lambda row: (row.decided_at, row.id))
    context = {"rows": page.rows, "next": page.next, "state": form.state, "today": _today()}
    return render(request, "consents/erasures.html", context)


async def show(request: Request) -> Response:
    """How it stands with somebody: what is in the way, who decides next, or that it is done."""
    actor = request.state.actor
    row = await queries.get_erasure(actor, request.path_params["erasure_id"])
    context: dict[str, Any] = {
        "row": row,
        "today": _today(),
        "request_id": new_id(),
        "in_the_way": [],
        "waits": False,
        "is_alone": False,
    }
    subject = await queries.subject_of(row.person_id)
    if row.state == "asked" and subject is not None:
        now = clock.now()
        found = await queries.in_the_way(
            subject, request.app.state.erasables, today=clock.local_day(now), now=now
        )
        context |= {
            "in_the_way": [
                (gettext(each.words) % {"count": each.count}, each.url if _opens(request, each.url) else None)
                for each in found
            ],
            "waits": await queries.waits_for_second(row.person_id),
            "is_alone": subject.is_alone,
            "kept_until": await queries.would_be_kept_until(subject, request.app.state.erasables, now=now),
        }
    return render(request, "consents/erasure.html", context)


def _opens(request: Request, url: str) -> bool:
    return not url.startswith("/admin") or request.state.actor.may(Capability.ACCOUNT_ADMINISTER)


def _today() -> str:
    return clock.local_day(clock.now()).isoformat()


@refusals_to(show_person)
async def ask(request: Request) -> Response:
    person = await person_of(request)
    made = await _asked(request, person.id)
    return redirect(
        request, f"{LIST}/{made}", said=Flash(N_("Noted. Here stands what is to be done for it."))
    )


@refusals_to(show_own)
async def ask_own(request: Request) -> Response:
    await _asked(request, request.path_params["person_id"])
    said = Flash(N_("Passed on. You can take it back until it is done."))
    return redirect(request, HOME, said=said)


async def _asked(request: Request, person_id: int) -> int:
    form = read(AskingErasure, await request.form())
    made = await erasures.ask(
        request.state.actor, id=form.request_id, person_id=person_id, words=form.words, now=clock.now()
    )
    return made.id


@refusals_to(show_own)
async def withdraw(request: Request) -> Response:
    await erasures.withdraw(request.state.actor, id=request.path_params["own_erasure_id"], now=clock.now())
    return redirect(request, HOME, said=Flash(N_("Taken back. Everything stays as it is.")))


@refusals_to(show)
async def propose(request: Request) -> Response:
    form = read(Proposed, await request.form())
    state = request.app.state
    id = request.path_params["erasure_id"]
    await erasures.propose(
        request.state.actor,
        state.approvables[erasures.WHAT],
        id=id,
        request_id=form.request_id,
        rooms=state.erasables,
        now=clock.now(),
    )
    return redirect(request, f"{LIST}/{id}", said=Flash(N_("A second person decides on it now.")))


@refusals_to(show)
async def decline(request: Request) -> Response:
    form = read(Declined, await request.form())
    await erasures.decline(
        request.state.actor, id=request.path_params["erasure_id"], answer=form.answer, now=clock.now()
    )
    return redirect(request, LIST, said=Flash(N_("Answered.")))


@refusals_to(show)
async def see_kept(request: Request) -> Response:
    """What the law wants kept, once a reason was given."""
    form, id = read(WhyKept, await request.form()), request.path_params["erasure_id"]
    row: ErasureRow = await queries.get_erasure(request.state.actor, id)
    found = await erasures.kept_of(request.state.actor, id=id, reason=form.reason, now=clock.now())
    told = [(gettext(words), found[name]) for name, words in KEPT.items() if name in found]
    return render(request, "consents/erasure_kept.html", {"row": row, "kept": told})


routes = [
    route(LIST, index, may=READ, name="erasures"),
    route(f"{LIST}/{{erasure_id:int}}", show, may=READ, name="erasure"),
    route(f"{LIST}/{{erasure_id:int}}/proposal", propose, methods=["POST"], may=EDIT),
    route(f"{LIST}/{{erasure_id:int}}/refusal", decline, methods=["POST"], may=EDIT),
    route(f"{LIST}/{{erasure_id:int}}/particulars", see_kept, methods=["POST"], may=DECIDE),
    route("/growers/{household_id:int}/people/{person_id:int}/erasures", ask, methods=["POST"], may=RECORD),
    route(f"{HOME}/people/{{person_id:int}}/erasures", ask_own, methods=["POST"], may=OWN),
    route(f"{HOME}/own-erasures/{{own_erasure_id:int}}/withdrawal", withdraw, methods=["POST"], may=OWN),
]
