"""The reading connections of a process on SQLite: what is quick is read in the event loop's own thread, all else in another one.

Handing a read to another thread and back costs more than most reads themselves. So a read is tried here first, against a watch:
one that takes too long is broken off and done again in a thread, and for a while that statement goes there at once.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any, TypeVar

from tortoise.exceptions import OperationalError

from pepperchain.core.sqlite_writer import see_through

Rows = TypeVar("Rows")
Fetch = Callable[[sqlite3.Connection, str, Sequence[Any]], Rows]

STEPS_MAX = 50_000
"""Steps of SQLite's own machine, one or two milliseconds of them, after which a read is broken off."""

WAIT_NS_MAX = 10_000_000
"""The same in time, where it is the disk that lets a read wait."""

TURN_NS_MAX = 5_000_000
"""Quick reads one after another: after so long everybody else gets a turn."""

_STEPS_A_LOOK = 1_000
_TIMES_ELSEWHERE = 50
_TIMES_AFTER_WAIT = 3  # a wait says more of the moment than of the statement
_SLOW_KEPT_MAX = 1_000


class Readers:
    """Connections that only read; each sees every commit that was answered."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], count: int) -> None:
        self._connect = connect
        self._count = count
        self._all: list[sqlite3.Connection] = []
        self._free: list[sqlite3.Connection] = []
        self._turn = asyncio.Semaphore(count)
        self._here: sqlite3.Connection | None = None
        self._began_ns = 0
        self._looks_left = 0
        self._turn_began_ns = 0
        self._slow: dict[str, int] = {}

    @property
    def are_open(self) -> bool:
        return bool(self._all)

    async def open(self) -> None:
        for _ in range(self._count):
            self._all.append(await asyncio.to_thread(self._connect_reader))
        self._free = list(self._all)
        self._here = self._connect_reader()
        self._here.execute("PRAGMA busy_timeout=0")
        self._here.set_progress_handler(self._is_late, _STEPS_A_LOOK)

    def close(self) -> None:
        for connection in (*self._all, *((self._here,) if self._here else ())):
            connection.close()
        self._all.clear()
        self._here = None

    async def read(self, sql: str, values: Sequence[Any], fetch: "Fetch[Rows]") -> Rows:
        """What `fetch` makes of a SELECT."""
        if self._may_be_quick(sql):
            await self._take_turn()
            self._began_ns, self._looks_left = perf_counter_ns(), STEPS_MAX // _STEPS_A_LOOK
            assert self._here is not None, "the readers are not open"
            try:
                return fetch(self._here, sql, values)
            except sqlite3.OperationalError:
                # Too long, or another program holds the whole file, or the statement is wrong: the thread will tell.
                self._remember_slow(sql)
        return await self._read_in_thread(sql, values, fetch)

    async def _read_in_thread(self, sql: str, values: Sequence[Any], fetch: "Fetch[Rows]") -> Rows:
        async with self._turn:
            connection = self._free.pop()
            try:
                running = asyncio.get_running_loop().run_in_executor(None, fetch, connection, sql, values)
                return await see_through(running)
            except sqlite3.OperationalError as exc:
                raise OperationalError(exc) from exc
            finally:
                self._free.append(connection)

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._connect()
        connection.execute("PRAGMA query_only=1")
        return connection

    def _is_late(self) -> bool:
        self._looks_left -= 1
        return self._looks_left < 0 or perf_counter_ns() - self._began_ns > WAIT_NS_MAX

    def _may_be_quick(self, sql: str) -> bool:
        left = self._slow.get(sql)
        if left is None:
            return True
        if left:
            self._slow[sql] = left - 1
        else:
            del self._slow[sql]  # it may have been slow only because the disk was, the first time
        return not left

    def _remember_slow(self, sql: str) -> None:
        if len(self._slow) >= _SLOW_KEPT_MAX:
            self._slow.clear()
        self._slow[sql] = _TIMES_ELSEWHERE if self._looks_left < 0 else _TIMES_AFTER_WAIT

    async def _take_turn(self) -> None:
        """Reads that never wait would keep the loop from everybody else."""
        now_ns = perf_counter_ns()
        if self._turn_began_ns and now_ns - self._turn_began_ns > TURN_NS_MAX:
            self._turn_began_ns = 0
            await asyncio.sleep(0)
            now_ns = perf_counter_ns()
        if not self._turn_began_ns:
            self._turn_began_ns = now_ns
            asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._turn_began_ns = 0
