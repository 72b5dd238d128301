"""Loading millions of rows into a database that is not in use yet: for seeds, and for nothing else.

What verbs do row by row this does table by table, in one transaction of its own. The tables' secondary indexes, triggers
and (on PostgreSQL) foreign keys are put aside, rows stream in, and all of it is put back, which proves every unique key and
every reference. Guard triggers do not see these rows and counters that triggers keep do not move: whoever loads writes final
counters and has `doctor` add the books up afterwards. If anything fails, the database is as it was before.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar, cast

from pepperchain.core import asyncpg_engine, db, sqlite_engine

T = TypeVar("T")
Row = tuple[Any, ...]
CHUNK_ROWS = 20_000
_CACHE_KIB = 262_144
_DAY_ZERO = date(2000, 1, 1).toordinal()  # PostgreSQL counts days from here


class Loader:
    """What a loading transaction offers. Values are plain: int, str (ids, dates as YYYY-MM-DD), bytes, bool, None."""

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Streams rows into a table; how many."""
        raise NotImplementedError

    async def run(self, sql: str) -> None:
        """One statement without parameters that both engines understand."""
        raise NotImplementedError

    async def tuples(self, sql: str) -> list[Row]:
        """The rows of a SELECT, seeing what was loaded so far."""
        raise NotImplementedError

    async def next_id(self, table: str) -> int:
        """The first id above those that a table holds."""
        ((largest,),) = await self.tuples(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return int(largest) + 1


@asynccontextmanager
async def loading(tables: Sequence[str]) -> AsyncIterator[Loader]:
    """A transaction in which `tables` can be loaded; committed when the block ends, rolled back when it raises."""
    assert not db.in_unit(), "a load is a transaction of its own"
    client = db.client()
    if isinstance(client, sqlite_engine.Client):
        async with _sqlite(client, tables) as loader:
            yield loader
    else:
        async with _postgres(client, tables) as loader:
            yield loader


class _SqliteLoader(Loader):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        count = 0
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK_ROWS)):
            await asyncio.to_thread(sqlite_engine.run_many, self.connection, sql, chunk)
            count += len(chunk)
        return count

    async def run(self, sql: str) -> None:
        await asyncio.to_thread(sqlite_engine.run_one, self.connection, sql)

    async def tuples(self, sql: str) -> list[Row]:
        return cast(list[Row], await asyncio.to_thread(lambda: self.connection.execute(sql).fetchall()))


@asynccontextmanager
async def _sqlite(client: sqlite_engine.Client, tables: Sequence[str]) -> AsyncIterator[Loader]:
    # A write-ahead log would take in all of it first, and find a page among millions ever more slowly. Leaving that mode
    # asks for the database alone: this process opens it again at its next use, any other one makes this fail at once.
    await client.close()
    connection = await asyncio.to_thread(_connect, client)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        names = ", ".join(f"'{table}'" for table in tables)
        aside = connection.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({names})"
            " AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, rowid"
        ).fetchall()
        for kind, name, _ in aside:
            connection.execute(f"DROP {kind} {name}")
        loader = _SqliteLoader(connection)
        yield loader
        for _, _, sql in aside:
            await loader.run(sql)
        for table in tables:
            lost = await loader.tuples(f"PRAGMA foreign_key_check({table})")
            assert not lost, f"loaded rows without their parents: {lost[:3]}"
        await loader.run("PRAGMA analysis_limit=2000")
        await loader.run("ANALYZE")
        await loader.run("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()
        connection.close()


def _connect(client: sqlite_engine.Client) -> sqlite3.Connection:
    connection = sqlite3.connect(client.filename, isolation_level=None, check_same_thread=False)
    pragmas = {
        "journal_mode": "DELETE",
        "busy_timeout": sqlite_engine.BUSY_TIMEOUT_MS,
        "foreign_keys": "OFF",
        "temp_store": "FILE",
        "cache_size": -_CACHE_KIB,
        "threads": 2,  # for the sorts that indexes are made of
    }
    for pragma, value in pragmas.items():
        connection.execute(f"PRAGMA {pragma}={value}")
    return connection


class _PostgresLoader(Loader):
    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        status: str = await self.connection.copy_records_to_table(table, records=rows, columns=list(columns))
        return int(status.rpartition(" ")[2])

    async def run(self, sql: str) -> None:
        await self.connection.execute(sql)

    async def tuples(self, sql: str) -> list[Row]:
        return [tuple(row) for row in await self.connection.fetch(sql)]


_PG_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
_PG_REFERENCES = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY ($1::regclass[]) ORDER BY 1, 2
"""
_PG_IDENTITIES = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND is_identity = 'YES' AND table_name = ANY ($1::text[])
"""


@asynccontextmanager
async def _postgres(client: asyncpg_engine.Client, tables: Sequence[str]) -> AsyncIterator[Loader]:
    pool = await client.pool()
    async with pool.acquire(timeout=None) as connection:
        await connection.set_type_codec(
            "date", schema="pg_catalog", encoder=_day, decoder=_as_day, format="binary"
        )
        await connection.reset_type_codec("uuid", schema="pg_catalog")
        try:
            async with connection.transaction():
                await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
                indexes = await connection.fetch(_PG_INDEXES, list(tables))
                references = await connection.fetch(_PG_REFERENCES, list(tables))
                for table, name, _ in references:
                    await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                for name, _ in indexes:
                    await connection.execute(f"DROP INDEX {name}")
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                yield _PostgresLoader(connection)
                for table, column in await connection.fetch(_PG_IDENTITIES, list(tables)):
                    await connection.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), GREATEST(MAX({column}), 1)) FROM {table}"
                    )
                for _, definition in indexes:
                    await connection.execute(definition)
                for table, name, definition in references:
                    await connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for table in tables:
                await connection.execute(f"VACUUM (ANALYZE) {table}")
        finally:
            # Its codecs are ours now: the pool makes a new one in its place.
            await connection.close()


@lru_cache(maxsize=4096)
def _day(text: str) -> bytes:
    return (date.fromisoformat(text).toordinal() - _DAY_ZERO).to_bytes(4, "big", signed=True)


def _as_day(data: bytes) -> str:
    return date.fromordinal(int.from_bytes(data, "big", signed=True) + _DAY_ZERO).isoformat()
