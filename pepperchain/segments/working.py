"""The work of runs, turn by turn: some households in one unit of work, with the rights that whoever asked has then.

How far a run has come stands in its row and is written in the unit of each turn, so that whoever takes it over after a crash goes on
exactly there; a worker that lost its lease finds that out before it commits.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts.queries import open_actor
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import Missing, NotYours, Told
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Action, Made, Repertoire
from pepperchain.segments import queries, tags
from pepperchain.segments.finding_queries import check, question, still_theirs, stretch, total
from pepperchain.segments.models import organization_of
from pepperchain.segments.queries import RunRow
from pepperchain.segments.rules import COUNT, Bounds, State, bounds, criteria_of, values_of
from pepperchain.web import filters
from pepperchain.web.i18n import Reader, reading_as

WORKER = str(new_id())
"""This process among all that may work on a run."""
RUNS_A_TICK = 5
SWEPT_A_TURN = 2_000

log = structlog.get_logger("pepperchain.segments")


class Lost(Exception):
    """Another worker has taken the run over, or somebody stopped it: whatever was being written must not be."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A run that this process works on."""

    run: RunRow
    repertoire: Repertoire
    watch: Stopwatch
    worker: str = WORKER
    limits: Bounds = field(default_factory=bounds)


async def work(repertoire: Repertoire, *, now: datetime, limit: int = RUNS_A_TICK) -> int:
    """Does the runs that wait, one after another, each to its end or to a sentence that says why not; how many."""
    watch, worked = Stopwatch(now), 0
    for id in await queries.due(now=now, limit=limit):
        if await claim(id, now=watch.now()):
            worked += 1
            run = await queries.at_work(id)
            assert run is not None, "a run was claimed that is not there"
            await one(Turn(run, repertoire, watch))
    return worked


@db.unit_of_work
async def claim(id: str, *, worker: str = WORKER, now: datetime) -> bool:
    """Takes a run that nobody works on; False if somebody was quicker."""
    return bool(
        await db.execute(
            "UPDATE segments_run SET worker = :worker, lease_until_at = :until, attempts = attempts + 1"
            " WHERE id = :id AND state IN ('working', 'undoing') AND (lease_until_at IS NULL OR lease_until_at < :now)",
            worker=worker,
            until=now + bounds().lease,
            id=id,
            now=now,
        )
    )


async def one(turn: Turn) -> None:
    """One run to its end. Whatever goes wrong is said on its page; an error of ours is tried again before that."""
    if turn.run.attempts > bounds().attempts_max:
        await _stop(
            turn,
            N_("This was tried several times and broke off each time. What was done before that stays."),
            {},
        )
        return
    forward = turn.run.state is State.WORKING
    try:
        while await (step(turn) if forward else step_back(turn)):
            await asyncio.sleep(0)
            run = await queries.at_work(turn.run.id)
            assert run is not None, "runs are never removed"
            turn = replace(turn, run=run)
    except Lost:
        log.warning("a run was taken over or stopped", run=turn.run.id)
    except Told as told:
        await _stop(turn, told.message, told.facts)


async def step(turn: Turn) -> bool:
    """The next households of a run, looked for and dealt with; False when there are no more."""
    run, now = turn.run, turn.watch.now()
    actor = await acting(run)
    criteria = criteria_of(run.criteria)
    asked = await question(actor, turn.repertoire, criteria, today=clock.local_day(now))
    whole = run.total if run.total is not None else await total(asked)
    limits = turn.limits
    width = limits.list_households
    found = await stretch(
        asked, above=run.through, width=width, limit=width if run.action == COUNT else limits.turn_households
    )
    await _advance(
        turn,
        actor,
        found.ids,
        through=found.through,
        looked=found.looked,
        whole=whole,
        is_last=found.is_last,
        now=now,
    )
    return not found.is_last


@db.unit_of_work
async def _advance(
    turn: Turn,
    actor: Actor,
    ids: Sequence[int],
    *,
    through: int,
    looked: int,
    whole: int,
    is_last: bool,
    now: datetime,
) -> None:
    run = turn.run
    made: Sequence[Made] = ()
    if run.action != COUNT and ids:
        action = await _action(turn, actor)
        # Between being found and now a household may have gone to another cooperative.
        theirs = await _willing(turn, action, await still_theirs(actor, ids))
        made = await action.act(actor, theirs, values_of(run.parameters), UUID(run.id), now)
        await _note(run.id, made)
    kept = await db.execute(
        "UPDATE segments_run SET lease_until_at = :until, attempts = 0, total = :whole, looked = looked + :looked,"
        " found = found + :found, changed = changed + :changed, through_id = :through, state = :state,"
        " finished_at = CAST(:finished AS BIGINT), worker = CAST(:next_worker AS VARCHAR(36))"
        " WHERE id = :id AND worker = :worker AND state = 'working' AND through_id = :before",
        until=None if is_last else now + bounds().lease,
        whole=max(whole, run.looked + looked),
        looked=looked,
        found=len(ids),
        changed=len(made),
        through=through,
        before=run.through,
        state=State.DONE if is_last else State.WORKING,
        finished=now if is_last else None,
        next_worker=None if is_last else turn.worker,
        id=run.id,
        worker=turn.worker,
    )
    if kept == 0:
        raise Lost()
    if is_last and run.action != COUNT:
        await trail.record(
            actor, "run.done", subject="run", subject_id=run.id,
            facts={"segment": run.segment, "action": run.action, "households": run.changed + len(made)}, now=now,
        )  # fmt: skip


