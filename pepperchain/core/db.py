"""The database: one way to read, one way to write, on SQLite and on PostgreSQL.

`unit_of_work` is the only way to write. SQL is text with `:name` places. See docs/designers.md.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError

from pepperchain.core import asyncpg_engine, sqlite_engine
from pepperchain.core.addresses import CONNECTION, configuration
from pepperchain.core.sql import Dialect, insert_text, positional, spell, woven

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS_MAX = 5
_INLINE_ROWS_MAX = 32

Violation = IntegrityError
"""What the engine raises when a constraint, a unique key or a guard trigger refuses a write."""

_unit: ContextVar["_Unit | None"] = ContextVar("pepperchain_unit", default=None)
_opened: "_Database | None" = None


class _Database:
    __slots__ = ("client", "dialect", "kept")

    def __init__(self, client: sqlite_engine.Client | asyncpg_engine.Client, dialect: Dialect) -> None:
        self.client = client
        self.dialect: Dialect = dialect
        self.kept: dict[str, dict[Any, Any]] = {}


class _Unit:
    __slots__ = ("afterwards", "doomed", "handle", "loop", "task", "waiting")

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task(self.loop)
        self.doomed = False
        self.afterwards: list[Callable[[], None]] = []
        self.waiting: list[tuple[str, Mapping[str, Any]]] | None = None


async def open(url: str, apps: Mapping[str, Any]) -> None:  # noqa: A001  (reads as db.open)
    """Connects this process. `apps` are Tortoise's (`migrating.apps()`): label → models module."""
    global _opened
    assert _opened is None, "the database is open already"
    await Tortoise.init(config=configuration(url, apps), _enable_global_fallback=True)
    client = get_connections().get(CONNECTION)
    try:
        if isinstance(client, sqlite_engine.Client):
            await client.create_connection(with_db=True)
            _opened = _Database(client, "sqlite")
        else:
            pg = cast(asyncpg_engine.Client, client)
            await pg.pool()
            _opened = _Database(pg, "postgres")
    except BaseException:
        await Tortoise.close_connections()  # or what is half open would keep the next from being opened
        raise


async def close() -> None:
    """Closes every connection; harmless if none is open."""
    global _opened
    if _opened is not None:
        _opened = None
        await Tortoise.close_connections()


def _database() -> _Database:
    assert _opened is not None, "the database is not open"
    return _opened


def client() -> sqlite_engine.Client | asyncpg_engine.Client:
    """The engine's own client, for `core.bulk`; rooms have no use for it."""
    return _database().client


def dialect() -> Dialect:
    """The engine in use, for the rare text that must differ."""
    return _database().dialect


def kept(shelf: str) -> dict[Any, Any]:
    """What this process remembers of this database while it is connected: rows that never change once committed.

    Put something there only through `after_commit`, or another unit would rely on a row that was rolled back.
    """
    return _database().kept.setdefault(shelf, {})


def after_commit(act: Callable[[], None]) -> None:
    """Does `act` when the running unit of work is on disk, and never if it fails; at once outside of one.

    For the process's own memory; what must happen for certain is a row in the same unit.
    """
    unit = _unit.get()
    if unit is None:
        act()
    else:
        unit.afterwards.append(act)


def in_unit() -> bool:
    """Whether the caller is inside a unit of work."""
    return _unit.get() is not None


