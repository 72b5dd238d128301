"""Files as people bring them, and the whole way of one from its upload to its end."""

import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from openpyxl import Workbook

from pepperchain.access.actor import Actor
from pepperchain.accounts.queries import actor_of_user
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.excel.judging import Verdict
from pepperchain.imports import batches, queries, turns, working
from pepperchain.imports.queries import BatchRow, PreviewRow

NOW = clock.now()
LATER = timedelta(minutes=5)

HOUSEHOLDS = ["户主", "手机", "身份证号", "镇街", "村", "组", "地块", "面积(亩)", "品种", "备注"]
SLIPS = [
    "单号",
    "站点",
    "日期",
    "时间",
    "户主",
    "电话",
    "品类",
    "等级",
    "毛重(公斤)",
    "皮重",
    "单价(元/公斤)",
]

Cells = Sequence[object]


def workbook(path: Path, headings: Sequence[str], rows: Sequence[Cells], sheet: str = "Sheet1") -> Path:
    """An .xlsx file with one sheet."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(list(headings))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def table(path: Path, headings: Sequence[str], rows: Sequence[Cells]) -> Path:
    """A .csv file: many rows, quickly."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


async def chunks(path: Path) -> AsyncIterator[bytes]:
    """A file as a browser sends it."""
    yield path.read_bytes()


async def of(phone: str) -> Actor:
    """One of the cast, acting."""
    user_id = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone)
    return await actor_of_user(user_id)


async def brought(actor: Actor, kind: str, path: Path, *, id: UUID | None = None, now: datetime = NOW) -> str:
    """The id of the batch that an upload makes."""
    uploaded = await batches.upload(
        actor,
        id=id or new_id(),
        kind=kind,
        file_name=path.name,
        chunks=chunks(path),
        language=actor.language,
        now=now,
    )
    return uploaded.id


async def worked(id: str, *, now: datetime = NOW) -> BatchRow:
    """The batch after a worker had its turn."""
    await working.work(now=now)
    batch = await queries.at_work(id)
    assert batch is not None
    return batch


async def checked(actor: Actor, kind: str, path: Path, *, now: datetime = NOW) -> BatchRow:
    """A batch that was brought and checked."""
    return await worked(await brought(actor, kind, path, now=now), now=now)


async def committed(actor: Actor, kind: str, path: Path, *, now: datetime = NOW) -> BatchRow:
    """A batch that was brought, checked and imported."""
    batch = await checked(actor, kind, path, now=now)
    assert batch.wrong == 0, [
        problem for row in await rows(batch, Verdict.WRONG) for problem in row.problems
    ][:5]
    await batches.approve(actor, id=UUID(batch.id), now=now)
    return await worked(batch.id, now=now)


async def undone(actor: Actor, batch: BatchRow, *, now: datetime = NOW) -> BatchRow:
    """The batch after an attempt to undo it."""
    await batches.take_back(actor, id=UUID(batch.id), now=now)
    return await worked(batch.id, now=now)


async def rows(batch: BatchRow, verdict: Verdict | None = None) -> list[PreviewRow]:
    """The first hundreds of its rows."""
    return await queries.preview(batch.id, verdict=verdict, limit=500)


async def dump(*tables: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of some tables but for what keeps the books on changes: versions and the index's order."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for name in tables:
        columns = await _columns(name)
        kept = ", ".join(column for column in columns if column != "version")
        found[name] = sorted(tuple(map(str, row)) for row in await db.tuples(f"SELECT {kept} FROM {name}"))
    return found


async def _columns(table: str) -> list[str]:
    if db.dialect() == "sqlite":
        return [row[1] for row in await db.tuples(f"PRAGMA table_info({table})")]
    return await db.fetch(
        str,
        "SELECT column_name FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'",
        table=table,
    )


REGISTRY = (
    "directory_household",
    "directory_person",
    "directory_plot",
    "directory_plot_practice",
    "directory_membership",
    "directory_term",
    "directory_organization",
    "directory_organization_term",
    "directory_site",
    "storage_room",
)


def another_worker(turn: turns.Turn) -> turns.Turn:
    """The same turn, as another process has it."""
    return replace(turn, worker=str(new_id()))
