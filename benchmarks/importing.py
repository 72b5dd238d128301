"""A hundred thousand slips brought as a workbook through the running product, against reading it and a bare bulk insert."""

import asyncio
import csv
import io
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, Timing
from benchmarks.servers import HOST, Server, Usage, served
from pepperchain.access.actor import SYSTEM
from pepperchain.access.policy import Role
from pepperchain.accounts import users
from pepperchain.accounts.passwords import Secret
from pepperchain.accounts.rules import Belonging
from pepperchain.core import clock, db, sqlite_engine
from pepperchain.core.ids import new_id
from pepperchain.imports import queries

SLIPS = 100_000
GOAL = 5.0
STALL_MS_MAX = 50.0
CHILD_MB_MAX = 400.0
SECONDS_MAX = 900
PHONE = "19900000901"
HEADINGS = (
    "单号", "站点", "日期", "时间", "户主", "电话", "品类", "等级", "品种", "毛重(公斤)", "皮重", "袋数", "单价(元/公斤)"
)  # fmt: skip
_WRITTEN = ("ledger_transaction", "harvest_weighin", "ledger_transfer")
_GENERATED = {"ledger_transaction": ("seq",), "ledger_transfer": ("id",)}
_DONE = ("checked", "committed", "failed")


@dataclass(frozen=True, slots=True)
class Ran:
    """What the server spent on checking and committing."""

    spent: Timing
    checked: Timing
    stall_ms: float
    child_mb: float