async def _willing(turn: Turn, action: Action, ids: Sequence[int]) -> Sequence[int]:
    """Those whose contact has not said no to what the action uses their data for. Somebody may say so while the run goes on."""
    refused, purpose = (
        turn.repertoire.refused,
        None if action.uses is None else action.uses(values_of(turn.run.parameters)),
    )
    if refused is None or purpose is None:
        return ids
    unwilling = await refused(ids, purpose)
    return [id for id in ids if id not in unwilling]


async def _action(turn: Turn, actor: Actor) -> Action:
    """What the run does, if whoever asked for it still may, with values that are still there."""
    action = turn.repertoire.actions.get(turn.run.action)
    if action is None:
        raise Missing()
    actor.require(Capability.SEGMENT_EDIT)
    actor.require(action.needs)
    if turn.run.state is State.WORKING:
        await check(actor, action.label, action.fields, values_of(turn.run.parameters))
    return action


async def _note(run_id: str, made: Sequence[Made]) -> None:
    await db.execute_many(
        "INSERT INTO segments_change (run_id, household_id, thing, before) VALUES (:run, :household, :thing, :before)",
        [
            {
                "run": run_id,
                "household": each.household_id,
                "thing": each.thing,
                "before": None if each.before is None else json.dumps(each.before, ensure_ascii=False),
            }
            for each in made
        ],
    )


async def step_back(turn: Turn) -> bool:
    """The next changes of a run taken back; False when there are no more."""
    run, now = turn.run, turn.watch.now()
    actor = await acting(run)
    made = await queries.changes(run.id, above=run.through, limit=turn.limits.turn_households)
    await _retreat(turn, actor, made, now=now)
    return bool(made)


@db.unit_of_work
async def _retreat(turn: Turn, actor: Actor, made: Sequence[Made], *, now: datetime) -> None:
    run, left = turn.run, set[int]()
    if made:
        action = await _action(turn, actor)
        left = await action.undo(actor, made, values_of(run.parameters), UUID(run.id), now)
        await db.execute_many(
            "UPDATE segments_change SET outcome = :outcome WHERE run_id = :run AND household_id = :household",
            [
                {
                    "run": run.id,
                    "household": each.household_id,
                    "outcome": "left" if each.household_id in left else "undone",
                }
                for each in made
            ],
        )
    is_last = not made
    kept = await db.execute(
        "UPDATE segments_run SET lease_until_at = :until, attempts = 0, undone = undone + :undone, left_as_is = left_as_is + :left,"
        " through_id = :through, state = :state, undone_at = CAST(:at AS BIGINT), worker = CAST(:next_worker AS VARCHAR(36))"
        " WHERE id = :id AND worker = :worker AND state = 'undoing' AND through_id = :before",
        until=None if is_last else now + bounds().lease,
        undone=len(made) - len(left),
        left=len(left),
        through=made[-1].household_id if made else run.through,
        before=run.through,
        state=State.UNDONE if is_last else State.UNDOING,
        at=now if is_last else None,
        next_worker=None if is_last else turn.worker,
        id=run.id,
        worker=turn.worker,
    )
    if kept == 0:
        raise Lost()
    if is_last:
        await trail.record(
            actor, "run.undone", subject="run", subject_id=run.id,
            facts={"segment": run.segment, "action": run.action, "households": run.undone}, now=now,
        )  # fmt: skip


async def acting(run: RunRow) -> Actor:
    """Whoever asked for the work, with the rights that they have now. NotYours: their account was closed, or belongs elsewhere now."""
    actor = await open_actor(run.acting_id)
    if organization_of(actor) != run.organization_id:
        raise NotYours()
    return replace(actor, language="en" if run.language == "en" else "zh")


@db.unit_of_work
async def _stop(turn: Turn, message: str, facts: Mapping[str, Any]) -> None:
    """The work ends with a sentence. What was done stays; an undoing that stopped can be asked for again."""
    run = turn.run
    with reading_as(Reader(language="en" if run.language == "en" else "zh")):
        said = {name: str(filters.spell(fact)) for name, fact in facts.items()}
    await db.execute(
        "UPDATE segments_run SET state = 'stopped', message = :message, facts = :facts, worker = NULL, lease_until_at = NULL,"
        " attempts = 0, finished_at = COALESCE(finished_at, CAST(:now AS BIGINT)) WHERE id = :id AND worker = :worker AND state = :state",
        message=message,
        facts=json.dumps(said, ensure_ascii=False),
        now=turn.watch.now(),
        id=run.id,
        worker=turn.worker,
        state=run.state,
    )


async def tidy(*, now: datetime) -> int:
    """Forgets changes that can no longer be undone, and takes off tags that were removed long ago; how many rows."""
    before, count = now - timedelta(days=bounds().undo_days), 0
    for run_id in await queries.stale(before=before, limit=RUNS_A_TICK):
        while swept := await _forget(run_id):
            count += swept
            await asyncio.sleep(0)
    for tag_id in await queries.stale_tags(before=before, limit=RUNS_A_TICK):
        while swept := await _take_off(tag_id):
            count += swept
            await asyncio.sleep(0)
    return count


@db.unit_of_work
async def _forget(run_id: str) -> int:
    swept = await db.execute(
        "DELETE FROM segments_change WHERE run_id = :id AND household_id IN"
        " (SELECT household_id FROM segments_change WHERE run_id = :id ORDER BY household_id LIMIT :limit)",
        id=run_id,
        limit=SWEPT_A_TURN,
    )
    if swept == 0:
        await db.execute("UPDATE segments_run SET has_changes = FALSE WHERE id = :id", id=run_id)
    return swept


@db.unit_of_work
async def _take_off(tag_id: int) -> int:
    return await tags.sweep(tag_id, limit=SWEPT_A_TURN)