def unit_of_work(verb: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Makes a verb all-or-nothing; nested, it joins the outer one.

    On PostgreSQL the outermost verb is run again, up to five times, after a serialization failure or a deadlock.
    """

    @wraps(verb)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = _unit.get()
        if outer is not None:
            _same_task(outer)
            try:
                return await verb(*args, **kwargs)
            except BaseException:
                outer.doomed = True
                raise
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await _once(verb, *args, **kwargs)
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                if attempt == ATTEMPTS_MAX:
                    raise
                await asyncio.sleep(random.randint(1, 20 * 2**attempt) / 1000)  # noqa: S311  (jitter, not a secret)
        raise AssertionError("unreachable")

    return whole


async def _once(verb: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    async with _database().client._in_transaction() as handle:
        unit = _Unit(handle)
        token = _unit.set(unit)
        try:
            result = await verb(*args, **kwargs)
            assert not unit.doomed, "a verb swallowed the failure of a verb inside it"
        finally:
            _unit.reset(token)
    for act in unit.afterwards:
        act()
    return result


def _same_task(unit: _Unit) -> None:
    assert unit.task is asyncio.current_task(unit.loop), (
        "a task started inside a unit of work must not use its connection"
    )


async def _run(sql: str, params: Mapping[str, Any]) -> list[Any]:
    """Rows of a statement, as tuples or records."""
    database = _database()
    text, values = spell(sql, params, database.dialect)
    unit = _unit.get()
    if database.dialect == "sqlite":
        if unit is not None:
            _same_task(unit)
            return cast(sqlite_engine.Unit, unit.handle).run(text, values).fetchall()
        client = cast(sqlite_engine.Client, database.client)
        assert sqlite_engine.is_read(text), "writing outside a unit of work"
        return await client.read(text, values)
    if unit is not None:
        _same_task(unit)
        if unit.waiting and sqlite_engine.is_read(text):
            await _send_waiting(unit)
        elif unit.waiting:
            text, values = _taking_along(unit, sql, params)
        return await _pg(unit.handle._connection.fetch, text, values)
    assert sqlite_engine.is_read(text), "writing outside a unit of work"
    pool = await cast(asyncpg_engine.Client, database.client).pool()
    return await _pg(pool.fetch, text, values)


async def _pg(call: Callable[..., Awaitable[T]], text: str, values: Sequence[Any]) -> T:
    try:
        return await call(text, *values)
    except asyncpg.IntegrityConstraintViolationError as exc:
        raise IntegrityError(exc) from exc


async def fetch(shape: Callable[..., T], sql: str, /, **params: Any) -> list[T]:
    """Every row of a SELECT as `shape(*row)`."""
    return [shape(*row) for row in await _run(sql, params)]


async def fetch_one(shape: Callable[..., T], sql: str, /, **params: Any) -> T | None:
    """The first row as `shape(*row)`, or None."""
    rows = await _run(sql, params)
    return shape(*rows[0]) if rows else None


async def tuples(sql: str, /, **params: Any) -> list[tuple[Any, ...]]:
    """Every row as a plain tuple."""
    return [tuple(row) for row in await _run(sql, params)]


async def scalar(sql: str, /, **params: Any) -> Any:
    """The first column of the first row, or None."""
    rows = await _run(sql, params)
    return rows[0][0] if rows else None


async def returning(sql: str, /, **params: Any) -> tuple[Any, ...] | None:
    """The first row of an INSERT, UPDATE or DELETE … RETURNING."""
    rows = await _run(sql, params)
    return tuple(rows[0]) if rows else None


async def execute(sql: str, /, **params: Any) -> int:
    """Runs a write; how many rows it changed."""
    unit = _writing()
    text, values = spell(sql, params, dialect())
    if isinstance(unit.handle, sqlite_engine.Unit):
        return unit.handle.run(text, values).rowcount
    if unit.waiting:
        text, values = _taking_along(unit, sql, params)
    status: str = await _pg(unit.handle._connection.execute, text, values)
    return int(status.rpartition(" ")[2]) if status[-1:].isdigit() else 0


async def execute_long(sql: str, /, **params: Any) -> int:
    """A write that takes longer than a few milliseconds: in a thread on SQLite, so that pages go on being served."""
    unit = _writing()
    if not isinstance(unit.handle, sqlite_engine.Unit):
        return await execute(sql, **params)
    text, values = spell(sql, params, "sqlite")
    return await unit.handle.run_long(text, values)


@asynccontextmanager
async def together() -> AsyncIterator[None]:
    """Within the block, `insert` and one-row `execute_many` wait, and reach PostgreSQL with the next write: one way there and back.

    For writes to rows of their own, which no other statement in the block reads or writes. A SELECT sends those that wait before it.
    """
    unit = _writing()
    if dialect() == "sqlite" or unit.waiting is not None:
        yield
        return
    unit.waiting = []
    try:
        yield
        await _send_waiting(unit)
    finally:
        unit.waiting = None


async def _send_waiting(unit: _Unit) -> None:
    if unit.waiting:
        text, values = _taking_along(unit, *unit.waiting.pop())
        await _pg(unit.handle._connection.execute, text, values)


def _taking_along(unit: _Unit, sql: str, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A write and all that wait, spelled as one statement; its answer is that of the write."""
    assert unit.waiting is not None
    writes, unit.waiting = [*unit.waiting, (sql, params)], []
    named = {
        f"w{place}_{name}": value for place, (_, each) in enumerate(writes) for name, value in each.items()
    }
    if len(writes) == 1:
        return spell(sql, params, "postgres")
    return spell(woven(tuple(text for text, _ in writes)), named, "postgres")


async def execute_many(sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """One write for many rows of parameters."""
    unit = _writing()
    every = list(rows)
    if unit.waiting is not None and len(every) == 1:
        unit.waiting.append((sql, every[0]))
        return
    text = sql
    values: list[list[Any]] = []
    for row in every:
        text, row_values = spell(sql, row, dialect())
        values.append(row_values)
    if not values:
        return
    await _send_waiting(unit)
    if isinstance(unit.handle, sqlite_engine.Unit):
        if len(values) <= _INLINE_ROWS_MAX:
            for row_values in values:
                unit.handle.run(text, row_values)
        else:
            await unit.handle.run_many(text, values)
        return
    try:
        await unit.handle._connection.executemany(text, values)
    except asyncpg.IntegrityConstraintViolationError as exc:
        raise IntegrityError(exc) from exc


async def insert_many(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows of values in the order of `columns`, plain as the drivers take them: int, str (ids and days too), bytes, None.

    Nothing is converted: for lists of thousands, where that would be half the work. On PostgreSQL all rows are one statement,
    so that a trigger for each statement sees them together.
    """
    unit = _writing()
    if not rows:
        return
    await _send_waiting(unit)
    if isinstance(unit.handle, sqlite_engine.Unit):
        await unit.handle.run_many(positional(insert_text(table, tuple(columns)), "sqlite"), rows)
        return
    try:
        await asyncpg_engine.copy(unit.handle._connection, table, columns, rows)
    except asyncpg.IntegrityConstraintViolationError as exc:
        raise IntegrityError(exc) from exc


async def insert(table: str, **columns: Any) -> None:
    """One row."""
    unit = _writing()
    text = insert_text(table, tuple(columns))
    if unit.waiting is not None:
        unit.waiting.append((text, columns))
    else:
        await execute(text, **columns)


async def insert_id(table: str, **columns: Any) -> int:
    """One row; the id that the database gave it."""
    row = await returning(insert_text(table, tuple(columns), " RETURNING id"), **columns)
    assert row is not None
    return int(row[0])


def locking() -> str:
    """What a SELECT of rows in the order of their ids ends with, to lock them until the unit ends; see `lock`."""
    return " FOR NO KEY UPDATE" if dialect() == "postgres" else ""


async def lock(table: str, ids: Sequence[Any]) -> None:
    """Locks rows in the order of their ids, so that two units never wait for each other in a ring.

    On SQLite a unit of work holds the whole database already.
    """
    if dialect() == "postgres" and ids:
        ordered = sorted(set(ids))
        await _run(f"SELECT id FROM {table} WHERE id IN :ids ORDER BY id{locking()}", {"ids": ordered})


def _writing() -> _Unit:
    unit = _unit.get()
    assert unit is not None, "writing outside a unit of work"
    _same_task(unit)
    return unit
