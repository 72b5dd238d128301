"""The work that waits: whichever batch is next, done by this process to its end or to a sentence that says why not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.accounts.queries import open_actor
from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import NotYours, Told
from pepperchain.core.words import N_
from pepperchain.excel.child_process import BrokenOff
from pepperchain.imports import checking, committing, queries, turns, undoing, uploads
from pepperchain.imports.batches import forget_rows
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import State, bounds
from pepperchain.imports.turns import Lost, Turn
from pepperchain.web import filters
from pepperchain.web.i18n import Reader, reading_as

BATCHES_A_TICK = 5
FILES_A_TICK = 50

log = structlog.get_logger("pepperchain.imports")


async def work(*, now: datetime, limit: int = BATCHES_A_TICK) -> int:
    """Does the batches that wait, one after another; how many."""
    worked = 0
    watch = Stopwatch(now)
    for id in await queries.due(now=now, limit=limit):
        state = await turns.claim(id, now=watch.now())
        if state is not None:
            worked += 1
            await one(Turn(id, state, Stopwatch(watch.now())), now=watch.now())
    return worked


async def one(turn: Turn, *, now: datetime) -> None:
    """One batch, to its end. Whatever goes wrong is said on its page; an error of ours is tried again before that."""
    batch = await queries.at_work(turn.batch_id)
    assert batch is not None, "a batch was claimed that is not there"
    if batch.attempts > bounds().attempts_max:
        await _stop(
            batch,
            turn,
            N_("This was tried several times and broke off each time. Nothing of it was written."),
            {},
        )
        return
    try:
        await run(await _actor(batch), batch, turn, now=now)
    except Lost:
        log.warning("a batch was taken over", batch=batch.id)
    except undoing.InTheWay as refused:
        await undoing.leave(batch, turn, refused)
    except Told as told:
        await _stop(batch, turn, told.message, told.facts)
    except BrokenOff as broken:
        log.error("a file could not be read", batch=batch.id, why=str(broken))
        await _stop(
            batch, turn, N_("This file could not be read. Save it anew as .xlsx, then bring it again."), {}
        )


async def run(actor: Actor, batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    """What the batch's state asks for, by whoever asked for it. Raises what checking, committing and undoing raise."""
    do = {State.CHECKING: checking.check, State.COMMITTING: committing.commit, State.UNDOING: undoing.undo}[
        turn.state
    ]
    async with turns.beating(turn):
        await do(actor, batch, turn, now=now)


async def _actor(batch: BatchRow) -> Actor:
    """Whoever asked for the work, with the rights that they have now. NotYours: their account was closed, or belongs elsewhere now."""
    if batch.acting_id is None:
        return SYSTEM
    actor = await open_actor(batch.acting_id)
    if actor.organization_id != batch.organization_id and batch.organization_id is not None:
        raise NotYours()
    return replace(actor, language="en" if batch.language == "en" else "zh")


@db.unit_of_work
async def _stop(batch: BatchRow, turn: Turn, message: str, facts: Mapping[str, Any]) -> None:
    """The work ends with a sentence. A commit that found things changed is checked again, so that every row can say how."""
    with reading_as(Reader(language="en" if batch.language == "en" else "zh")):
        said = {name: str(filters.spell(fact)) for name, fact in facts.items()}
    then = {State.CHECKING: State.FAILED, State.COMMITTING: State.FAILED, State.UNDOING: State.COMMITTED}[
        turn.state
    ]
    if (
        turn.state is State.COMMITTING
        and batch.attempts <= bounds().attempts_max
        and batch.file_token is not None
    ):
        then = State.UPLOADED
    stopped = await db.execute(
        "UPDATE imports_batch SET state = :then, message = :message, facts = :facts, worker = NULL, lease_until_at = NULL,"
        " attempts = 0, done_rows = 0 WHERE id = :id AND worker = :worker AND state = :state",
        then=then,
        message=message,
        facts=json.dumps(said, ensure_ascii=False),
        id=batch.id,
        worker=turn.worker,
        state=turn.state,
    )
    if stopped and then is State.FAILED:
        await forget_rows(batch.id)


async def tidy(*, now: datetime) -> int:
    """Removes files that were kept long enough, rows that can no longer be undone, and batches that nobody decided on."""
    limits = bounds()
    await _expire(before=now - timedelta(days=limits.waiting_days))
    count = 0
    for id, token in [
        *await queries.stale_files(created_before=now - timedelta(days=limits.file_days), limit=FILES_A_TICK),
        *await queries.discarded_files(limit=FILES_A_TICK),
    ]:
        await uploads.remove(token)
        await _without_file(id)
        count += 1
    for id in await queries.stale_rows(
        committed_before=now - timedelta(days=limits.undo_days), limit=FILES_A_TICK
    ):
        await _without_rows(id)
        count += 1
    return count


@db.unit_of_work
async def _expire(*, before: datetime) -> None:
    waiting = await queries.undecided(checked_before=before, limit=FILES_A_TICK)
    for id in waiting:
        await db.execute(
            "UPDATE imports_batch SET state = 'discarded' WHERE id = :id AND state = 'checked'", id=id
        )
        await forget_rows(id)


@db.unit_of_work
async def _without_file(id: str) -> None:
    await db.execute("UPDATE imports_batch SET file_token = NULL WHERE id = :id", id=id)


@db.unit_of_work
async def _without_rows(id: str) -> None:
    await forget_rows(id)
