"""Histories: the latest entries on a record's own page, all of them on one of their own."""

from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.directory import timeline_queries
from pepperchain.directory.forms import TimelineChoices
from pepperchain.directory.household_queries import get_household, get_person, people_of
from pepperchain.directory.merge_queries import person_survivor_of, survivor_of
from pepperchain.directory.organization_queries import get_organization
from pepperchain.directory.timeline_queries import Entry, EntryKind, Subject, Telling
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ = Capability.HISTORY_READ
LATEST = 8
ICONS = {
    EntryKind.IMPORT: "upload", EntryKind.CHANGE: "edit", EntryKind.MEMBERSHIP: "people", EntryKind.FAMILY: "home",
    EntryKind.NOTE: "book", EntryKind.MERGE: "people",
    EntryKind.CALL: "phone", EntryKind.VISIT: "person", EntryKind.SLIP: "scale", EntryKind.VOID: "undo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest entries of a history, in words, and whether there are more; `base` is the record's own address."""

    base: str
    entries: list[tuple[Entry, Telling]]
    more: bool
    icons: dict[EntryKind, str]
    request_id: str


async def latest(
    request: Request, kind: Literal["household", "organization"], id: int, base: str
) -> Latest | None:
    """For the record's own page; None for those whom its history is none of their business."""
    actor: Actor = request.state.actor
    if not actor.may(READ):
        return None
    try:
        subject = await timeline_queries.subject_of(actor, kind, id)
    except Missing:
        return None
    sources = request.app.state.sources
    found = await timeline_queries.entries(actor, sources, subject, limit=LATEST + 1)
    told = await timeline_queries.told(actor, sources, subject, found[:LATEST])
    return Latest(base, told, len(found) > LATEST, ICONS, str(new_id()))


async def household(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    try:
        found = await get_household(actor, id)
    except Missing:
        return redirect(request, f"/growers/{await survivor_of(actor, id)}/timeline")
    heads = await people_of(actor, id)
    name = heads[0].name if heads else found.card_number
    edits = actor.may(Capability.DIRECTORY_EDIT) and not found.ended_on
    return await _page(request, "household", id, name, f"/growers/{id}", edits=edits)


async def person(request: Request) -> Response:
    actor, home = request.state.actor, request.path_params["household_id"]
    try:
        found = await get_person(actor, request.path_params["person_id"])
    except Missing:
        found = await person_survivor_of(actor, request.path_params["person_id"])
        return redirect(request, f"/growers/{found.household_id}/people/{found.id}/timeline")
    if found.household_id != home:
        raise Missing()
    base = f"/growers/{home}/people/{found.id}"
    return await _page(
        request, "person", found.id, found.name, base, edits=actor.may(Capability.DIRECTORY_EDIT)
    )


async def organization(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["organization_id"]
    found = await get_organization(actor, id)
    edits = actor.may(Capability.ORGANIZATION_EDIT) and not found.ended_on
    return await _page(request, "organization", id, found.short_name, f"/organizations/{id}", edits=edits)


async def _page(
    request: Request,
    kind: Literal["household", "person", "organization"],
    id: int,
    name: str,
    base: str,
    *,
    edits: bool,
) -> Response:
    actor, form = request.state.actor, read(TimelineChoices, request.query_params)
    subject: Subject = await timeline_queries.subject_of(actor, kind, id)
    sources = request.app.state.sources
    found = await timeline_queries.entries(
        actor,
        sources,
        subject,
        kind=form.kind,
        first_day=form.first_day,
        last_day=form.last_day,
        before=decode(form.cursor, int, str, str),
        limit=LIMIT + 1,
    )
    page = cut(found, LIMIT, lambda entry: entry.key)
    kinds = {arm.kind for source in sources for arm in source.arms(actor, subject)}
    context: dict[str, Any] = {
        "name": name,
        "base": base,
        "form": form,
        "entries": await timeline_queries.told(actor, sources, subject, page.rows),
        "next": page.next,
        "icons": ICONS,
        "kinds": [(each.value, gettext(each.words)) for each in reversed(EntryKind) if each in kinds],
        "edits": edits,
        "visitable": kind != "person",
        "request_id": new_id(),
    }
    return render(request, "directory/timeline.html", context, block="results")


routes = [
    route("/growers/{household_id:int}/timeline", household, may=READ, name="household_timeline"),
    route(
        "/growers/{household_id:int}/people/{person_id:int}/timeline",
        person,
        may=READ,
        name="person_timeline",
    ),
    route(
        "/organizations/{organization_id:int}/timeline", organization, may=READ, name="organization_timeline"
    ),
]
