"""Taking lists out, as the tests do it, and reading what came out."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import httpx2
from openpyxl import load_workbook

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.excel import writing
from pepperchain.excel.exporting import Row
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import making
from pepperchain.web.forms import read_query
from pepperchain.web.i18n import Reader, reading_as

NOW = clock.now()


async def take(actor: Actor, kind: str, path: Path, *, choices: str = "", now: datetime = NOW) -> int:
    """A list as a file, the way the command line makes it."""
    return await making.to_path(actor, EXPORTABLES[kind], path, choices=choices, now=now)


async def quickly(actor: Actor, kind: str, path: Path, *, choices: str = "") -> int:
    """The same as text in this process, without telling the trail."""
    exportable = EXPORTABLES[kind]
    rows: list[Row] = []
    with reading_as(Reader(actor.language)):
        async for chunk in exportable.chunks(actor, read_query(exportable.form, choices), NOW):
            rows += chunk
    return await writing.export_csv(path, exportable.columns, rows, language=actor.language)


async def ask(
    person: httpx2.AsyncClient,
    kind: str,
    *,
    query: str = "",
    id: str | None = None,
    format: str = "csv",  # noqa: A002  (what the form calls it)
    reason: str | None = "年底对账",
) -> httpx2.Response:
    """The form that asks for a file."""
    data = {"id": id or str(new_id()), "format": format, **({"reason": reason} if reason else {})}
    return await person.post(f"/exports/new/{kind}{query}", data=data)


def page_of(answer: httpx2.Response) -> str:
    """The page that an asked form leads to."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def rows_of(person: httpx2.AsyncClient, page: str) -> list[dict[str, str]]:
    """What a finished .csv file holds."""
    got = await person.get(f"{page}/file")
    assert got.status_code == 200
    return read_csv(got.content)


def read_csv(content: bytes) -> list[dict[str, str]]:
    """Rows by their headings."""
    assert content.startswith(b"\xef\xbb\xbf"), "Excel in China opens text without the mark as something else"
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[list[tuple[Any, ...]]]:
    """The rows of every sheet, headings and all."""
    book = load_workbook(BytesIO(content), read_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
