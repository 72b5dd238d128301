"""Runs: asked for, stopped, taken back. What takes long is only asked for here; a timer does it (`working`)."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Action, Repertoire, Values
from pepperchain.segments.finding_queries import check, preview, question
from pepperchain.segments.queries import RunRow, SegmentRow, counting, get_run, get_segment, is_at_work
from pepperchain.segments.rules import COUNT, State, bounds, criteria_of

AT_WORK = N_("Something is being done with these households already. Wait until it is over, or stop it.")


@dataclass(frozen=True, slots=True)
class Size:
    """How many households a segment has for the actor, as far as that is known, and whether it is all of them."""

    number: int
    is_exact: bool
    counted_at: int | None = None
    """When a job counted them; None for what was counted just now."""

    @property
    def asks(self) -> bool:
        """Whether so many are only dealt with after their number was typed."""
        return self.number > bounds().confirm_above


async def size(actor: Actor, repertoire: Repertoire, segment: SegmentRow, *, now: datetime) -> Size:
    """Counted now as far as a page may look; beyond that, what the actor's latest counting of this version found."""
    asked = await question(actor, repertoire, criteria_of(segment.criteria), today=clock.local_day(now))
    seen = await preview(asked)
    if seen.is_exact:
        return Size(seen.number, True)
    latest = await counting(actor, segment.id)
    if (
        latest is not None
        and latest.state is State.DONE
        and latest.segment_version == segment.version
        and latest.found >= seen.number
    ):
        return Size(latest.found, True, latest.finished_at)
    return Size(seen.number, False)


@db.unit_of_work
async def count(actor: Actor, *, id: UUID, segment_id: int, now: datetime) -> str:
    """Has a segment counted to its end; the id of the run. While one's counting of it is at work, that is it."""
    actor.require(Capability.SEGMENT_READ)
    segment = await get_segment(actor, segment_id)
    there = await _made_before(actor, id, segment, COUNT)
    if there:
        return str(id)
    latest = await counting(actor, segment_id)
    if latest is not None and latest.state.works:
        return latest.id
    await _enter(actor, id, segment, COUNT, None, now=now)
    await trail.record(
        actor,
        "segment.counted",
        subject="segment",
        subject_id=segment_id,
        facts={"name": segment.name},
        now=now,
    )
    return str(id)


@db.unit_of_work
async def begin(
    actor: Actor,
    repertoire: Repertoire,
    *,
    id: UUID,
    segment_id: int,
    action: str,
    values: Values,
    number: int | None = None,
    now: datetime,
) -> str:
    """Has something done with all households of a segment; the id of the run. With many of them `number` must be how many.

    Refused: a condition or a value that is gone, nobody to do it with, more than are sensible, or another number. Conflict: at work.
    """
    actor.require(Capability.SEGMENT_EDIT)
    chosen = repertoire.actions.get(action)
    if chosen is None or not actor.may(chosen.needs):
        raise Missing()
    segment = await get_segment(actor, segment_id)
    if await _made_before(actor, id, segment, action):
        return str(id)
    await check(actor, chosen.label, chosen.fields, values)
    there = await size(actor, repertoire, segment, now=now)
    _check_size(chosen, there, number)
    if await is_at_work(segment_id):
        raise Conflict(AT_WORK)
    await _enter(actor, id, segment, action, json.dumps(dict(values), ensure_ascii=False), now=now)
    await trail.record(
        actor, "run.begun", subject="run", subject_id=id,
        facts={"segment": segment.name, "action": action, "households": there.number}, now=now,
    )  # fmt: skip
    return str(id)


def _check_size(action: Action, there: Size, number: int | None) -> None:
    if there.number == 0:
        raise Refused(N_("Nobody is in this segment now."))
    if action.households_max is not None and there.number > action.households_max:
        raise Refused(
            N_(
                "These are more than the %(most)s that this can be done with at once. Narrow the segment first."
            ),
            most=action.households_max,
        )
    if not there.asks:
        return
    if not there.is_exact:
        raise Refused(
            N_("Have them counted exactly first: so many are only dealt with when their number is known.")
        )
    if number != there.number:
        raise Refused(
            N_("Type the number of households, %(number)s, to go on."), "number", number=there.number
        )


