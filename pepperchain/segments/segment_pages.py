"""The list of segments, the editor, and a segment's own page with its households."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.segments import queries, runs, segments
from pepperchain.segments.editor_pages import asked_by, editor, repertoire_of, sent_draft
from pepperchain.segments.finding_queries import MemberRow, members, question, stretch
from pepperchain.segments.forms import (
    Copying,
    Draft,
    DraftGroup,
    ListChoice,
    SegmentParticulars,
    draft_from,
    draft_of,
)
from pepperchain.segments.queries import SegmentRow
from pepperchain.segments.rules import bounds, criteria_of
from pepperchain.segments.runs import Size
from pepperchain.segments.tag_queries import of_households
from pepperchain.segments.telling_queries import Shelf, sentence
from pepperchain.web.filters import say
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode, encode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.SEGMENT_READ, Capability.SEGMENT_EDIT
RUNS_SHOWN = 10
_SEGMENT = "/segments/{segment_id:int}"


async def index(request: Request) -> Response:
    actor: Actor = request.state.actor
    after = decode(read(ListChoice, request.query_params).cursor, int)
    found = await queries.list_segments(actor, before=after[0] if after else None, limit=LIMIT + 1)
    page = cut(found, LIMIT, lambda row: (row.id,))
    shelf = Shelf(actor)
    context = {
        "rows": [(row, await _in_words(request, shelf, row)) for row in page.rows],
        "next": page.next,
    }
    return render(request, "segments/index.html", context, block="results")


async def _in_words(request: Request, shelf: Shelf, segment: SegmentRow) -> str:
    """A segment's conditions; of a damaged one, that it is."""
    try:
        return await sentence(repertoire_of(request), shelf, criteria_of(segment.criteria))
    except Refused as refused:
        return say(refused)


async def new(request: Request) -> Response:
    actor: Actor = request.state.actor
    draft, name = sent_draft(request), request.query_params.get("name", "")
    if draft is None:
        draft = Draft([DraftGroup()])
        copied = read(Copying, request.query_params).copy_of
        if copied is not None:
            segment = await queries.get_segment(actor, copied)
            draft, name = draft_of(criteria_of(segment.criteria), asked_by(request)), segment.name
    context = {
        "segment": None,
        "request_id": new_id(),
        "name": name[:60],
        "copy_of": None,
        **await editor(request, draft),
    }
    return render(request, "segments/editor.html", context, block="editor")


@refusals_to(new)
async def create(request: Request) -> Response:
    sent = await request.form()
    form, draft = read(SegmentParticulars, sent), draft_from(sent, asked_by(request))
    made = await segments.make(
        request.state.actor,
        repertoire_of(request),
        id=form.request_id or new_id(),
        name=form.name,
        is_shared=form.is_shared,
        criteria=draft.criteria(),
        now=clock.now(),
    )
    return redirect(request, f"/segments/{made.id}", said=Flash(N_("Kept.")))


async def particulars(request: Request) -> Response:
    """The editor; with a colleague's segment, of a copy."""
    segment = await queries.get_segment(request.state.actor, request.path_params["segment_id"])
    is_own = segment.owner_id == request.state.actor.user_id
    draft = sent_draft(request)
    if draft is None:
        draft = draft_of(criteria_of(segment.criteria), asked_by(request))
    context = {
        "segment": segment if is_own else None,
        "request_id": new_id(),
        "name": segment.name,
        "copy_of": None if is_own else segment,
        **await editor(request, draft),
    }
    return render(request, "segments/editor.html", context, block="editor")


@refusals_to(particulars)
async def change(request: Request) -> Response:
    id, sent = request.path_params["segment_id"], await request.form()
    form, draft = read(SegmentParticulars, sent), draft_from(sent, asked_by(request))
    await segments.change(
        request.state.actor,
        repertoire_of(request),
        id=id,
        version=form.version or 0,
        name=form.name,
        is_shared=form.is_shared,
        criteria=draft.criteria(),
        now=clock.now(),
    )
    return redirect(request, f"/segments/{id}", said=Flash(N_("Saved.")))


async def show(request: Request) -> Response:
    """What is asked, how many there are, what can be done with them, who they are."""
    actor, repertoire = request.state.actor, repertoire_of(request)
    segment = await queries.get_segment(actor, request.path_params["segment_id"])
    size, rows, cursor, refused = await _households(request, segment)
    shown = [row.id for row in rows]
    latest = await queries.counting(actor, segment.id)
    context = {
        "segment": segment,
        "words": await _in_words(request, Shelf(actor), segment),
        "size": size,
        "refused": refused,
        "rows": rows,
        "next": cursor,
        "marks": await of_households(actor, shown),
        "cap": bounds().preview_count,
        "counting": latest if latest is not None and latest.state.works else None,
        "actions": repertoire.done_by(actor),
        "runs": await queries.runs_of(actor, segment.id, limit=RUNS_SHOWN),
        "labels": {each.code: gettext(each.label) for each in repertoire.actions.values()},
        "request_id": new_id(),
        "is_own": segment.owner_id == actor.user_id,
        "is_first": "cursor" not in request.query_params,
    }
    return render(request, "segments/segment.html", context, block="results")


async def _households(
    request: Request, segment: SegmentRow
) -> tuple[Size | None, list[MemberRow], str | None, str | None]:
    """How many there are, one page of them, where the next begins; or why that cannot be said."""
    actor, repertoire, now = request.state.actor, repertoire_of(request), clock.now()
    after = decode(read(ListChoice, request.query_params).cursor, int)
    try:
        asked = await question(actor, repertoire, criteria_of(segment.criteria), today=clock.local_day(now))
        found = await stretch(
            asked, above=after[0] if after else 0, width=bounds().list_households, limit=LIMIT
        )
        rows = await members(actor, found.ids)
        cursor = None if found.is_last else encode((found.through,))
        return await runs.size(actor, repertoire, segment, now=now), rows, cursor, None
    except (Refused, NotYours) as refused:
        return None, [], None, say(refused)


@refusals_to(show)
async def remove(request: Request) -> Response:
    id = request.path_params["segment_id"]
    await segments.remove(request.state.actor, id=id, now=clock.now())
    said = Flash(N_("The segment was removed."), undo=f"/segments/{id}/return")
    return redirect(request, "/segments", said=said)


async def bring_back(request: Request) -> Response:
    id = request.path_params["segment_id"]
    await segments.bring_back(request.state.actor, id=id, now=clock.now())
    return redirect(request, f"/segments/{id}", said=Flash(N_("It is back.")))


routes = [
    route("/segments", index, may=READ, name="segments"),
    route("/segments", create, methods=["POST"], may=EDIT, name="make_segment"),
    route("/segments/new", new, may=EDIT, name="new_segment"),
    route(_SEGMENT, show, may=READ, name="segment"),
    route(f"{_SEGMENT}/conditions", particulars, may=EDIT, name="segment_conditions"),
    route(f"{_SEGMENT}/conditions", change, methods=["POST"], may=EDIT, name="change_segment"),
    route(f"{_SEGMENT}/disposal", remove, methods=["POST"], may=EDIT, name="remove_segment"),
    route(f"{_SEGMENT}/return", bring_back, methods=["POST"], may=EDIT, name="return_segment"),
]
