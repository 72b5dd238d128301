"""Tortoise's SQLite client on our connections: one writer with shared commits, a few readers, nothing ever left locked.

The name of this module must contain "sqlite": Tortoise picks its schema editor by it.
"""

import sqlite3
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from pepperchain.core.sqlite_readers import Readers
from pepperchain.core.sqlite_writer import Writer

BUSY_TIMEOUT_MS = 15_000
_OUR_OPTIONS = ("readers", "connection_name", "fetch_inserted")
_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": str(BUSY_TIMEOUT_MS),
    "cache_size": "-65536",
    "mmap_size": "1073741824",
    "temp_store": "MEMORY",
    "journal_size_limit": "67108864",
    "secure_delete": "ON",
}


class Client(SqliteClient):
    """What Tortoise calls the connection: statements outside a unit of work."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **{key: value for key, value in options.items() if key != "readers"})
        self._pragmas = _PRAGMAS | {
            key: str(value) for key, value in options.items() if key not in _OUR_OPTIONS
        }
        self._reader_count = int(options.get("readers", 2))
        self.writer = Writer(self._connect)
        self.readers = Readers(self._connect, self._reader_count)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.filename, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        for pragma, value in self._pragmas.items():
            connection.execute(f"PRAGMA {pragma}={value}")
        return connection

    async def create_connection(self, with_db: bool) -> None:
        if self.readers.are_open:
            return
        await self.writer.open()
        await self.readers.open()

    async def close(self) -> None:
        await self.writer.close()
        self.readers.close()
        # For whoever comes next: connections open at their first use.
        self.writer = Writer(self._connect)
        self.readers = Readers(self._connect, self._reader_count)

    async def read(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows of a SELECT from a reader connection; sees every commit that was answered."""
        if not self.readers.are_open:
            await self.create_connection(with_db=True)
        return await self.readers.read(sql, values, _fetch_all)

    def _in_transaction(self) -> TransactionContext:
        return UnitContext(Unit(self))

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        async with self._in_transaction() as unit:
            inserted: int = await unit.execute_insert(query, values)
            return inserted

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as unit:
            await unit.execute_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        if is_read(query):
            rows = await self.execute_query_dict(query, values)
            return len(rows), rows
        async with self._in_transaction() as unit:
            result: tuple[int, Sequence[Any]] = await unit.execute_query(query, values)
            return result

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        if not is_read(query):
            async with self._in_transaction() as unit:
                changed: list[dict[str, Any]] = await unit.execute_query_dict(query, values)
                return changed
        await self.create_connection(with_db=True)
        return await self.readers.read(query, values or (), _fetch_dicts)

    async def execute_script(self, query: str) -> None:
        async with self._in_transaction() as unit:
            await unit.execute_script(query)


class Unit(SqliteClient, TransactionalDBClient):
    """What Tortoise calls the transaction: statements of a unit of work, on the writer."""

    def __init__(self, client: Client) -> None:
        self.capabilities = client.capabilities
        self.connection_name = client.connection_name
        self.fetch_inserted = client.fetch_inserted
        self.log = client.log
        self._client = client
        self._loop = getattr(client, "_loop", None)

    def _check_loop(self) -> bool:
        return True

    @property
    def sqlite(self) -> sqlite3.Connection:
        return self._client.writer.connection

    def _in_transaction(self) -> TransactionContext:
        return Joined(self)

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """One statement, in this thread: units of work do index work, microseconds each."""
        try:
            return self.sqlite.execute(sql, values)
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc) from exc
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc

    async def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows, in the writer's thread."""
        try:
            await self._client.writer.in_thread(run_many, self.sqlite, sql, values)
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc) from exc
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc

    async def run_long(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One long statement in the writer's thread; the rows it changed."""
        try:
            return await self._client.writer.in_thread(run_one, self.sqlite, sql, values)
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc) from exc
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        return self.run(query, values).lastrowid or 0

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        await self.run_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        cursor = self.run(query, values or ())
        rows = _as_dicts(cursor)
        return (cursor.rowcount if cursor.rowcount >= 0 else len(rows)), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return _as_dicts(self.run(query, values or ()))

    async def execute_script(self, query: str) -> None:
        # sqlite3's executescript commits first, which would end the unit: split on what cannot stand inside a statement.
        for statement in _statements(query):
            self.run(statement)

    async def begin(self) -> None:
        raise TransactionManagementError("a unit of work begins by its context")

    async def commit(self) -> None:
        raise TransactionManagementError("a unit of work commits when its block ends")

    async def rollback(self) -> None:
        raise TransactionManagementError("a unit of work rolls back when its block raises")

    async def savepoint(self) -> None:
        raise TransactionManagementError("a unit inside a unit joins it")

    async def savepoint_rollback(self) -> None:
        raise TransactionManagementError("a unit inside a unit joins it")

    async def release_savepoint(self) -> None:
        raise TransactionManagementError("a unit inside a unit joins it")


class UnitContext(TransactionContext):
    """`async with`: the turn, a savepoint, the shared commit."""

    __slots__ = ("_token", "_unit")

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def __aenter__(self) -> Unit:
        if not self._unit._client.readers.are_open:
            await self._unit._client.create_connection(with_db=True)
        await self._unit._client.writer.enter()
        self._token = get_connections().set(self._unit.connection_name, self._unit)
        return self._unit

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        get_connections().reset(self._token)
        if kind is None:
            await self._unit._client.writer.leave()
        else:
            self._unit._client.writer.abandon()


class Joined(TransactionContext):
    """A transaction inside a unit of work is the same unit."""

    __slots__ = ("_unit",)

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def __aenter__(self) -> Unit:
        return self._unit

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def is_read(sql: str) -> bool:
    """Whether a statement can go to a reader connection."""
    start = sql.lstrip()[:7].upper()
    return start.startswith(("SELECT", "WITH", "PRAGMA", "EXPLAIN")) and " RETURNING " not in sql


# A cursor resets its statement when it is dropped. It must be dropped in the thread that ran it: another thread may be running
# the same statement by then, which SQLite calls a misuse.
def run_one(connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> int:
    """One statement, for a thread; the rows it changed."""
    return connection.execute(sql, values).rowcount


def run_many(connection: sqlite3.Connection, sql: str, values: Sequence[Sequence[Any]]) -> None:
    """One statement for many rows, for a thread."""
    connection.executemany(sql, values)


def _fetch_all(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values).fetchall()


def _fetch_dicts(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    return _as_dicts(connection.execute(sql, values))


def _as_dicts(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _statements(script: str) -> list[str]:
    """The statements of a script; one ends where SQLite itself finds it complete, so that triggers stay whole."""
    found: list[str] = []
    part = ""
    for piece in script.split(";"):
        part += piece + ";"
        if sqlite3.complete_statement(part):
            if part.strip(" \n\t;"):
                found.append(part)
            part = ""
    if part.strip(" \n\t;"):
        found.append(part)
    return found


client_class = Client
