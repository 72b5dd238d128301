"""Files people bring: the list of them, the way to a new one, and each one's page from its upload to its undo."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.excel.judging import Importable, Verdict
from pepperchain.imports import batches, kinds, queries, uploads
from pepperchain.imports.forms import BatchFilter, Preview, Upload
from pepperchain.imports.mistakes import workbook_of
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import State, bounds
from pepperchain.imports.showing import Shown, shown_rows, template_of
from pepperchain.settings import section
from pepperchain.web import paging
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAY = Capability.IMPORT_RUN
NEW = "/imports/new/{kind}"
BATCH = "/imports/{id:uuid}"
_CHUNK_BYTES = 1 << 18
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_BYTES_MAX = section("server")["upload_bytes_max"]


async def index(request: Request) -> Response:
    """Every file that was brought, the latest first."""
    actor: Actor = request.state.actor
    chosen = read(BatchFilter, request.query_params)
    after = paging.decode(chosen.cursor, str)
    found = await queries.batches(
        actor,
        kinds=kinds.codes_of(actor),
        kind=chosen.kind if chosen.kind in kinds.codes_of(actor) else None,
        before=None if after is None else after[0],
        limit=paging.LIMIT + 1,
    )
    page = paging.cut(found, paging.LIMIT, lambda row: (row.id,))
    context = {
        "batches": page.rows,
        "next": page.next,
        "kinds": kinds.of(actor),
        "kind": chosen.kind,
        "words": _words(),
    }
    return render(request, "imports/index.html", context, block="results")


async def new(request: Request) -> Response:
    """Three steps: the template, filling it in, bringing it."""
    kind = kinds.kind_of(request.state.actor, request.path_params["kind"])
    context = {
        "kind": kind,
        "kinds": kinds.of(request.state.actor),
        "words": _words(),
        "spec": kind.specs[0],
        "request_id": new_id(),
        "megabytes": FILE_BYTES_MAX // 1_000_000,
    }
    return render(request, "imports/new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    sent = await request.form(max_files=1, max_fields=10)
    form, file = read(Upload, sent), sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(N_("Choose a file first."), "file")
    async with closing(file):
        uploaded = await batches.upload(
            request.state.actor,
            id=form.id,
            kind=request.path_params["kind"],
            file_name=file.filename,
            chunks=_chunks(file),
            language=reader().language,
            now=clock.now(),
        )
    return redirect(request, f"/imports/{uploaded.id}")


async def template(request: Request) -> Response:
    """The workbook to fill in, in the reader's language."""
    kind = kinds.kind_of(request.state.actor, request.path_params["kind"])
    body = await template_of(kind, reader().language)
    return _download(body, f"{kind.words.in_language(reader().language)}.xlsx")


async def show(request: Request) -> Response:
    """One file: how far its work has come, then what each row would do or did."""
    actor: Actor = request.state.actor
    batch = await batches.find(actor, request.path_params["id"])
    chosen = read(Preview, request.query_params)
    context = (
        await _preview(batch, chosen) if not batch.state.works else {"rows": (), "next": None, "show": None}
    )
    context |= {
        "batch": batch,
        "done": max(batch.done_rows, uploads.progress_told(batch.id)),
        "kind": _kind(batch),
        "verdicts": tuple(Verdict),
        "said": None if batch.message is None else Refused(batch.message, **batch.facts),
        "undoable": batches.can_be_undone(batch, now=clock.now()),
        "undo_days": bounds().undo_days,
        "words": _words(),
    }
    return render(request, "imports/batch.html", context, block="batch")


async def _preview(batch: BatchRow, chosen: Preview) -> dict[str, Any]:
    """The rows of the tab that was chosen, or of the first that needs a look."""
    show = chosen.show or _first_tab(batch)
    after = paging.decode(chosen.cursor, int)
    verdict = None if show in (None, "conflicts") else Verdict(show)
    rows = await queries.preview(
        batch.id,
        verdict=verdict,
        conflicts=show == "conflicts",
        after=0 if after is None else after[0],
        limit=paging.LIMIT + 1,
    )
    page = paging.cut(rows, paging.LIMIT, lambda row: (row.position,))
    shown: list[Shown] = shown_rows(_kind(batch), page.rows, reader().language)
    return {"rows": shown, "next": page.next, "show": show}


def _first_tab(batch: BatchRow) -> str | None:
    if batch.conflicts:
        return "conflicts"
    order = (Verdict.WRONG, Verdict.UPDATE, Verdict.CREATE, Verdict.UNCHANGED)
    return next((verdict.value for verdict in order if batch.count(verdict)), None)


async def mistakes(request: Request) -> Response:
    """Their own file with the wrong cells in red and the reasons beside them."""
    batch = await batches.find(request.state.actor, request.path_params["id"])
    if not batch.wrong or batch.file_token is None or batch.state is not State.CHECKED:
        raise Missing()
    body = await workbook_of(batch, _kind(batch), reader().language)
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    suffix = gettext("what is wrong")
    return _download(body, f"{stem} - {suffix}.xlsx")


@refusals_to(show)
async def commit(request: Request) -> Response:
    await batches.approve(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, _page(request))


@refusals_to(show)
async def undo(request: Request) -> Response:
    await batches.take_back(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, _page(request))


@refusals_to(show)
async def discard(request: Request) -> Response:
    await batches.discard(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(
        request, "/imports", said=Flash(N_("The file was discarded. Nothing of it was imported."))
    )


def _kind(batch: BatchRow) -> Importable:
    return kinds.KINDS[batch.kind]


def _words() -> Mapping[str, str]:
    """What the kinds are called."""
    return {code: kind.words.in_language(reader().language) for code, kind in kinds.KINDS.items()}


def _page(request: Request) -> str:
    return f"/imports/{request.path_params['id']}"


def _download(body: bytes, name: str) -> Response:
    disposition = f"attachment; filename=\"file.xlsx\"; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type=_XLSX, headers={"Content-Disposition": disposition})


@asynccontextmanager
async def closing(file: UploadFile) -> AsyncIterator[None]:
    """What came is kept elsewhere or not at all: the temporary file goes with the request."""
    try:
        yield
    finally:
        await file.close()


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk


routes = [
    route("/imports", index, may=MAY, name="imports"),
    route(NEW, new, may=MAY, name="import_new"),
    route(NEW, create, methods=["POST"], may=MAY, body_bytes_max=FILE_BYTES_MAX + 10_000),
    route("/imports/templates/{kind}", template, may=MAY, name="import_template"),
    route(BATCH, show, may=MAY, name="import_batch"),
    route(f"{BATCH}/mistakes", mistakes, may=MAY, name="import_mistakes"),
    route(f"{BATCH}/approval", commit, methods=["POST"], may=MAY),
    route(f"{BATCH}/reversal", undo, methods=["POST"], may=MAY),
    route(f"{BATCH}/disposal", discard, methods=["POST"], may=MAY),
]
