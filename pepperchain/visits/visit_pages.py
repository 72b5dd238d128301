"""Noting and planning visits, each visit's own page, and its photos."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import people_of
from pepperchain.documents import photos
from pepperchain.documents.photos import FIELD, PHOTO_BYTES_MAX, Kept
from pepperchain.visits import follow_ups, queries, visits
from pepperchain.visits.colleague_queries import colleagues
from pepperchain.visits.forms import CallingOff, Correction, NewFollowUp, NewVisit, Plan, Report
from pepperchain.visits.queries import VisitRow, Whom
from pepperchain.visits.rules import PHOTOS_MAX, PURPOSES, VisitKind
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, RECORD = Capability.VISIT_READ, Capability.VISIT_RECORD
UPLOAD_BYTES_MAX = PHOTOS_MAX * PHOTO_BYTES_MAX + 100_000
_FILES_MAX = 20


def _about(request: Request) -> dict[str, Any]:
    """The household or the organization that the address names."""
    names = ("household_id", "organization_id")
    return {name: request.path_params[name] for name in names if name in request.path_params}


async def new(request: Request) -> Response:
    about = await queries.whom(request.state.actor, **_about(request))
    return render(request, "visits/visit_new.html", await _choices(request, about))


async def new_plan(request: Request) -> Response:
    about = await queries.whom(request.state.actor, **_about(request))
    return render(request, "visits/plan_new.html", await _choices(request, about))


async def _choices(request: Request, about: Whom) -> dict[str, Any]:
    actor: Actor = request.state.actor
    return {
        "about": about,
        "people": await _people(actor, about),
        "colleagues": await _colleagues(actor, about.township_id, about.cooperative_id),
        **_words(),
    }


async def _people(actor: Actor, about: Whom) -> list[tuple[int, str]]:
    """Whom of a household one can have met; of one person there is no choice."""
    if about.household_id is None:
        return []
    people = await people_of(actor, about.household_id)
    return [(person.id, person.name) for person in people] if len(people) > 1 else []


async def _colleagues(
    actor: Actor, township_id: int | None, cooperative_id: int | None
) -> list[tuple[int, str]]:
    found = await colleagues(actor, township_id=township_id, cooperative_id=cooperative_id)
    return [(each.id, each.name) for each in found]


def _words() -> dict[str, Any]:
    """What every form of this room needs."""
    return {
        "kinds": [(kind.value, gettext(kind.words)) for kind in VisitKind],
        "purposes": [(code, gettext(words)) for code, words in PURPOSES.items()],
        "request_id": new_id(),
        "photos_max": PHOTOS_MAX,
        "moment": clock.now(),
        "today": clock.local_day(clock.now()),
    }


@refusals_to(new)
async def create(request: Request) -> Response:
    sent = await request.form(max_files=_FILES_MAX, max_fields=30)
    form = read(NewVisit, sent)
    async with brought(sent) as kept:
        done = await visits.record(
            request.state.actor,
            id=form.request_id,
            **form.facts(),
            **_about(request),
            photos=kept,
            next_step=form.next_step(),
            now=clock.now(),
        )
        if done.repeated:
            await photos.discard(photo.token for photo in kept)
    return redirect(request, f"/visits/{done.id}", said=Flash(N_("Noted.")))


@refusals_to(new_plan)
async def create_plan(request: Request) -> Response:
    form = read(Plan, await request.form())
    done = await visits.plan(
        request.state.actor, id=form.request_id, **form.facts(), **_about(request), now=clock.now()
    )
    return redirect(request, f"/visits/{done.id}", said=Flash(N_("Planned.")))


@asynccontextmanager
async def brought(sent: FormData) -> AsyncIterator[list[Kept]]:
    """The photos of a form, kept; when what they were for fails, so that they belong to nothing, they go again."""
    files = [file for file in sent.getlist(FIELD) if isinstance(file, UploadFile) and file.filename]
    if len(files) > PHOTOS_MAX:
        raise Refused(N_("A visit has at most %(most)s photos."), FIELD, most=PHOTOS_MAX)
    kept: list[Kept] = []
    try:
        for file in files:
            # One by one, so that those before a bad one are known and go with it.
            kept.append(await photos.keep(await file.read(PHOTO_BYTES_MAX + 1)))  # noqa: PERF401
        yield kept
    except BaseException:
        await photos.discard(photo.token for photo in kept)
        raise
    finally:
        for file in files:
            await file.close()


async def show(request: Request) -> Response:
    """One visit: what came of it, its photos, what follows; of a plan, the form to say what came of it."""
    actor: Actor = request.state.actor
    visit = await queries.get_visit(actor, request.path_params["visit_id"])
    context = {
        "visit": visit,
        "photos": await queries.photos_of(actor, visit.id),
        "follow_ups": await queries.follow_ups_of(actor, [visit.id]),
        "colleagues": await _colleagues(actor, visit.township_id, visit.cooperative_id),
        **_words(),
        **_named(visit),
    }
    return render(request, "visits/visit.html", context)


def _named(visit: VisitRow) -> dict[str, str]:
    return {
        "kind": gettext(VisitKind(visit.kind).words),
        "purpose": gettext(PURPOSES.get(visit.purpose, visit.purpose)),
    }


@refusals_to(show)
async def report(request: Request) -> Response:
    id = request.path_params["visit_id"]
    sent = await request.form(max_files=_FILES_MAX, max_fields=30)
    form = read(Report, sent)
    async with brought(sent) as kept:
        is_new = await visits.report(
            request.state.actor,
            id=id,
            version=form.version,
            outcome=form.outcome,
            happened_at=form.happened_at,
            photos=kept,
            next_step=form.next_step(),
            now=clock.now(),
        )
        if not is_new:
            await photos.discard(photo.token for photo in kept)
    return redirect(request, f"/visits/{id}", said=Flash(N_("Noted.")))


async def particulars(request: Request) -> Response:
    actor: Actor = request.state.actor
    visit = await queries.get_visit(actor, request.path_params["visit_id"])
    context = {
        "visit": visit,
        "photos": await queries.photos_of(actor, visit.id),
        **_words(),
        **_named(visit),
    }
    return render(request, "visits/visit_particulars.html", context)


@refusals_to(particulars)
async def correct(request: Request) -> Response:
    id = request.path_params["visit_id"]
    sent = await request.form(max_files=_FILES_MAX, max_fields=30)
    form = read(Correction, sent)
    async with brought(sent) as kept:
        gone = await visits.correct(request.state.actor, id=id, **form.values(), photos=kept, now=clock.now())
    await photos.discard(gone)
    return redirect(request, f"/visits/{id}", said=Flash(N_("Saved.")))


@refusals_to(show)
async def cancel(request: Request) -> Response:
    form, id = read(CallingOff, await request.form()), request.path_params["visit_id"]
    await visits.cancel(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(request, f"/visits/{id}", said=Flash(N_("Called off.")))


@refusals_to(show)
async def follow_up(request: Request) -> Response:
    form, id = read(NewFollowUp, await request.form()), request.path_params["visit_id"]
    await follow_ups.set_one(
        request.state.actor,
        id=form.request_id,
        visit_id=id,
        what=form.what,
        due_on=form.due_on,
        owner_id=form.owner_id,
        now=clock.now(),
    )
    return redirect(request, f"/visits/{id}", said=Flash(N_("Noted.")))


async def photo(request: Request) -> Response:
    """The picture."""
    found = await queries.get_photo(
        request.state.actor, request.path_params["visit_id"], request.path_params["photo_id"]
    )
    return photos.answer(found.token, named=f"visit-{found.visit_id}-{found.id}.jpg")


_VISIT = "/visits/{visit_id:int}"
routes = [
    each
    for base in ("/growers/{household_id:int}", "/organizations/{organization_id:int}")
    for each in (
        route(f"{base}/visits/new", new, may=RECORD),
        route(f"{base}/visits", create, methods=["POST"], may=RECORD, body_bytes_max=UPLOAD_BYTES_MAX),
        route(f"{base}/plans/new", new_plan, may=RECORD),
        route(f"{base}/plans", create_plan, methods=["POST"], may=RECORD),
    )
] + [
    route(_VISIT, show, may=READ, name="visit"),
    route(f"{_VISIT}/report", report, methods=["POST"], may=RECORD, body_bytes_max=UPLOAD_BYTES_MAX),
    route(f"{_VISIT}/particulars", particulars, may=RECORD, name="visit_particulars"),
    route(f"{_VISIT}/particulars", correct, methods=["POST"], may=RECORD, body_bytes_max=UPLOAD_BYTES_MAX),
    route(f"{_VISIT}/cancellation", cancel, methods=["POST"], may=RECORD),
    route(f"{_VISIT}/follow-ups", follow_up, methods=["POST"], may=RECORD),
    route(f"{_VISIT}/photos/{{photo_id:int}}", photo, may=READ, name="visit_photo"),
]
