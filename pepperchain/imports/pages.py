"""Bringing sheets in by hand: choose a kind, upload, watch it being checked, look at what it would do, decide, take back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.excel import mistakes, templates
from pepperchain.excel.judging import Verdict
from pepperchain.imports import batches, kinds, queries, uploads
from pepperchain.imports.forms import Preview, Upload
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import DISCARDABLE, State
from pepperchain.settings import section
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAY = Capability.IMPORT_RUN
BATCH = "/imports/{id:uuid}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MISTAKES_MAX = 100_000
CHUNK_BYTES = 1 << 18


async def list_batches(request: Request) -> Response:
    """What can be brought, and what was."""
    actor: Actor = request.state.actor
    before = (decode(request.query_params.get("cursor"), str) or (None,))[0]
    found = await queries.batches(actor, kinds=kinds.codes_of(actor), before=before, limit=LIMIT + 1)
    page = cut(found, LIMIT, lambda row: (row.id,))
    context = {"kinds": kinds.of(actor), "words": _words(), "batches": page.rows, "next": page.next}
    return render(request, "imports/list.html", context)


async def new(request: Request) -> Response:
    """The form that brings one kind of sheet."""
    kind = kinds.kind_of(request.state.actor, request.path_params["kind"])
    return render(request, "imports/new.html", {"kind": kind, "words": _words()[kind.code], "id": new_id()})


@refusals_to(new)
async def create(request: Request) -> Response:
    """Keeps the file and sends to its page; the checking goes on without anybody waiting."""
    sent = await request.form()
    form, file = read(Upload, sent), sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(N_("Choose a file first."), "file")
    uploaded = await batches.upload(
        request.state.actor, id=form.id, kind=request.path_params["kind"], file_name=file.filename, chunks=pieces(file),
        language=reader().language, now=clock.now(),
    )  # fmt: skip
    return redirect(request, f"/imports/{uploaded.id}")


async def show_template(request: Request) -> Response:
    """An empty sheet of a kind, with its lists and notes."""
    kind = kinds.kind_of(request.state.actor, request.path_params["kind"])
    made = await asyncio.to_thread(templates.template, kind.specs, reader().language)
    return _download(made, f"pepperchain-{kind.code}.xlsx")


async def show(request: Request) -> Response:
    """A batch: how far it is, what it would do or did, what is wrong with it."""
    actor: Actor = request.state.actor
    batch = await batches.find(actor, request.path_params["id"])
    asked = read(Preview, request.query_params)
    after = (decode(asked.cursor, int) or (0,))[0]
    rows = await queries.preview(
        batch.id, verdict=_shown(asked, batch), conflicts=asked.conflicts, after=after, limit=LIMIT + 1
    )
    page = cut(rows, LIMIT, lambda row: (row.position,))
    context = {
        "batch": batch, "words": _words()[batch.kind], "asked": asked, "shown": _shown(asked, batch),
        "verdicts": list(Verdict), "rows": page.rows, "next": page.next, "titles": _titles(batch.kind),
        "may_undo": batches.can_be_undone(batch, now=clock.now()), "may_discard": batch.state in DISCARDABLE,
        "may_import": batch.state is State.CHECKED and not batch.wrong and batch.writes > 0,
    }  # fmt: skip
    return render(request, "imports/batch.html", context, block="batch")


def _shown(asked: Preview, batch: BatchRow) -> Verdict | None:
    """Whoever has wrong rows wants to see those first."""
    if asked.verdict is None and batch.wrong and not asked.conflicts:
        return Verdict.WRONG
    return asked.verdict


@refusals_to(show)
async def approve(request: Request) -> Response:
    """Has the batch imported."""
    batch = await batches.approve(request.state.actor, id=_id(request), now=clock.now())
    return redirect(request, f"/imports/{batch.id}")


@refusals_to(show)
async def take_back(request: Request) -> Response:
    """Has the batch undone."""
    batch = await batches.take_back(request.state.actor, id=_id(request), now=clock.now())
    return redirect(request, f"/imports/{batch.id}")


@refusals_to(show)
async def discard(request: Request) -> Response:
    """Throws the batch away."""
    await batches.discard(request.state.actor, id=_id(request), now=clock.now())
    return redirect(request, "/imports", said=Flash(N_("Discarded. Nothing of it was imported.")))


async def show_mistakes(request: Request) -> Response:
    """The uploaded sheet with what is wrong marked in it, to be corrected and brought again."""
    batch = await batches.find(request.state.actor, request.path_params["id"])
    if batch.file_token is None or not batch.wrong:
        raise Missing()
    made = await mistakes.error_workbook(
        uploads.path_of(batch.file_token), list(kinds.KINDS[batch.kind].specs),
        await queries.mistakes(batch.id, limit=MISTAKES_MAX), language=reader().language, translate=gettext,
    )  # fmt: skip
    return _download(made, f"pepperchain-{batch.kind}-mistakes.xlsx")


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    """An uploaded file, piece by piece."""
    while piece := await file.read(CHUNK_BYTES):
        yield piece


def _id(request: Request) -> UUID:
    id: UUID = request.path_params["id"]
    return id


def _words() -> dict[str, str]:
    """What each kind is called in the reader's language."""
    return {code: kind.words.in_language(reader().language) for code, kind in kinds.KINDS.items()}


def _titles(code: str) -> dict[str, Any]:
    """The headings of a kind's columns, by key."""
    language = reader().language
    return {
        column.key: column.title.in_language(language)
        for spec in kinds.KINDS[code].specs
        for column in spec.columns
    }


def _download(content: bytes, name: str) -> Response:
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


routes = [
    route("/imports", list_batches, may=MAY, name="imports"),
    route("/imports/new/{kind}", new, may=MAY, name="import_form"),
    route(
        "/imports/new/{kind}", create, methods=["POST"], may=MAY, name="import_upload",
        body_bytes_max=section("server")["upload_bytes_max"],
    ),
    route("/imports/templates/{kind}", show_template, may=MAY),
    route(BATCH, show, may=MAY, name="import_batch"),
    route(f"{BATCH}/approval", approve, methods=["POST"], may=MAY),
    route(f"{BATCH}/reversal", take_back, methods=["POST"], may=MAY, name="import_undo"),
    route(f"{BATCH}/disposal", discard, methods=["POST"], may=MAY, name="import_discard"),
    route(f"{BATCH}/mistakes", show_mistakes, may=MAY),
]  # fmt: skip
