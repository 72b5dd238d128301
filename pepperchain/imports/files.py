"""Whole files from the command line: the same stages as on the page, in one go."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.excel.problems import Mistake
from pepperchain.imports import batches, queries, turns, working
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import State
from pepperchain.imports.turns import Turn

MISTAKES_MAX = 1_000
LOOK_SECONDS = 1
_CHUNK_BYTES = 1 << 20

Progress = Callable[[State, int, int | None], None]
"""Told from time to time: what is being done, how many rows of how many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: its batch, and what is wrong with it."""

    batch: BatchRow
    mistakes: Sequence[Mistake]


async def run(
    actor: Actor, kind: str, path: Path, *, dry_run: bool, progress: Progress | None = None, now: datetime
) -> Outcome:
    """Brings a file, checks it, and imports it unless a row is wrong or it is a dry run.

    The batch's `state` tells how it ended (`committed`, `checked` with wrong rows, `discarded` after a dry run, `failed`),
    its `message` why. Missing: a kind that is not the actor's. Refused: the file cannot be taken.
    """
    watch = Stopwatch(now)
    uploaded = await batches.upload(
        actor,
        id=new_id(),
        kind=kind,
        file_name=path.name,
        chunks=_chunks(path),
        language=actor.language,
        now=now,
    )
    id = UUID(uploaded.id)
    batch = await _through(uploaded.id, watch, progress)
    mistakes = await queries.mistakes(batch.id, limit=MISTAKES_MAX) if batch.wrong else []
    if batch.state is State.CHECKED and dry_run:
        await batches.discard(actor, id=id, now=watch.now())
    elif batch.state is State.CHECKED and not batch.wrong and batch.writes:
        await batches.approve(actor, id=id, now=watch.now())
        batch = await _through(uploaded.id, watch, progress)
    return Outcome(batch, mistakes)


async def _through(id: str, watch: Stopwatch, progress: Progress | None) -> BatchRow:
    """Does what the batch waits for, or waits for the running server that was quicker; the batch afterwards."""
    while True:
        state = await turns.claim(id, now=watch.now())
        if state is not None:
            turn = Turn(id, state, Stopwatch(watch.now()))
            working_on = asyncio.create_task(working.one(turn, now=watch.now()))
            while not working_on.done():
                await asyncio.wait({working_on}, timeout=LOOK_SECONDS)
                await _tell(id, turn.done, progress)
            await working_on
        batch = await queries.at_work(id)
        if batch is None:
            raise Missing()
        if not batch.state.works:
            return batch
        if progress is not None:
            progress(batch.state, batch.done_rows, batch.total_rows)
        await asyncio.sleep(LOOK_SECONDS)


async def _tell(id: str, done: int, progress: Progress | None) -> None:
    batch = await queries.at_work(id) if progress is not None else None
    if batch is not None and progress is not None:
        progress(batch.state, max(done, batch.done_rows), batch.total_rows)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
