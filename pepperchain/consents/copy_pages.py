"""Copies of somebody's own data: asked for by themselves or for them, read on a page or taken as a workbook."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts.second_steps import Given
from pepperchain.accounts.session_pages import address_of
from pepperchain.consents import consents, copies
from pepperchain.consents.forms import Copying, OwnCopying
from pepperchain.consents.own_pages import HOME
from pepperchain.consents.own_pages import show as show_own
from pepperchain.consents.own_telling import sheets_of
from pepperchain.consents.person_pages import person_of
from pepperchain.consents.person_pages import show as show_person
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.directory.household_queries import PersonRow, get_person
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

OWN, RECORD = Capability.CONSENT_OWN, Capability.CONSENT_RECORD
ROWS_SHOWN = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _make(request: Request, person_id: int, form: Any) -> Any:
    return await copies.make(
        request.state.actor,
        id=form.request_id,
        person_id=person_id,
        reason=form.reason,
        given=Given(form.code, address_of(request)),
        own_data=request.app.state.own_data,
        language=reader().language,
        now=clock.now(),
    )


@refusals_to(show_person)
async def make(request: Request) -> Response:
    person = await person_of(request)
    made = await _make(request, person.id, read(Copying, await request.form()))
    return redirect(request, f"/growers/{person.household_id}/people/{person.id}/copies/{made.id}")


@refusals_to(show_own)
async def make_own(request: Request) -> Response:
    own = await _own_person(request.state.actor)
    made = await _make(request, own.id, read(OwnCopying, await request.form()))
    return redirect(request, f"{HOME}/copies/{made.id}")


async def _own_person(actor: Actor) -> PersonRow:
    own = await consents.own_person_id(actor)
    if own is None:
        raise Missing()
    return await get_person(actor, own)


async def show(request: Request) -> Response:
    person = await person_of(request)
    home = f"/growers/{person.household_id}/people/{person.id}"
    return await _shown(request, person, f"{home}/copies", f"{home}/rights")


async def show_mine(request: Request) -> Response:
    return await _shown(request, await _own_person(request.state.actor), f"{HOME}/copies", HOME)


async def _shown(request: Request, person: PersonRow, base: str, back: str) -> Response:
    """The same on a page, as it stands now, for as long as the file is there."""
    copy = await copies.get_copy(request.state.actor, _asked(request), person.id)
    if copy.swept_at is not None:
        raise Missing()
    sheets = await sheets_of(request.state.actor, request.app.state.own_data, person.id, person.household_id)
    context = {
        "person": person,
        "copy": copy,
        "sheets": sheets,
        "most": ROWS_SHOWN,
        "base": base,
        "back": back,
    }
    return render(request, "consents/copy.html", context)


def _asked(request: Request) -> UUID:
    try:
        return UUID(request.path_params["copy_id"])
    except ValueError:
        raise Missing() from None


async def file(request: Request) -> Response:
    return await _taken(request, await person_of(request))


async def file_of_mine(request: Request) -> Response:
    return await _taken(request, await _own_person(request.state.actor))


async def _taken(request: Request, person: PersonRow) -> Response:
    copy = await copies.get_copy(request.state.actor, _asked(request), person.id)
    path = copies.path_of(copy.token)
    if copy.swept_at is not None or not path.is_file():
        raise Missing()
    day = clock.local_day(clock.from_ms(copy.made_at))
    return FileResponse(path, media_type=_XLSX, filename=f"pepperchain-{person.id}-{day:%Y%m%d}.xlsx")


_PERSON = "/growers/{household_id:int}/people/{person_id:int}"
routes = [
    route(f"{HOME}/copies", make_own, methods=["POST"], may=OWN),
    route(f"{HOME}/copies/{{copy_id}}", show_mine, may=OWN, name="my_copy"),
    route(f"{HOME}/copies/{{copy_id}}/file", file_of_mine, may=OWN, name="my_copy_file"),
    route(f"{_PERSON}/copies", make, methods=["POST"], may=RECORD),
    route(f"{_PERSON}/copies/{{copy_id}}", show, may=RECORD, name="copy"),
    route(f"{_PERSON}/copies/{{copy_id}}/file", file, may=RECORD, name="copy_file"),
]
