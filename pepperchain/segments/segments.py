"""Segments: kept, changed, removed and brought back; and their households, for whoever writes to them."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Repertoire
from pepperchain.segments.finding_queries import AUDIENCE_CHUNK, households, question
from pepperchain.segments.models import organization_of
from pepperchain.segments.queries import SegmentRow, get_segment, is_at_work
from pepperchain.segments.rules import Criteria, bounds, criteria_of

TABLE = "segments_segment"
OTHERS = N_("This segment is %(name)s's. Keep a copy of your own to change it.")


@db.unit_of_work
async def make(
    actor: Actor,
    repertoire: Repertoire,
    *,
    id: UUID,
    name: str,
    criteria: Criteria,
    is_shared: bool = False,
    now: datetime,
) -> Entered:
    """A new segment of the actor's. Refused: a condition that cannot be asked."""
    actor.require(Capability.SEGMENT_EDIT)
    if actor.user_id is None:
        raise NotYours()
    existing = await registry.made(TABLE, id)
    if existing is not None:
        await get_segment(actor, existing, removed=True)
        return Entered(existing, True)
    await question(actor, repertoire, criteria.checked(), today=clock.local_day(now))
    await _room_for_more(actor)
    entered = await registry.enter(
        TABLE, id, organization_id=organization_of(actor), owner_id=actor.user_id, owner_name=actor.name,
        is_shared=is_shared, name=name, criteria=criteria.checked().kept(), created_at=now, changed_at=now,
    )  # fmt: skip
    await trail.record(
        actor, "segment.made", subject="segment", subject_id=entered.id, facts={"name": name, "shared": is_shared}, now=now
    )  # fmt: skip
    return entered


async def _room_for_more(actor: Actor) -> None:
    most = bounds().segments_max
    kept = await db.scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM segments_segment s WHERE s.owner_id = :me AND s.removed_at IS NULL LIMIT :most) kept",
        me=actor.user_id,
        most=most,
    )
    if int(kept) >= most:
        raise Refused(N_("You keep %(most)s segments already. Remove one first."), most=most)


@db.unit_of_work
async def change(
    actor: Actor,
    repertoire: Repertoire,
    *,
    id: int,
    version: int,
    name: str,
    criteria: Criteria,
    is_shared: bool = False,
    now: datetime,
) -> None:
    """Other conditions or another name. What is being done with its households goes on as it was asked for."""
    actor.require(Capability.SEGMENT_EDIT)
    segment = await _own(actor, id)
    await question(actor, repertoire, criteria.checked(), today=clock.local_day(now))
    await registry.revise(
        TABLE, id, version, name=name, criteria=criteria.checked().kept(), is_shared=is_shared, changed_at=now
    )
    await trail.record(
        actor, "segment.changed", subject="segment", subject_id=id,
        facts={"name": [segment.name, name], "shared": [bool(segment.is_shared), is_shared]}, now=now,
    )  # fmt: skip


async def _own(actor: Actor, id: int, *, removed: bool = False) -> SegmentRow:
    segment = await get_segment(actor, id, removed=removed)
    if segment.owner_id != actor.user_id:
        raise NotYours(OTHERS, name=segment.owner_name)
    return segment


@db.unit_of_work
async def remove(actor: Actor, *, id: int, now: datetime) -> None:
    """Not listed any more; it can be brought back. Twice is once. Refused while something is done with its households."""
    actor.require(Capability.SEGMENT_EDIT)
    segment = await _own(actor, id, removed=True)
    if segment.removed_at is not None:
        return
    if await is_at_work(id):
        raise Refused(N_("Something is being done with these households. Wait until it is over, or stop it."))
    await registry.revise(TABLE, id, segment.version, removed_at=now)
    await trail.record(
        actor, "segment.removed", subject="segment", subject_id=id, facts={"name": segment.name}, now=now
    )


@db.unit_of_work
async def bring_back(actor: Actor, *, id: int, now: datetime) -> None:
    """A removed segment as it was. Refused: it was removed too long ago."""
    actor.require(Capability.SEGMENT_EDIT)
    segment = await _own(actor, id, removed=True)
    if segment.removed_at is None:
        return
    if from_ms(segment.removed_at) < now - timedelta(days=bounds().undo_days):
        raise Refused(
            N_("This was removed more than %(days)s days ago and can no longer be brought back."),
            days=bounds().undo_days,
        )
    await registry.revise(TABLE, id, segment.version, removed_at=None)
    await trail.record(
        actor, "segment.brought_back", subject="segment", subject_id=id, facts={"name": segment.name}, now=now
    )


async def audience(
    actor: Actor, repertoire: Repertoire, *, segment_id: int, now: datetime, chunk: int = AUDIENCE_CHUNK
) -> AsyncIterator[list[int]]:
    """The households of a segment that the actor sees, some at a time, in the order of their ids, each once.

    Missing: a segment that is not the actor's. Refused: a condition that can no longer be asked; nobody is reached by mistake.
    """
    assert chunk > 0, "a chunk of nobody"
    segment = await get_segment(actor, segment_id)
    async for ids in households(actor, repertoire, criteria_of(segment.criteria), now=now, chunk=chunk):
        yield ids
