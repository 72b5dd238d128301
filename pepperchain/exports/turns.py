"""Whose turn it is: one worker makes a file, by a lease in its row; another takes over when the lease has run out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime

from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.ids import new_id
from pepperchain.exports.rules import bounds

WORKER = str(new_id())
"""This process among all that may make files."""

BEAT_SECONDS = 2


class Lost(Exception):
    """Another worker has taken the export over, or its owner has dropped it: whatever was being made must not be."""


@dataclass(slots=True)
class Turn:
    """An export that this process makes, and how far it has come; others are told every few seconds."""

    export_id: str
    watch: Stopwatch
    worker: str = WORKER
    done: int = 0
    total: int | None = None


@db.unit_of_work
async def claim(export_id: str, *, worker: str = WORKER, now: datetime) -> bool:
    """Takes an export that nobody makes; False if somebody was quicker."""
    row = await db.returning(
        "UPDATE exports_export SET worker = :worker, lease_until_at = :until, attempts = attempts + 1, done_rows = 0, state = 'making'"
        " WHERE id = :id AND state IN ('waiting', 'making') AND (lease_until_at IS NULL OR lease_until_at < :now) RETURNING id",
        worker=worker,
        until=now + bounds().lease,
        id=export_id,
        now=now,
    )
    return row is not None


@db.unit_of_work
async def renew(turn: Turn) -> None:
    """Keeps the lease, and tells how far the work has come. Raises Lost."""
    kept = await db.execute(
        "UPDATE exports_export SET lease_until_at = :until, done_rows = :done, total_rows = :total"
        " WHERE id = :id AND worker = :worker AND state = 'making'",
        until=turn.watch.now() + bounds().lease,
        done=turn.done,
        total=turn.total,
        id=turn.export_id,
        worker=turn.worker,
    )
    if kept == 0:
        raise Lost()


@db.unit_of_work
async def give_back(turn: Turn) -> None:
    """The export waits for the next worker again, as if nobody had begun it."""
    await db.execute(
        "UPDATE exports_export SET state = 'waiting', worker = NULL, lease_until_at = NULL, attempts = 0, done_rows = 0"
        " WHERE id = :id AND worker = :worker AND state = 'making'",
        id=turn.export_id,
        worker=turn.worker,
    )


@db.unit_of_work
async def try_again(turn: Turn) -> None:
    """It broke off: the next worker begins it anew at once, and this try counts."""
    await db.execute(
        "UPDATE exports_export SET worker = NULL, lease_until_at = NULL WHERE id = :id AND worker = :worker AND state = 'making'",
        id=turn.export_id,
        worker=turn.worker,
    )


@asynccontextmanager
async def beating(turn: Turn) -> AsyncIterator[None]:
    """Renews the lease beside the work in the block, from a task of its own."""
    beat = asyncio.get_running_loop().create_task(_beat(turn), context=Context())
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)


async def _beat(turn: Turn) -> None:
    while True:
        try:
            await renew(turn)
        except Lost:
            return  # The work itself finds out before its file is kept.
        await asyncio.sleep(BEAT_SECONDS)
