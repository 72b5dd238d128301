"""Who heads a household: handed over from a day on, and a wrong change taken back."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import people, tallies
from pepperchain.directory.head_queries import HeadChangeRow, head_changes_of, latest
from pepperchain.directory.household_queries import HouseholdDetail, PersonRow, get_household, people_of
from pepperchain.directory.relation_rules import HeadReason, check_past, check_said

TABLE = "directory_head_change"


@db.unit_of_work
async def hand_over(
    actor: Actor,
    *,
    id: UUID,
    household_id: int,
    version: int,
    person_id: int,
    on: date,
    reason: HeadReason,
    former_leaves: bool = False,
    now: datetime,
) -> Entered:
    """Somebody of the household heads it from that day on; the former head stays, or leaves with it. Who died always leaves.

    Refused: who is not of the household, a day to come, one before an earlier change. Conflict: an older `version`.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    check_past(on, clock.local_day(now))
    one = await _follower(actor, household, person_id, on)
    last = latest(await head_changes_of(actor, household_id))
    if last is not None and on <= date.fromisoformat(last.changed_on):
        raise Refused(
            N_("The head changed on %(on)s already. Choose a later day, or take that change back first."),
            "on",
            on=date.fromisoformat(last.changed_on),
        )
    leaves = former_leaves or reason is HeadReason.DEATH
    await registry.revise("directory_household", household_id, version, head_id=one.id)
    entered = await registry.enter(
        TABLE, id, household_id=household_id, township_id=household.township_id, former_id=household.head_id, head_id=one.id,
        changed_on=on, reason=reason, former_left=leaves, actor_name=actor.name, created_at=now,
    )  # fmt: skip
    await _head(household, one.id)
    if leaves:
        await people.part(household.head_id, household_id, on=on)
    await people.reindex(await get_household(actor, household_id))
    await trail.record(
        actor, "head.changed", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"head_id": [household.head_id, one.id], "on": on, "reason": reason, "left": leaves}, now=now,
    )  # fmt: skip
    return entered


async def _follower(actor: Actor, household: HouseholdDetail, person_id: int, on: date) -> PersonRow:
    one = next((each for each in await people_of(actor, household.id) if each.id == person_id), None)
    if one is None:
        raise Refused(N_("Choose somebody of this household."), "person_id")
    if one.id == household.head_id:
        raise Refused(N_("%(name)s heads the household already."), "person_id", name=one.name)
    if one.born_on is not None and on < date.fromisoformat(one.born_on):
        raise Refused(N_("%(name)s was not born yet on this day."), "on", name=one.name)
    return one


@db.unit_of_work
async def take_back(actor: Actor, *, household_id: int, id: int, reason: str, now: datetime) -> None:
    """A change of head that was wrong never was: the former head heads the household again, and is back if they left with it.

    Only the latest can be taken back. Twice is once. Missing: no such change of this household.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    said = check_said(reason)
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    changes = await head_changes_of(actor, household_id)
    change = next((each for each in changes if each.id == id), None)
    if change is None:
        raise Missing()
    if change.taken_back_at is not None:
        return
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    last = latest(changes)
    if last is None or last.id != id or household.head_id != change.head_id:
        raise Refused(N_("Only the latest change of head can be taken back."))
    await _return(actor, household, change)
    await db.execute(
        f"UPDATE {TABLE} SET taken_back_at = :now, taken_back_by = :by, taken_back_reason = :reason WHERE id = :id",
        now=now, by=actor.name, reason=said, id=id,
    )  # fmt: skip
    await registry.revise("directory_household", household_id, household.version, head_id=change.former_id)
    await _head(household, change.former_id)
    await tallies.recount(household_id)
    await people.reindex(await get_household(actor, household_id))
    await trail.record(
        actor, "head.taken_back", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"head_id": [change.head_id, change.former_id], "on": change.changed_on, "reason": said}, now=now,
    )  # fmt: skip


async def _return(actor: Actor, household: HouseholdDetail, change: HeadChangeRow) -> None:
    """The former head is of the household again, if it was this change that they left with."""
    everyone = {each.id: each for each in await people_of(actor, household.id, left=True)}
    former = everyone.get(change.former_id)
    if former is None or (former.left_on is not None and not change.former_left):
        raise Refused(N_("%(name)s is no longer of this household."), name=change.former)
    if former.left_on is not None:
        await registry.revise(people.TABLE, former.id, former.version, left_on=None)


async def _head(household: HouseholdDetail, person_id: int) -> None:
    """The mark on people; the index allows one at a time."""
    await db.execute(
        "UPDATE directory_person SET is_head = FALSE WHERE household_id = :id AND is_head", id=household.id
    )
    await db.execute("UPDATE directory_person SET is_head = TRUE WHERE id = :head", head=person_id)
