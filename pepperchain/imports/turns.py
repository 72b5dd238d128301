"""Whose turn it is: one worker does a batch, by a lease in its row; another takes over when the lease has run out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime

from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.ids import new_id
from pepperchain.imports import uploads
from pepperchain.imports.rules import State, bounds

WORKER = str(new_id())
"""This process among all that may work on a batch."""

_BEATS_A_LEASE = 6


class Lost(Exception):
    """Another worker has taken the batch over: whatever was being written must not be."""


@dataclass(slots=True)
class Turn:
    """A batch that this process works on. `done` is how many rows it has come; others are told every few seconds."""

    batch_id: str
    state: State
    watch: Stopwatch
    worker: str = WORKER
    done: int = 0
    in_unit: bool = False


@db.unit_of_work
async def claim(batch_id: str, *, worker: str = WORKER, now: datetime) -> State | None:
    """Takes a batch that nobody works on; its state, or None if somebody was quicker. An upload begins to be checked by it."""
    row = await db.returning(
        "UPDATE imports_batch SET worker = :worker, lease_until_at = :until, attempts = attempts + 1, done_rows = 0,"
        " state = CASE WHEN state = 'uploaded' THEN 'checking' ELSE state END"
        " WHERE id = :id AND state IN ('uploaded', 'checking', 'committing', 'undoing')"
        " AND (lease_until_at IS NULL OR lease_until_at < :now) RETURNING state",
        worker=worker,
        until=now + bounds().lease,
        id=batch_id,
        now=now,
    )
    return None if row is None else State(row[0])


@db.unit_of_work
async def renew(turn: Turn) -> None:
    """Keeps the lease, and tells how far the work has come. Raises Lost."""
    kept = await db.execute(
        "UPDATE imports_batch SET lease_until_at = :until, done_rows = :done WHERE id = :id AND worker = :worker AND state = :state",
        until=turn.watch.now() + bounds().lease,
        done=turn.done,
        id=turn.batch_id,
        worker=turn.worker,
        state=turn.state,
    )
    if kept == 0:
        raise Lost()


@asynccontextmanager
async def beating(turn: Turn) -> AsyncIterator[None]:
    """Renews the lease beside the work in the block, from a task of its own.

    While a unit of work holds SQLite's one writer, nothing else can be written, so that nobody can take the batch over either;
    how far it has come is told by a small file then.
    """
    beat = asyncio.get_running_loop().create_task(_beat(turn), context=Context())
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
        await asyncio.to_thread(uploads.forget_progress, turn.batch_id)


async def _beat(turn: Turn) -> None:
    seconds = max(bounds().lease_seconds // _BEATS_A_LEASE, 1)
    told = -1
    while True:
        for _ in range(seconds):
            await asyncio.sleep(1)
            if turn.in_unit and turn.done != told:
                told = turn.done
                await asyncio.to_thread(uploads.tell_progress, turn.batch_id, told)
        if not (turn.in_unit and db.dialect() == "sqlite"):
            try:
                await renew(turn)
            except Lost:
                return  # The work itself finds out before it is committed.
