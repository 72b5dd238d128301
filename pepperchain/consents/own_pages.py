"""A grower's own page: what is kept of the household's people, what they agreed to, and who looked at their numbers."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.consents import consents
from pepperchain.consents.forms import Choice, Decided, answers
from pepperchain.consents.person_pages import told
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import PersonRow, people_of
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

HOME = "/consents"
MAY = Capability.CONSENT_OWN


async def show(request: Request) -> Response:
    """One of the household's people at a time, first whoever signs in with this account."""
    actor: Actor = request.state.actor
    choice, own = read(Choice, request.query_params), await consents.own_person_id(actor)
    people = await people_of(actor, actor.household_id or 0)
    person = _chosen(people, request.path_params.get("person_id") or choice.person or own)
    context = {
        "people": people,
        "is_own": person.id == own,
        "request_id": new_id(),
        **await told(actor, person, choice.cursor),
    }
    return render(request, "consents/mine.html", context)


def _chosen(people: list[PersonRow], id: int | None) -> PersonRow:
    if not people:
        raise Missing()
    if id is None:
        return people[0]
    found = next((person for person in people if person.id == id), None)
    if found is None:
        raise Missing()
    return found


@refusals_to(show)
async def decide(request: Request) -> Response:
    sent = await request.form()
    form, own = read(Decided, sent), await consents.own_person_id(request.state.actor)
    if own is None:
        raise Missing()
    await consents.decide(
        request.state.actor, id=form.request_id, person_id=own, answers=answers(sent), now=clock.now()
    )
    return redirect(request, HOME, said=Flash(N_("Noted. You can change your mind at any time.")))


routes = [
    route(HOME, show, may=MAY, name="my_data"),
    route(f"{HOME}/answers", decide, methods=["POST"], may=MAY),
]
