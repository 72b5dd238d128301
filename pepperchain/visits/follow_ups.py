"""What is to be done after a visit: set, done, taken up again, handed over."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.visits.colleague_queries import colleague
from pepperchain.visits.queries import FollowUpRow, VisitRow, get_follow_up, get_visit
from pepperchain.visits.rules import check_ahead

TABLE = "visits_follow_up"
OF_A_VISIT_MAX = 20


@db.unit_of_work
async def set_one(
    actor: Actor,
    *,
    id: UUID,
    visit_id: int,
    what: str,
    due_on: date,
    owner_id: int | None = None,
    now: datetime,
) -> Entered:
    """One more thing to do after a visit, by a day and by somebody."""
    actor.require(Capability.VISIT_RECORD)
    visit = await get_visit(actor, visit_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    entered = await admit(actor, id, visit, what=what, due_on=due_on, owner_id=owner_id, now=now)
    await trail.record(
        actor, "follow_up.set", subject="follow_up", subject_id=entered.id, township_id=visit.township_id,
        facts={"visit": visit_id, "what": what, "due_on": due_on, "owner": owner_id or actor.user_id}, now=now,
    )  # fmt: skip
    return entered


async def admit(
    actor: Actor, id: UUID, visit: VisitRow, *, what: str, due_on: date, owner_id: int | None, now: datetime
) -> Entered:
    """The row. A building block: the verb that calls it leaves the audit row."""
    check_ahead(due_on, clock.local_day(now), "due_on")
    count = await db.scalar("SELECT COUNT(*) FROM visits_follow_up WHERE visit_id = :visit", visit=visit.id)
    if int(count) >= OF_A_VISIT_MAX:
        raise Refused(N_("At most %(most)s things can follow from one visit."), "what", most=OF_A_VISIT_MAX)
    owner = await colleague(
        actor, owner_id, township_id=visit.township_id, cooperative_id=visit.cooperative_id, field="owner_id"
    )
    return await registry.enter(
        TABLE, id, visit_id=visit.id, household_id=visit.household_id, organization_id=visit.organization_id,
        township_id=visit.township_id, cooperative_id=visit.cooperative_id, what=what, due_on=due_on, owner_id=owner.id or None,
        owner_name=owner.name, created_at=now,
    )  # fmt: skip


@db.unit_of_work
async def done(actor: Actor, *, id: int, now: datetime) -> FollowUpRow:
    """It is done, by whoever sees it; twice is once."""
    actor.require(Capability.VISIT_RECORD)
    row = await get_follow_up(actor, id)
    if row.done_at is None:
        await registry.revise(TABLE, id, row.version, done_at=now, done_name=actor.name)
        await _tell(actor, "follow_up.done", row, now=now)
    return row


@db.unit_of_work
async def reopen(actor: Actor, *, id: int, now: datetime) -> FollowUpRow:
    """It was not done after all; twice is once."""
    actor.require(Capability.VISIT_RECORD)
    row = await get_follow_up(actor, id)
    if row.done_at is not None:
        await registry.revise(TABLE, id, row.version, done_at=None, done_name=None)
        await _tell(actor, "follow_up.reopened", row, now=now)
    return row


@db.unit_of_work
async def hand_over(actor: Actor, *, id: int, version: int, owner_id: int, now: datetime) -> FollowUpRow:
    """Somebody else is to do it. Refused once it is done; the same owner again changes nothing."""
    actor.require(Capability.VISIT_RECORD)
    row = await get_follow_up(actor, id)
    if row.owner_id == owner_id:
        return row
    if row.done_at is not None:
        raise Refused(N_("This is done already."))
    owner = await colleague(
        actor, owner_id, township_id=row.township_id, cooperative_id=row.cooperative_id, field="owner_id"
    )
    await registry.revise(TABLE, id, version, owner_id=owner.id, owner_name=owner.name)
    await trail.record(
        actor, "follow_up.handed_over", subject="follow_up", subject_id=id, township_id=row.township_id,
        facts={"visit": row.visit_id, "owner": [row.owner_id, owner.id]}, now=now,
    )  # fmt: skip
    return row


async def _tell(actor: Actor, verb: str, row: FollowUpRow, *, now: datetime) -> None:
    facts = {"visit": row.visit_id, "what": row.what}
    await trail.record(
        actor, verb, subject="follow_up", subject_id=row.id, township_id=row.township_id, facts=facts, now=now
    )
