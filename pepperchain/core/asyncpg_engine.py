"""Tortoise's asyncpg client on our terms: ids and dates as text, and units that give their connection back whatever happens.

The name of this module must contain "asyncpg": Tortoise picks its schema editor by it.
"""

import asyncio
from collections.abc import Callable, Sequence
from types import NoneType, TracebackType
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext
from tortoise.connection import get_connections

from pepperchain.core.sqlite_writer import see_through

STATEMENTS_KEPT = 500


async def _codecs(connection: asyncpg.Connection) -> None:
    """Rows of both engines look alike: UUID and DATE are text in Python."""
    for name in ("uuid", "date"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str, format="text")


async def _as_it_was(_connection: asyncpg.Connection) -> None:
    """Nothing to reset: no statement of ours leaves settings, locks or cursors behind, and asyncpg itself ends what is open."""


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> str:
    # Few have anything to escape, and looking costs a sixth of it.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPED)


# How COPY's text writes a value; what is not here is not plain.
_CELLS: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: str,
    str: _text,
    bytes: lambda value: "\\\\x" + value.hex(),
    NoneType: lambda _: "\\N",
}


async def copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Inserts rows by one statement. As text, which every column's own type reads: ids and days are str."""
    lines = ["\t".join([_CELLS[type(value)](value) for value in row]) for row in rows]
    # Plain bytes would be taken for the name of a file.
    source = memoryview(("\n".join(lines) + "\n").encode())
    await connection.copy_to_table(table, source=source, columns=list(columns), format="text")


class Client(AsyncpgDBClient):
    """What Tortoise calls the connection: a pool. Connections keep their statements prepared for as long as they live."""

    async def create_pool(self, **options: Any) -> asyncpg.Pool:
        kept = {"statement_cache_size": STATEMENTS_KEPT, "max_cached_statement_lifetime": 0}
        return await asyncpg.create_pool(None, init=_codecs, reset=_as_it_was, **kept, **options)

    async def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        assert self._pool is not None
        return self._pool

    def _in_transaction(self) -> TransactionContext:
        return UnitContext(self)


class UnitContext(TransactionContext):
    """A connection of the pool with an open transaction; both end on every path, cancelled ones too."""

    __slots__ = ("_client", "_connection", "_token", "_transaction")

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __aenter__(self) -> TransactionWrapper:
        pool = await self._client.pool()
        self._connection = await pool.acquire()
        self._transaction = self._connection.transaction()
        try:
            await see_through(asyncio.ensure_future(self._transaction.start()))
        except BaseException:
            await see_through(asyncio.ensure_future(self._give_back(broken=True)))
            raise
        wrapper = TransactionWrapper(self._client)
        wrapper._connection = self._connection
        wrapper.transaction = self._transaction
        self._token = get_connections().set(self._client.connection_name, wrapper)
        return wrapper

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        get_connections().reset(self._token)
        await see_through(asyncio.ensure_future(self._end(failed=kind is not None)))

    async def _end(self, *, failed: bool) -> None:
        broken = True
        try:
            if failed:
                await self._transaction.rollback()
            else:
                await self._transaction.commit()
            broken = False
        finally:
            await self._give_back(broken=broken)

    async def _give_back(self, *, broken: bool) -> None:
        pool = await self._client.pool()
        if broken and not self._connection.is_closed():
            # Whatever state it is in, a connection that is ended holds no lock.
            self._connection.terminate()
        await pool.release(self._connection)


client_class = Client
