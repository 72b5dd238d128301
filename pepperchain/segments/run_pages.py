"""What is done with all households of a segment: asked for, watched, stopped, taken back; and segments counted to their end."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Action
from pepperchain.segments import queries, runs
from pepperchain.segments.editor_pages import field_views, repertoire_of
from pepperchain.segments.forms import ActionChoice, Beginning, Counting, typed
from pepperchain.segments.queries import RunRow
from pepperchain.segments.rules import COUNT, bounds, criteria_of, values_of
from pepperchain.segments.segment_pages import show as segment
from pepperchain.segments.telling_queries import Shelf, action_in_words, sentence
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.SEGMENT_READ, Capability.SEGMENT_EDIT
_SEGMENT, _RUN = "/segments/{segment_id:int}", "/segments/runs/{run_id:uuid}"


def _action(request: Request, code: str | None) -> Action:
    """The action of that name, or the first. Missing: there is none, or it is not the actor's."""
    actor: Actor = request.state.actor
    for action in repertoire_of(request).done_by(actor):
        if code is None or action.code == code:
            return action
    raise Missing()


@refusals_to(segment)
async def count(request: Request) -> Response:
    form = read(Counting, await request.form())
    id = await runs.count(
        request.state.actor, id=form.request_id, segment_id=request.path_params["segment_id"], now=clock.now()
    )
    return redirect(request, f"/segments/runs/{id}")


async def new(request: Request) -> Response:
    """How many households it is about, what is to be known for it, and with many of them a number to be typed."""
    actor, repertoire = request.state.actor, repertoire_of(request)
    found = await queries.get_segment(actor, request.path_params["segment_id"])
    sent: Any = getattr(request.state, "typed", None)
    code = read(ActionChoice, request.query_params if sent is None else sent).action
    action = _action(request, code)
    shelf = Shelf(actor)
    context = {
        "segment": found,
        "action": action,
        "label": gettext(action.label),
        "size": await runs.size(actor, repertoire, found, now=clock.now()),
        "words": await sentence(repertoire, shelf, criteria_of(found.criteria)),
        "fields": await field_views(
            shelf, action.fields, None if sent is None else typed(action.fields, sent)
        ),
        "request_id": new_id(),
        "cap": bounds().preview_count,
        "undo_days": bounds().undo_days,
        "needed": True,
    }
    return render(request, "segments/run_new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    sent = await request.form()
    action = _action(request, read(ActionChoice, sent).action)
    form = read(Beginning, sent)
    id = await runs.begin(
        request.state.actor,
        repertoire_of(request),
        id=form.request_id,
        segment_id=request.path_params["segment_id"],
        action=action.code,
        values=typed(action.fields, sent).complete(),
        number=form.number,
        now=clock.now(),
    )
    return redirect(request, f"/segments/runs/{id}")


async def show(request: Request) -> Response:
    """How far a run has come, and what became of it."""
    run = await queries.get_run(request.state.actor, request.path_params["run_id"])
    context = {
        "run": run,
        "what": await _in_words(request, run),
        "is_count": run.action == COUNT,
        "said": None if run.message is None else Refused(run.message, **run.facts),
        "undoable": runs.can_be_undone(run, now=clock.now()) and run.action in repertoire_of(request).actions,
        "undo_days": bounds().undo_days,
    }
    return render(request, "segments/run.html", context, block="run")


async def _in_words(request: Request, run: RunRow) -> str:
    action = repertoire_of(request).actions.get(run.action)
    if action is None:
        return gettext(N_("Count")) if run.action == COUNT else run.action
    shelf = Shelf(request.state.actor)
    return await action_in_words(action.words, action.fields, shelf, values_of(run.parameters))


@refusals_to(show)
async def stop(request: Request) -> Response:
    run = await runs.stop(request.state.actor, id=request.path_params["run_id"], now=clock.now())
    return redirect(request, f"/segments/runs/{run.id}")


@refusals_to(show)
async def take_back(request: Request) -> Response:
    run = await runs.take_back(
        request.state.actor, repertoire_of(request), id=request.path_params["run_id"], now=clock.now()
    )
    return redirect(request, f"/segments/runs/{run.id}")


routes = [
    route(f"{_SEGMENT}/counts", count, methods=["POST"], may=READ, name="count_segment"),
    route(f"{_SEGMENT}/runs/new", new, may=EDIT, name="new_run"),
    route(f"{_SEGMENT}/runs", create, methods=["POST"], may=EDIT, name="begin_run"),
    route(_RUN, show, may=READ, name="segment_run"),
    route(f"{_RUN}/stop", stop, methods=["POST"], may=EDIT, name="stop_run"),
    route(f"{_RUN}/reversal", take_back, methods=["POST"], may=EDIT, name="take_run_back"),
]
