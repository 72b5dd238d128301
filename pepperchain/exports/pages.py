"""Files that people ask for: what a list offers, one's own files, each one's page while it is made and until it is fetched."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import second_steps
from pepperchain.accounts.approval_queries import waits
from pepperchain.accounts.second_steps import Given
from pepperchain.accounts.session_pages import address_of
from pepperchain.core import clock
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.excel import writing
from pepperchain.exports import files, making, queries
from pepperchain.exports.files import Exportables, exportable_of, exportables_of
from pepperchain.exports.forms import ExportList, NewExport
from pepperchain.exports.queries import ExportRow
from pepperchain.exports.release import RELEASE
from pepperchain.exports.rules import State, bounds
from pepperchain.web import paging
from pepperchain.web.flash import Flash
from pepperchain.web.forms import choices_of, read, read_query, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAY = Capability.ACCOUNT_OWN
NEW = "/exports/new/{kind}"
EXPORT = "/exports/{id:uuid}"
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


async def index(request: Request) -> Response:
    """One's own files, the latest first."""
    actor: Actor = request.state.actor
    after = paging.decode(read(ExportList, request.query_params).cursor, str)
    found = await queries.exports(actor, before=None if after is None else after[0], limit=paging.LIMIT + 1)
    page = paging.cut(found, paging.LIMIT, lambda row: (row.id,))
    context = {
        "exports": page.rows,
        "next": page.next,
        "lists": exportables_of(actor, _known(request)),
        **_shared(request),
    }
    return render(request, "exports/index.html", context, block="results")


async def new(request: Request) -> Response:
    """What will be in the file, in which form, and for what."""
    actor: Actor = request.state.actor
    exportable = exportable_of(actor, _known(request), request.path_params["kind"])
    choices = choices_of(exportable.form, request.url.query)
    read_query(exportable.form, choices)
    context = {
        "exportable": exportable,
        "beside": [each for each in exportables_of(actor, _known(request)) if each.at == exportable.at],
        "choices": choices,
        "headings": [writing.heading(column, reader().language) for column in exportable.columns],
        "is_personal": exportable.is_personal(actor),
        "has_step": await second_steps.is_kept(actor),
        "request_id": new_id(),
        "by_two": bounds().by_two,
        "people_max": bounds().people_max,
        **_shared(request),
    }
    return render(request, "exports/new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    actor: Actor = request.state.actor
    exportable = exportable_of(actor, _known(request), request.path_params["kind"])
    form, now = read(NewExport, await request.form()), clock.now()
    choices = choices_of(exportable.form, request.url.query)
    read_query(exportable.form, choices)
    export = await files.ask(
        actor, exportable, id=form.id, format=form.format, reason=form.reason, choices=choices,
        given=Given(form.code, address_of(request)), language=reader().language, now=now,
    )  # fmt: skip
    begun = "?begin=1" if await making.at_once(exportable, export, now=now) else ""
    return redirect(request, f"/exports/{export.id}{begun}")


async def show(request: Request) -> Response:
    """One file: how far it is, then the way to have it. One that was made at once begins to come by itself."""
    actor: Actor = request.state.actor
    export = await queries.export(actor, request.path_params["id"])
    is_open = files.is_open(actor, _known(request), export, now=clock.now())
    context = {
        "export": export,
        "is_open": is_open,
        "asks_second": export.state is State.HELD and await waits(RELEASE.what, export.id),
        "until": from_ms(export.asked_at) + bounds().kept,
        **_shared(request),
    }
    headers = {"Refresh": f"0; url=/exports/{export.id}/file"} if is_open and _begins(request) else {}
    return render(request, "exports/export.html", context, block="export", headers=headers)


def _begins(request: Request) -> bool:
    return "begin" in request.query_params


async def fetch(request: Request) -> Response:
    """The file itself."""
    fetched = await files.fetch(
        request.state.actor, _known(request), id=request.path_params["id"], now=clock.now()
    )
    if not fetched.path.is_file():
        raise Missing()
    return FileResponse(
        fetched.path,
        media_type=_TYPES[fetched.export.format],
        filename=_name(request, fetched.export),
        headers={"Cache-Control": "private, no-store"},
    )


def _name(request: Request, export: ExportRow) -> str:
    """What a browser calls it: the list and the day."""
    words = _known(request)[export.kind].words.in_language(export.language)
    day = clock.local_day(from_ms(export.made_at or export.asked_at))
    return f"{words} {day.isoformat()}.{export.format}"


@refusals_to(show)
async def drop(request: Request) -> Response:
    await files.drop(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, "/exports", said=Flash(N_("The file was removed.")))


def _known(request: Request) -> Exportables:
    found: Exportables = request.app.state.exportables
    return found


def _shared(request: Request) -> Mapping[str, Any]:
    """What the lists are called, and how long files stay."""
    words = {code: each.words.in_language(reader().language) for code, each in _known(request).items()}
    return {"words": words, "file_days": bounds().file_days}


routes = [
    route("/exports", index, may=MAY, name="exports"),
    route(NEW, new, may=MAY, name="export_new"),
    route(NEW, create, methods=["POST"], may=MAY),
    route(EXPORT, show, may=MAY, name="export"),
    route(f"{EXPORT}/file", fetch, may=MAY, name="export_file"),
    route(f"{EXPORT}/disposal", drop, methods=["POST"], may=MAY),
]