async def measure(bench: Bench, url: str) -> list[Figure | Limit]:
    """Processor time on SQLite, where all of the work is this machine's own; wall time on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="pepperchain-bench-") as folder:
        sheet = Path(folder) / "slips.xlsx"
        async with bench.copy(url, "import") as ours:
            async with opened(ours):
                await _write_sheet(sheet, await _leader())
                first = await _marks()
            ran = await _bring(ours, sheet)
            async with opened(ours):
                written = {table: await _written(table, first[table]) for table in _WRITTEN}
        assert len(written["harvest_weighin"][1]) == SLIPS, "the import did not write what the sheet holds"
        read = await asyncio.to_thread(_read, sheet)
        async with bench.copy(url, "peer") as peer:
            slips = await _insert(bench, peer, {"harvest_weighin": written["harvest_weighin"]})
        async with bench.copy(url, "peer") as peer:
            all_rows = await _insert(bench, peer, written)
    return _figures(bench, ran, read, slips, all_rows)


def _figures(bench: Bench, ran: Ran, read: Timing, slips: Timing, all_rows: Timing) -> list[Figure | Limit]:
    by_cpu = bench.dialect == "sqlite"

    def of(timing: Timing) -> float:
        return timing.cpu if by_cpu else timing.wall

    told = (
        f"{ran.spent.cpu:.1f} s CPU, {ran.spent.wall:.1f} wall, of these checking {ran.checked.cpu:.1f} and"
        f" {ran.checked.wall:.1f}; reading {read.cpu:.1f} s, slips {slips.cpu:.1f} CPU and {slips.wall:.1f} wall,"
        f" with the ledger's rows {all_rows.cpu:.1f} and {all_rows.wall:.1f}"
    )
    work = f"import of {SLIPS:,} slips, checked and committed ({'CPU' if by_cpu else 'wall'})"
    return [
        Figure(
            work,
            "calamine and a bare bulk insert of slips and their ledger rows",
            of(ran.spent) / (read.cpu + of(all_rows)),
            GOAL,
            False,
            told,
        ),
        Figure(
            work,
            "calamine and a bare bulk insert of the slips alone",
            of(ran.spent) / (read.cpu + of(slips)),
            GOAL,
            False,
            "the product also stages each row, so that it can be looked at and undone, and posts it in the ledger",
        ),
        Limit("longest stall of the web process meanwhile", "50 ms", ran.stall_ms, STALL_MS_MAX, "ms", ""),
        Limit("memory of the reading process", "400 MB", ran.child_mb, CHILD_MB_MAX, "MB", ""),
    ]


async def _leader() -> tuple[int, str]:
    """Somebody who may bring the slips of a cooperative with many members: its id, and a site of its."""
    cooperative, site = (
        await db.tuples(
            "SELECT s.operator_id, s.name FROM directory_site s WHERE s.kind = 'collecting_point' AND s.closed_on IS NULL"
            " ORDER BY (SELECT COUNT(*) FROM directory_household h WHERE h.cooperative_id = s.operator_id) DESC, s.id LIMIT 1"
        )
    )[0]
    await users.create(
        SYSTEM,
        request_id=new_id(),
        phone=PHONE,
        name="benchmark",
        role=Role.COOP_LEADER,
        belonging=Belonging(organization_id=cooperative),
        secret=Secret("unusable", one_time=False),
        now=clock.now(),
    )
    return cooperative, site


async def _write_sheet(path: Path, leader: tuple[int, str]) -> None:
    """Slips as a cooperative keeps them: names and phones of its members, days of the last weeks."""
    cooperative, site = leader
    members = await db.tuples(
        "SELECT p.name, p.phone FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " WHERE h.cooperative_id = :cooperative AND p.phone IS NOT NULL ORDER BY h.id",
        cooperative=cooperative,
    )
    await asyncio.to_thread(_fill, path, site, members, clock.today())


def _fill(path: Path, site: str, members: Sequence[tuple[str, str]], today: date) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    page = book.add_worksheet("过磅")
    page.write_row(0, 0, HEADINGS)
    for number in range(SLIPS):
        name, phone = members[number % len(members)]
        day = today - timedelta(days=1 + number % 50)
        minute = number // 50 % 720
        page.write_row(
            number + 1, 0,
            (
                f"B{number:06}", site, day.isoformat(), f"{8 + minute // 60:02}:{minute % 60:02}", name, phone, "鲜", "一级", "九叶青",
                30 + number % 4_000 / 100, 1.2, 2, 8.4,
            ),
        )  # fmt: skip
    book.close()


async def _marks() -> dict[str, int]:
    return {
        "ledger_transaction": await db.scalar("SELECT COALESCE(MAX(seq), 0) FROM ledger_transaction"),
        "ledger_transfer": await db.scalar("SELECT COALESCE(MAX(id), 0) FROM ledger_transfer"),
        "harvest_weighin": 0,
    }


async def _bring(url: str, sheet: Path) -> Ran:
    async with served(url, people=[PHONE]) as server:
        before = await server.usage(again=True)
        started = time.perf_counter()
        batch = await _upload(server, sheet)
        await _until(url, batch, "checked")
        between, checked = await server.usage(), time.perf_counter()
        await _all_new(url, batch)
        answer = await server.ask(f"/imports/{batch}/approval", _headers(server), method="POST")
        assert answer.status == 303, f"approval: {answer.status}"
        await _until(url, batch, "committed")
        after, ended = await server.usage(), time.perf_counter()
    return Ran(
        spent=Timing(ended - started, _seconds(before, after)),
        checked=Timing(checked - started, _seconds(before, between)),
        stall_ms=after.stall_ms,
        child_mb=after.child_rss / 1e6,
    )


def _seconds(before: Usage, after: Usage) -> float:
    return (after.cpu_ns + after.child_cpu_ns - before.cpu_ns - before.child_cpu_ns) / 1e9


def _headers(server: Server, **more: str) -> dict[str, str]:
    return server.headers(PHONE, Origin=f"http://{HOST}:{server.port}", **more)


async def _upload(server: Server, sheet: Path) -> str:
    mark = "benchmark-of-a-sheet"
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="id"\r\n\r\n{new_id()}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="slips.xlsx"\r\n\r\n'
    ).encode()
    body += await asyncio.to_thread(sheet.read_bytes) + f"\r\n--{mark}--\r\n".encode()
    headers = _headers(server, Content_Type=f"multipart/form-data; boundary={mark}")
    answer = await server.ask("/imports/new/weighins", headers, method="POST", body=body)
    assert answer.status == 303, f"upload: {answer.status}"
    return answer.headers["location"].rpartition("/")[2]


async def _until(url: str, batch: str, state: str) -> None:
    """Waits in a process of its own: the server must not pay for being watched."""
    end = time.perf_counter() + SECONDS_MAX
    async with opened(url):
        while True:
            found = await db.scalar("SELECT state FROM imports_batch WHERE id = :id", id=batch)
            if found == state:
                return
            wrong = await db.scalar("SELECT message FROM imports_batch WHERE id = :id", id=batch)
            assert found not in _DONE or found == "checked", f"the import ended as {found}: {wrong}"
            assert time.perf_counter() < end, f"the import is still {found}"
            await asyncio.sleep(0.2)


async def _all_new(url: str, batch: str) -> None:
    async with opened(url):
        creates, wrong = (
            await db.tuples("SELECT creates, wrong FROM imports_batch WHERE id = :id", id=batch)
        )[0]
        first = await queries.mistakes(batch, limit=1)
    assert (creates, wrong) == (SLIPS, 0), f"{creates} rows are new and {wrong} are wrong: {first}"


async def _written(table: str, mark: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What the import left in a table: columns and rows."""
    columns = await _columns(table)
    names = ", ".join(f"t.{each}" for each in columns)
    condition = {
        "ledger_transaction": "t.seq > :mark",
        "ledger_transfer": "t.id > :mark",
        "harvest_weighin": "EXISTS (SELECT 1 FROM ledger_transaction l WHERE l.seq > :mark AND l.id = t.id)",
    }[table]
    if table == "harvest_weighin":
        mark = await db.scalar("SELECT MAX(seq) FROM ledger_transaction") - SLIPS
    return columns, await db.tuples(f"SELECT {names} FROM {table} t WHERE {condition}", mark=mark)


