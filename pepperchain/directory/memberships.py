"""Households joining and leaving cooperatives, each from a day to a day."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import terms
from pepperchain.directory.household_queries import (
    HouseholdDetail,
    MembershipRow,
    get_household,
    memberships_of,
)
from pepperchain.directory.queries import may_choose_cooperative

TABLE = "directory_membership"


class Stretch(Protocol):
    """A membership's days, as the database keeps them."""

    @property
    def started_on(self) -> str: ...

    @property
    def ended_on(self) -> str | None: ...


@db.unit_of_work
async def join(
    actor: Actor, *, id: UUID, household_id: int, organization_id: int, on: date, now: datetime
) -> Entered:
    """A household becomes a member. Refused while it is a member elsewhere, or before an earlier membership ended."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    entered = await admit(actor, id, household, organization_id, on=on, now=now)
    if not entered.repeated:
        await trail.record(
            actor, "membership.joined", subject="household", subject_id=household_id, township_id=household.township_id,
            facts={"organization": organization_id, "on": on}, now=now,
        )  # fmt: skip
    return entered


async def admit(
    actor: Actor, id: UUID, household: HouseholdDetail, organization_id: int, *, on: date, now: datetime
) -> Entered:
    """The membership and everything that follows from it. A building block."""
    await check_cooperative(actor, organization_id)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    check_day(on, clock.local_day(now))
    await db.lock("directory_household", [household.id])
    last = await db.returning(
        "SELECT m.ended_on, o.short_name FROM directory_membership m JOIN directory_organization o ON o.id = m.organization_id"
        " WHERE m.household_id = :household ORDER BY m.ended_on IS NULL DESC, m.ended_on DESC LIMIT 1",
        household=household.id,
    )
    if last is not None and last[0] is None:
        raise Refused(N_("The household is a member of %(name)s. It has to leave there first."), name=last[1])
    if last is not None and on < date.fromisoformat(last[0]):
        ended = date.fromisoformat(last[0])
        raise Refused(
            N_("Its last membership ended on %(ended)s; the new one cannot begin before."), "on", ended=ended
        )
    entered = await registry.enter(
        TABLE,
        id,
        household_id=household.id,
        organization_id=organization_id,
        township_id=household.township_id,
        started_on=on,
        created_at=now,
    )
    if not entered.repeated:
        await move(household.id, household.township_id, organization_id)
    return entered


@db.unit_of_work
async def leave(actor: Actor, *, household_id: int, on: date, now: datetime) -> None:
    """The household's open membership ends; its cooperative no longer sees it."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    if household.cooperative_id is None:
        raise Refused(N_("This household is no member of a cooperative."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    await end(household, on=on)
    await trail.record(
        actor, "membership.left", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"organization": household.cooperative_id, "on": on}, now=now,
    )  # fmt: skip


@db.unit_of_work
async def correct(
    actor: Actor,
    *,
    household_id: int,
    id: int,
    version: int,
    started_on: date,
    ended_on: date | None,
    now: datetime,
) -> None:
    """The days of a membership as they really were. It stays open or ended; a cooperative's people correct their own only.

    Refused: days that cannot be, or that another membership of the household has already. Conflict: an older `version`.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    await db.lock("directory_household", [household_id])
    held = {each.id: each for each in await memberships_of(actor, household_id)}
    membership = held.pop(id, None)
    if membership is None:
        raise Missing()
    if not may_correct(actor, membership):
        raise NotYours()
    _check_days(membership, started_on, ended_on, clock.local_day(now))
    for other in held.values():
        if overlaps(other, started_on, ended_on):
            raise Refused(
                N_("In these days the household was a member of %(name)s."),
                "started_on",
                name=other.organization,
            )
    await registry.revise(TABLE, id, version, started_on=started_on, ended_on=ended_on)
    facts = {"organization": membership.organization_id, "started_on": [membership.started_on, started_on]}
    if ended_on is not None:
        facts["ended_on"] = [membership.ended_on, ended_on]
    await trail.record(
        actor, "membership.corrected", subject="household", subject_id=household_id, township_id=household.township_id,
        facts=facts, now=now,
    )  # fmt: skip


def may_correct(actor: Actor, membership: MembershipRow) -> bool:
    """Whether the membership is one that the actor answers for."""
    return may_choose_cooperative(actor) or membership.organization_id == actor.organization_id


def _check_days(membership: MembershipRow, started_on: date, ended_on: date | None, today: date) -> None:
    check_day(started_on, today)
    if membership.ended_on is None and ended_on is not None:
        raise Refused(N_("This membership is open. End it instead, then its last day is known."), "ended_on")
    if membership.ended_on is not None and ended_on is None:
        raise Refused(N_("This membership has ended: say on which day."), "ended_on")
    if ended_on is not None and ended_on > today:
        raise Refused(N_("This day is still to come."), "ended_on")
    if ended_on is not None and ended_on < started_on:
        raise Refused(N_("It cannot end before it began."), "ended_on")


def overlaps(other: Stretch, started_on: date, ended_on: date | None) -> bool:
    """Whether two memberships have more than a day of change in common."""
    other_start = date.fromisoformat(str(other.started_on))
    other_end = date.max if other.ended_on is None else date.fromisoformat(str(other.ended_on))
    return started_on < other_end and other_start < (ended_on or date.max)


async def end(household: HouseholdDetail, *, on: date) -> None:
    """Ends the open membership and what follows from it. A building block."""
    started = await db.scalar(
        "SELECT started_on FROM directory_membership WHERE household_id = :household AND ended_on IS NULL",
        household=household.id,
    )
    if started is None:
        raise Missing()
    if on < date.fromisoformat(started):
        raise Refused(
            N_("It became a member on %(started)s, after that."), "on", started=date.fromisoformat(started)
        )
    await db.execute(
        "UPDATE directory_membership SET ended_on = :on, version = version + 1 WHERE household_id = :household AND ended_on IS NULL",
        on=on,
        household=household.id,
    )
    await move(household.id, household.township_id, None)


async def reopen(household_id: int, township_id: int, id: int) -> None:
    """A membership that ended by mistake goes on. A building block: the household is in no other."""
    reopened = await db.returning(
        "UPDATE directory_membership SET ended_on = NULL, version = version + 1 WHERE id = :id RETURNING organization_id",
        id=id,
    )
    assert reopened is not None, "a membership that is not there"
    await move(household_id, township_id, int(reopened[0]))


def check_day(on: date, today: date) -> None:
    """Refused: nobody joins on a day that is still to come."""
    if on > today:
        raise Refused(N_("This day is still to come."), "on")


async def check_cooperative(actor: Actor, organization_id: int) -> None:
    """Refused unless it is a cooperative at work; a cooperative's own people admit to their own only."""
    if not may_choose_cooperative(actor) and organization_id != actor.organization_id:
        raise NotYours()
    kind = await db.scalar(
        "SELECT kind FROM directory_organization WHERE id = :id AND ended_on IS NULL", id=organization_id
    )
    if kind != "cooperative":
        raise Refused(N_("Households become members of cooperatives."), "cooperative_id")


async def move(household_id: int, township_id: int, cooperative_id: int | None) -> None:
    """The household, its people, plots, proxies and terms belong to the cooperative's scope from now on. A building block."""
    for table, key in (
        ("directory_household", "id"),
        ("directory_person", "household_id"),
        ("directory_plot", "household_id"),
        ("directory_proxy", "household_id"),
    ):
        await db.execute(
            f"UPDATE {table} SET cooperative_id = :cooperative WHERE {key} = :household",
            cooperative=cooperative_id,
            household=household_id,
        )
    await terms.move_household(household_id, township_id=township_id, cooperative_id=cooperative_id)
