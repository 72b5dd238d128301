"""What organizations are to each other, from a day to a day."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.organization_queries import RELATIONS, get_organization

TABLE = "directory_organization_relation"


@db.unit_of_work
async def relate(
    actor: Actor, *, id: UUID, from_id: int, to_id: int, kind: str, started_on: date, now: datetime
) -> Entered:
    """`from` supplies, stores at, buys from, is a consortium member of, or is the task force of `to`. Refused: twice at once."""
    actor.require(Capability.ORGANIZATION_EDIT)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    if kind not in RELATIONS:
        raise Refused(N_("Choose one of the list."), "kind")
    if from_id == to_id:
        raise Refused(N_("Choose another organization: nobody has a relation with itself."), "to_id")
    if started_on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "started_on")
    for organization_id in (from_id, to_id):
        if (await get_organization(actor, organization_id)).ended_on is not None:
            raise Refused(N_("It has ended already."), "to_id")
    open_already = await db.scalar(
        f"SELECT 1 FROM {TABLE} WHERE from_id = :from AND to_id = :to AND kind = :kind AND ended_on IS NULL",
        **{"from": from_id, "to": to_id, "kind": kind},
    )
    if open_already:
        raise Refused(N_("They have this relation already."), "kind")
    entered = await registry.enter(
        TABLE, id, from_id=from_id, to_id=to_id, kind=kind, started_on=started_on, created_at=now
    )
    if not entered.repeated:
        await trail.record(
            actor, "relation.entered", subject="organization", subject_id=from_id,
            facts={"to": to_id, "kind": kind, "on": started_on}, now=now,
        )  # fmt: skip
    return entered


@db.unit_of_work
async def end(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> int:
    """The relation is over; the organization it went out from."""
    actor.require(Capability.ORGANIZATION_EDIT)
    row = await db.returning(f"SELECT from_id, started_on, ended_on FROM {TABLE} WHERE id = :id", id=id)
    if row is None:
        raise Missing()
    started = date.fromisoformat(row[1])
    if row[2] is not None:
        raise Refused(N_("It has ended already."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    if on < started:
        raise Refused(N_("It began on %(started)s, after that."), "on", started=started)
    await registry.revise(TABLE, id, version, ended_on=on)
    await trail.record(
        actor,
        "relation.ended",
        subject="organization",
        subject_id=row[0],
        facts={"relation": id, "on": on},
        now=now,
    )
    return int(row[0])