async def _columns(table: str) -> list[str]:
    if db.dialect() == "sqlite":
        every = [row[1] for row in await db.tuples(f"PRAGMA table_info({table})")]
    else:
        every = await db.fetch(
            str,
            "SELECT column_name FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'"
            " ORDER BY ordinal_position",
            table=table,
        )
    return [each for each in every if each not in _GENERATED.get(table, ())]


def _read(sheet: Path) -> Timing:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = sum(1 for _ in CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).iter_rows())
    assert rows == SLIPS + 1, "the sheet lost rows"
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


async def _insert(
    bench: Bench, url: str, tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]
) -> Timing:
    """The rows, written by the driver in one transaction; triggers and indexes are those of the product."""
    if bench.dialect == "sqlite":
        return await asyncio.to_thread(_insert_sqlite, url, tables)
    return await _insert_postgres(url, tables)


def _insert_sqlite(url: str, tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> Timing:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma, value in sqlite_engine._PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma}={value}")
    wall, cpu = time.perf_counter(), time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    for table, (columns, rows) in tables.items():
        places = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
    connection.execute("COMMIT")
    took = Timing(time.perf_counter() - wall, time.process_time() - cpu)
    connection.close()
    return took


async def _insert_postgres(url: str, tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> Timing:
    """By COPY: a row a statement would fire the guards' triggers for each row, and take minutes."""
    connection = await asyncpg.connect(url)
    wall, cpu = time.perf_counter(), time.process_time()
    async with connection.transaction():
        for table, (columns, rows) in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            source = io.BytesIO(text.getvalue().encode())
            await connection.copy_to_table(table, source=source, columns=columns, format="csv")
    took = Timing(time.perf_counter() - wall, time.process_time() - cpu)
    await connection.close()
    return took
