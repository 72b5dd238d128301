"""One's own week and one's own follow-ups, and notes in a history."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.directory.timeline_pages import household, organization, person
from pepperchain.visits import follow_ups, notes, queries
from pepperchain.visits.forms import HandingOver, ListChoice, NewNote, WeekChoice
from pepperchain.visits.rules import PURPOSES, VisitKind, monday
from pepperchain.visits.visit_pages import show
from pepperchain.visits.week_queries import DAYS, week
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, RECORD = Capability.VISIT_READ, Capability.VISIT_RECORD
WEEK, LIST = "/visits", "/visits/follow-ups"


async def my_week(request: Request) -> Response:
    """Seven days: columns at a desk, a list on a phone."""
    actor: Actor = request.state.actor
    today = clock.local_day(clock.now())
    first = monday(read(WeekChoice, request.query_params).week or today)
    step = timedelta(days=DAYS)
    context = {
        "days": await week(actor, first),
        "before": first - step,
        "after": first + step,
        "is_this_week": first == monday(today),
        "today": today,
        "waiting": await queries.waiting(actor, today=today),
        "kinds": {kind.value: gettext(kind.words) for kind in VisitKind},
        "purposes": {code: gettext(words) for code, words in PURPOSES.items()},
    }
    return render(request, "visits/week.html", context)


async def my_follow_ups(request: Request) -> Response:
    """What is over its day first, then today's, then what comes."""
    actor: Actor = request.state.actor
    form = read(ListChoice, request.query_params)
    today = clock.local_day(clock.now())
    rows = await queries.my_follow_ups(actor, after=decode(form.cursor, str, int), limit=LIMIT + 1)
    page = cut(rows, LIMIT, lambda row: (row.due_on, row.id))
    context: dict[str, Any] = {"rows": page.rows, "next": page.next, "today": today.isoformat()}
    return render(request, "visits/follow_ups.html", context)


async def done(request: Request) -> Response:
    id = request.path_params["follow_up_id"]
    row = await follow_ups.done(request.state.actor, id=id, now=clock.now())
    said = Flash(N_("Done: %(what)s"), {"what": row.what}, undo=f"{LIST}/{id}/reopening")
    return redirect(
        request, f"/visits/{row.visit_id}" if "from_visit" in request.query_params else LIST, said=said
    )


async def reopen(request: Request) -> Response:
    row = await follow_ups.reopen(
        request.state.actor, id=request.path_params["follow_up_id"], now=clock.now()
    )
    return redirect(request, f"/visits/{row.visit_id}", said=Flash(N_("It is to be done again.")))


async def _visit_of(request: Request) -> Response:
    """The page of its visit, which holds the form to hand it over."""
    row = await queries.get_follow_up(request.state.actor, request.path_params["follow_up_id"])
    request.path_params["visit_id"] = row.visit_id
    return await show(request)


@refusals_to(_visit_of)
async def hand_over(request: Request) -> Response:
    form = read(HandingOver, await request.form())
    row = await follow_ups.hand_over(
        request.state.actor, id=request.path_params["follow_up_id"], **form.values(), now=clock.now()
    )
    return redirect(request, f"/visits/{row.visit_id}", said=Flash(N_("Handed over.")))


async def _write(request: Request) -> Response:
    form = read(NewNote, await request.form())
    entered = await notes.write(
        request.state.actor, id=form.request_id, text=form.text, **request.path_params, now=clock.now()
    )
    said = Flash(N_("Noted."), undo=f"/notes/{entered.id}/withdrawal")
    return redirect(request, request.url.path.removesuffix("/notes") + "/timeline", said=said)


async def withdraw(request: Request) -> Response:
    note = await notes.withdraw(request.state.actor, id=request.path_params["note_id"], now=clock.now())
    base = f"/growers/{note.household_id}" if note.household_id else f"/organizations/{note.organization_id}"
    return redirect(request, f"{base}/timeline", said=Flash(N_("The note is withdrawn.")))


_FOLLOW_UP = f"{LIST}/{{follow_up_id:int}}"
_HOUSEHOLD, _ORGANIZATION = "/growers/{household_id:int}", "/organizations/{organization_id:int}"
EDIT, EDIT_ORGANIZATION = Capability.DIRECTORY_EDIT, Capability.ORGANIZATION_EDIT
routes = [
    route(WEEK, my_week, may=READ, name="my_week"),
    route(LIST, my_follow_ups, may=READ, name="my_follow_ups"),
    route(f"{_FOLLOW_UP}/done", done, methods=["POST"], may=RECORD),
    route(f"{_FOLLOW_UP}/reopening", reopen, methods=["POST"], may=RECORD),
    route(f"{_FOLLOW_UP}/owner", hand_over, methods=["POST"], may=RECORD),
    route(
        f"{_HOUSEHOLD}/notes",
        refusals_to(household)(_write),
        methods=["POST"],
        may=EDIT,
        name="note_household",
    ),
    route(
        f"{_HOUSEHOLD}/people/{{person_id:int}}/notes",
        refusals_to(person)(_write),
        methods=["POST"],
        may=EDIT,
        name="note_person",
    ),
    route(
        f"{_ORGANIZATION}/notes",
        refusals_to(organization)(_write),
        methods=["POST"],
        may=EDIT_ORGANIZATION,
        name="note_organization",
    ),
    route("/notes/{note_id:int}/withdrawal", withdraw, methods=["POST"], may=EDIT),
]
