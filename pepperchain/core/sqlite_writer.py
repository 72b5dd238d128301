"""The one writing connection of a process on SQLite: units of work queue for it and share durable commits.

A unit runs between SAVEPOINT and RELEASE while it holds the *turn*. If somebody waits when it ends, the
turn goes on to them inside the same transaction; when nobody waits (or the batch is full) a flush commits
for all, with synchronous=FULL, and only then is any of them answered. Statements of a unit run in the event
loop's own thread, since each is a few microseconds of index work; BEGIN, which may wait for another
process, COMMIT, which waits for the disk, and bulk statements run in a thread.

Cancel-safe: a cancelled waiter leaves the queue, a cancelled unit rolls back to its savepoint, and a unit
cancelled while it waits for its commit has an unknown outcome, which the client's id makes harmless.
Nothing here is ever left locked.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

BATCH_UNITS_MAX = 256


class Writer:
    """A connection, its queue of units, and the batch that is open."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._busy = False
        self._units = 0
        self._committed: asyncio.Future[None] | None = None
        self._flushing: asyncio.Task[None] | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        assert self._connection is not None, "the writer is not open"
        return self._connection

    async def open(self) -> None:
        self._connection = await self.in_thread(self._connect)

    async def close(self) -> None:
        """Waits for the running unit and flush, then closes."""
        if self._connection is None:
            return
        await self._take_turn()
        connection, self._connection = self._connection, None
        await self.in_thread(connection.close)
        self._thread.shutdown(wait=True)

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Runs `work` in the writer's thread and sees it through: a cancelled caller still waits for its end."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        return await see_through(running)

    async def enter(self) -> None:
        """Waits for the turn and opens a savepoint. On any failure the turn has been passed on."""
        await self._take_turn()
        try:
            if not self.connection.in_transaction:
                self._committed = asyncio.get_running_loop().create_future()
                self._committed.add_done_callback(_retrieve)
                self._units = 0
                await self.in_thread(self.connection.execute, "BEGIN IMMEDIATE")
            self.connection.execute("SAVEPOINT unit")
        except BaseException as failure:
            if not self.connection.in_transaction:
                self._fail_batch(failure)
            self._pass_turn()
            raise

    async def leave(self) -> None:
        """Ends a unit that succeeded; returns after its commit is on disk."""
        committed = self._committed
        assert committed is not None
        try:
            self.connection.execute("RELEASE unit")
        except BaseException as failure:
            self._fail_batch(failure)
            self._pass_turn()
            raise
        self._units += 1
        self._pass_turn()
        await asyncio.shield(committed)

    def abandon(self) -> None:
        """Ends a unit that failed: its writes are gone, its neighbours' stay."""
        try:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO unit")
                self.connection.execute("RELEASE unit")
            else:  # a full disk or an I/O error makes SQLite roll the whole transaction back
                self._fail_batch(sqlite3.OperationalError("the transaction was rolled back by the engine"))
        finally:
            self._pass_turn()

    async def _take_turn(self) -> None:
        if not self._busy:
            self._busy = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_turn()
            raise

    def _pass_turn(self) -> None:
        """Hands the turn to the next waiter, or commits when nobody waits or the batch is full."""
        in_batch = self._connection is not None and self._connection.in_transaction
        if not in_batch or self._units < BATCH_UNITS_MAX:
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        if in_batch:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())
        else:
            self._busy = False

    async def _flush(self) -> None:
        committed = self._committed
        assert committed is not None
        try:
            await self.in_thread(self.connection.commit)
        except BaseException as failure:  # noqa: BLE001  (every unit of the batch must hear of it, whatever it is)
            if self.connection.in_transaction:
                self.connection.rollback()
            self._fail_batch(failure)
        else:
            if not committed.done():
                committed.set_result(None)
        finally:
            self._pass_turn()

    def _fail_batch(self, failure: BaseException) -> None:
        if self._committed is not None and not self._committed.done():
            self._committed.set_exception(failure)


def _retrieve(future: asyncio.Future[None]) -> None:
    """Marks a failed commit as seen, so that a batch whose units were all cancelled logs nothing."""
    if not future.cancelled():
        future.exception()


async def see_through(running: asyncio.Future[T]) -> T:
    """Awaits `running` to its end even if the caller is cancelled, then lets the cancellation go on."""
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError as interruption:
            if running.cancelled():
                raise
            cancelled = interruption
        except BaseException:  # noqa: BLE001  (result() below raises it again)
            break
    if cancelled is not None:
        if not running.cancelled():
            running.exception()
        raise cancelled
    return running.result()