async def _made_before(actor: Actor, id: UUID, segment: SegmentRow, action: str) -> bool:
    """Whether the same form came before. Conflict: it asked for something else, or somebody else's did."""
    row = await db.returning("SELECT segment_id, action, user_id FROM segments_run WHERE id = :id", id=id)
    if row is None:
        return False
    if tuple(row) != (segment.id, action, actor.user_id):
        raise Conflict(N_("This form asked for something else before. Open a new form."))
    return True


async def _enter(
    actor: Actor, id: UUID, segment: SegmentRow, action: str, parameters: str | None, *, now: datetime
) -> None:
    if actor.user_id is None:
        raise NotYours()
    try:
        await db.insert(
            "segments_run", id=id, segment_id=segment.id, segment_version=segment.version, action=action, parameters=parameters,
            criteria=segment.criteria, organization_id=segment.organization_id, user_id=actor.user_id, user_name=actor.name,
            acting_id=actor.user_id, language=actor.language, state=State.WORKING, created_at=now,
        )  # fmt: skip
    except db.Violation:
        # Two at the same moment: the database lets one in.
        raise Conflict(AT_WORK) from None


@db.unit_of_work
async def stop(actor: Actor, *, id: UUID, now: datetime) -> RunRow:
    """Nothing more is done; what was done stays, and can be taken back. Once it is over there is nothing to stop."""
    actor.require(Capability.SEGMENT_EDIT)
    run = await get_run(actor, id)
    if run.state is not State.WORKING:
        return run
    await _move(run, State.STOPPED, finished_at=now)
    if run.action != COUNT:
        await trail.record(
            actor, "run.stopped", subject="run", subject_id=run.id,
            facts={"segment": run.segment, "action": run.action, "households": run.changed}, now=now,
        )  # fmt: skip
    return run


@db.unit_of_work
async def take_back(actor: Actor, repertoire: Repertoire, *, id: UUID, now: datetime) -> RunRow:
    """Has what a run did taken back, but for what was changed since. Twice is once. Refused: too long ago, or nothing was done."""
    actor.require(Capability.SEGMENT_EDIT)
    run = await get_run(actor, id)
    action = repertoire.actions.get(run.action)
    if action is None or not actor.may(action.needs):
        raise Missing()
    if run.state in (State.UNDOING, State.UNDONE):
        return run
    if run.state is State.WORKING:
        raise Conflict(N_("This is still at work. Stop it first."))
    if not can_be_undone(run, now=now):
        raise Refused(N_("There is nothing left that could be taken back."))
    if await is_at_work(run.segment_id):
        raise Conflict(AT_WORK)
    await _move(run, State.UNDOING, acting_id=actor.user_id, language=actor.language)
    await trail.record(
        actor, "run.taken_back", subject="run", subject_id=run.id,
        facts={"segment": run.segment, "action": run.action, "households": run.changed}, now=now,
    )  # fmt: skip
    return run


def can_be_undone(run: RunRow, *, now: datetime) -> bool:
    """Whether a run changed anything, and the journal of it is still kept."""
    if run.action == COUNT or run.changed == 0 or run.state not in (State.DONE, State.STOPPED):
        return False
    return run.finished_at is not None and from_ms(run.finished_at) > now - timedelta(days=bounds().undo_days)


async def _move(run: RunRow, to: State, **columns: object) -> None:
    """Into another state, if it is still in the one that was seen."""
    places = "".join(f", {column} = :{column}" for column in columns)
    if to is State.UNDOING:
        places += ", through_id = 0"
    moved = await db.execute(
        "UPDATE segments_run SET state = :to, worker = NULL, lease_until_at = NULL, attempts = 0, message = NULL,"
        f" facts = NULL{places} WHERE id = :id AND state = :seen",
        to=to,
        id=run.id,
        seen=run.state,
        **columns,
    )
    if moved == 0:
        raise Conflict(N_("Somebody else decided on this a moment ago. Look at it again."))
