"""People who go to another household, by marriage or separation: to one that is there, or to a new one of their own."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import households, memberships, people, rules, tallies
from pepperchain.directory.household_queries import (
    HouseholdDetail,
    PersonRow,
    get_household,
    get_person,
    memberships_of,
    people_of,
    plots_of,
)
from pepperchain.directory.relation_rules import LeavingReason, check_past

TABLE = "directory_person_move"


@db.unit_of_work
async def go(
    actor: Actor,
    *,
    id: UUID,
    person_id: int,
    version: int,
    household_id: int,
    on: date,
    reason: LeavingReason,
    now: datetime,
) -> Entered:
    """Somebody is of another household from that day on. What they brought and did before stays where it was.

    Refused: a head, who hands over first; a household that has ended or is full; a day to come. Conflict: an older `version`.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    person = await get_person(actor, person_id)
    await db.lock("directory_household", sorted({person.household_id, household_id}))
    home, target = await get_household(actor, person.household_id), await get_household(actor, household_id)
    check_past(on, clock.local_day(now))
    _check_goes(person, on)
    if target.id == home.id:
        raise Refused(N_("This person is of that household already."), "household")
    if target.ended_on is not None:
        raise Refused(N_("This household has ended."), "household")
    if target.people >= people.PEOPLE_MAX:
        raise Refused(N_("A household has at most %(most)s people."), "household", most=people.PEOPLE_MAX)
    entered = await _note(actor, id, person, home, target, on=on, reason=reason, now=now)
    await registry.revise(people.TABLE, person.id, version)
    await _put(target, [person.id])
    await _without(home.id, [person.id])
    await people.reindex(target)
    await trail.record(
        actor, "person.moved", subject="person", subject_id=person.id, township_id=target.township_id,
        facts={"left_household": home.id, "household": target.id, "on": on, "reason": reason}, now=now,
    )  # fmt: skip
    return entered


@db.unit_of_work
async def split(
    actor: Actor,
    *,
    id: UUID,
    household_id: int,
    version: int,
    head_id: int,
    person_ids: Collection[int] = (),
    plot_ids: Collection[int] = (),
    village_id: int,
    group_number: int | None = None,
    address: str | None = None,
    on: date,
    reason: LeavingReason = LeavingReason.SEPARATION,
    now: datetime,
) -> households.EnteredHousehold:
    """Some of a household make one of their own, with a head, a card and whatever plots go with them; a member where the old one is.

    Refused: the head of the old one, nobody left behind, a day to come. Conflict: an older `version`.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    await db.lock("directory_household", [household_id])
    existing = await registry.made(households.TABLE, id)
    if existing is not None:
        return await households.as_entered(actor, existing, repeated=True)
    home = await get_household(actor, household_id)
    if home.ended_on is not None:
        raise Refused(N_("This household has ended."))
    check_past(on, clock.local_day(now))
    going = await _going(actor, home, {head_id, *person_ids}, on)
    if not set(plot_ids) <= {plot.id for plot in await plots_of(actor, household_id)}:
        raise Refused(N_("This plot does not belong to the household."), "plot_ids")
    village = await households.village_of(village_id)
    made = await registry.enter(
        households.TABLE, id, village_id=village.id, township_id=village.township_id,
        group_number=households.check_group(group_number), address=address, cooperative_id=home.cooperative_id, created_at=now,
    )  # fmt: skip
    await db.execute(
        "UPDATE directory_household SET card_number = :card, head_id = :head WHERE id = :id",
        card=rules.card_number(made.id), head=head_id, id=made.id,
    )  # fmt: skip
    target = await get_household(actor, made.id)
    for person in going:
        await _note(
            actor, uuid5(id, f"person {person.id}"), person, home, target, on=on, reason=reason, now=now
        )
    await registry.revise(households.TABLE, household_id, version)
    await _put(target, [person.id for person in going])
    await db.execute("UPDATE directory_person SET is_head = TRUE WHERE id = :head", head=head_id)
    if plot_ids:
        await db.execute(
            "UPDATE directory_plot SET household_id = :target, version = version + 1 WHERE id IN :plots",
            target=target.id,
            plots=sorted(plot_ids),
        )
    if home.cooperative_id is not None:
        (held,) = [each for each in await memberships_of(actor, home.id) if each.ended_on is None]
        joined = max(on, date.fromisoformat(held.started_on))
        await memberships.admit(
            actor, uuid5(id, "membership"), target, home.cooperative_id, on=joined, now=now
        )
    await _without(home.id, [person.id for person in going])
    await tallies.recount(target.id)
    await people.reindex(await get_household(actor, target.id))
    await trail.record(
        actor, "household.split", subject="household", subject_id=home.id, township_id=home.township_id,
        facts={"new_household": target.id, "leaving": len(going), "plots": len(plot_ids), "on": on, "reason": reason}, now=now,
    )  # fmt: skip
    return await households.as_entered(actor, target.id, repeated=False)


async def _going(actor: Actor, home: HouseholdDetail, ids: Collection[int], on: date) -> list[PersonRow]:
    """Whoever leaves; the head of the household stays, so that it never is without one."""
    everyone = {each.id: each for each in await people_of(actor, home.id)}
    if not set(ids) <= set(everyone):
        raise Refused(N_("Choose somebody of this household."), "head_id")
    going = [everyone[each] for each in sorted(ids)]
    for person in going:
        _check_goes(person, on, "head_id")
    return going


def _check_goes(person: PersonRow, on: date, field: str | None = None) -> None:
    if person.left_on is not None:
        raise Refused(N_("This person has left already."), field)
    if person.is_head:
        raise Refused(N_("Choose another head for the household first, or end the household."), field)
    if person.born_on is not None and on < date.fromisoformat(person.born_on):
        raise Refused(N_("%(name)s was not born yet on this day."), "on", name=person.name)


async def _note(
    actor: Actor, id: UUID, person: PersonRow, home: HouseholdDetail, target: HouseholdDetail, *, on: date,
    reason: LeavingReason, now: datetime,
) -> Entered:  # fmt: skip
    return await registry.enter(
        TABLE, id, person_id=person.id, from_household_id=home.id, to_household_id=target.id, township_id=target.township_id,
        moved_on=on, reason=reason, actor_name=actor.name, created_at=now,
    )  # fmt: skip


async def _put(target: HouseholdDetail, ids: Collection[int]) -> None:
    """The people are the household's."""
    await db.execute(
        "UPDATE directory_person SET household_id = :target, township_id = :township, cooperative_id = :cooperative WHERE id IN :ids",
        target=target.id,
        township=target.township_id,
        cooperative=target.cooperative_id,
        ids=sorted(ids),
    )
    await tallies.recount(target.id)


async def _without(household_id: int, ids: Collection[int]) -> None:
    """The household that they left: it counts them no more, and calls none of them."""
    await db.execute(
        "UPDATE directory_household SET contact_person_id = NULL WHERE id = :household AND contact_person_id IN :ids",
        household=household_id,
        ids=sorted(ids),
    )
    await tallies.recount(household_id)
