"""Households: entered with their head, perhaps their plots and membership, in one go; changed; ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import memberships, people, rules, terms
from pepperchain.directory.household_queries import HouseholdDetail, get_household
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.plots import admit as admit_plot
from pepperchain.directory.queries import AreaRow, get_area, may_choose_cooperative

TABLE = "directory_household"


@dataclass(frozen=True, slots=True)
class EnteredHousehold:
    """The household that a form made; `repeated` if it was made when the same form came before."""

    id: int
    card_number: str
    head_id: int
    repeated: bool


@db.unit_of_work
async def enter(
    actor: Actor,
    *,
    id: UUID,
    village_id: int,
    head: Particulars,
    group_number: int | None = None,
    address: str | None = None,
    note: str | None = None,
    cooperative_id: int | None = None,
    joined_on: date | None = None,
    plots: Sequence[Orchard] = (),
    confirmed: bool = False,
    now: datetime,
) -> EnteredHousehold:
    """A household with its head. A cooperative's own people always enter a member of theirs.

    Raises Suspected when the head seems to be entered already, unless `confirmed`.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return await as_entered(actor, existing, repeated=True)
    today = clock.local_day(now)
    if cooperative_id is None and not may_choose_cooperative(actor):
        cooperative_id = actor.organization_id
    village = await village_of(village_id)
    head = people.checked(head, today=today)
    if cooperative_id is not None:
        await memberships.check_cooperative(actor, cooperative_id)
    await people.suspect(actor, head, village_id, confirmed=confirmed)
    made = await registry.enter(
        TABLE,
        id,
        village_id=village.id,
        township_id=village.township_id,
        group_number=check_group(group_number),
        address=address,
        cooperative_id=cooperative_id,
        note=note,
        created_at=now,
    )
    if not made.repeated:
        await _furnish(actor, id, made.id, head, plots, now=now)
        if cooperative_id is not None:
            household = await get_household(actor, made.id)
            await memberships.admit(
                actor, uuid5(id, "membership"), household, cooperative_id, on=joined_on or today, now=now
            )
        entered = await as_entered(actor, made.id, repeated=False)
        await trail.record(
            actor, "household.entered", subject="household", subject_id=made.id, township_id=village.township_id,
            facts={"head": head.name, "village": village.name, "cooperative": cooperative_id, "plots": len(plots)},
            person_id=entered.head_id, now=now,
        )  # fmt: skip
        return entered
    return await as_entered(actor, made.id, repeated=True)


async def _furnish(
    actor: Actor,
    request_id: UUID,
    household_id: int,
    head: Particulars,
    plots: Sequence[Orchard],
    *,
    now: datetime,
) -> None:
    """Gives a new household its card, its head and its plots."""
    await db.execute(
        "UPDATE directory_household SET card_number = :card WHERE id = :id",
        card=rules.card_number(household_id),
        id=household_id,
    )
    household = await get_household(actor, household_id)
    person = await people.admit(uuid5(request_id, "head"), household, head, is_head=True, now=now)
    await db.execute(
        "UPDATE directory_household SET head_id = :head WHERE id = :id", head=person.id, id=household_id
    )
    for number, plot in enumerate(plots):
        try:
            await admit_plot(uuid5(request_id, f"plot {number}"), household, plot, now=now)
        except Refused as refused:
            # The household's form names its fields for the head; those of a plot begin with plot_.
            raise refused.at(f"plot_{refused.field}") from refused


async def as_entered(actor: Actor, id: int, *, repeated: bool) -> EnteredHousehold:
    """What a form is told that made it, or made it before."""
    household = await get_household(actor, id)
    return EnteredHousehold(id, household.card_number, household.head_id, repeated)


@db.unit_of_work
async def change(
    actor: Actor,
    *,
    id: int,
    version: int,
    village_id: int,
    group_number: int | None,
    address: str | None,
    note: str | None,
    contact_person_id: int | None,
    now: datetime,
) -> HouseholdDetail:
    """Where it is and whom to call; `heads` tells who heads it. Raises Conflict for an older `version`."""
    actor.require(Capability.DIRECTORY_EDIT)
    before = await get_household(actor, id)
    if before.ended_on is not None:
        raise Refused(N_("This household has ended."))
    village = await village_of(village_id)
    if contact_person_id is not None and not await _is_of(id, contact_person_id):
        raise Refused(N_("Choose somebody of this household."), "contact_person_id")
    columns = {
        "village_id": village.id,
        "township_id": village.township_id,
        "group_number": check_group(group_number),
        "address": address,
        "note": note,
        "contact_person_id": contact_person_id,
    }
    await registry.revise(TABLE, id, version, **columns)
    if village.township_id != before.township_id:
        await to_township(id, village.township_id)
    after = await get_household(actor, id)
    changed = {
        name: [getattr(before, name), value]
        for name, value in columns.items()
        if getattr(before, name) != value
    }
    await trail.record(
        actor,
        "household.changed",
        subject="household",
        subject_id=id,
        township_id=after.township_id,
        facts=changed,
        now=now,
    )
    return after


@db.unit_of_work
async def end(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> None:
    """A household that is no more: its membership and plots end with it, and searches no longer find it. Its slips stay."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, id)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    await conclude(household, version=version, on=on)
    await trail.record(
        actor,
        "household.ended",
        subject="household",
        subject_id=id,
        township_id=household.township_id,
        facts={"on": on},
        now=now,
    )


async def conclude(household: HouseholdDetail, *, version: int, on: date) -> None:
    """It has ended, and with it its membership and its plots; nobody of it is found. A building block."""
    await registry.revise(TABLE, household.id, version, ended_on=on, plots=0, area_centimu=0)
    if household.cooperative_id is not None:
        await memberships.end(household, on=on)
    await db.execute(
        "UPDATE directory_plot SET ended_on = :on, version = version + 1 WHERE household_id = :id AND ended_on IS NULL",
        on=on,
        id=household.id,
    )
    await terms.forget_household(household.id)


async def settle(id: int, village: AreaRow, *, group_number: int | None, address: str | None) -> None:
    """Where the household lives from now on, and everything that goes with it. A building block of moves."""
    await db.execute(
        "UPDATE directory_household SET village_id = :village, township_id = :township, group_number = :group, address = :address"
        " WHERE id = :id",
        village=village.id, township=village.township_id, group=group_number, address=address, id=id,
    )  # fmt: skip
    await to_township(id, village.township_id)


async def to_township(id: int, township_id: int) -> None:
    """Its people and papers are the township's; its plots lie where they lie. A building block."""
    for table in ("person", "membership", "proxy", "head_change", "card"):
        await db.execute(
            f"UPDATE directory_{table} SET township_id = :township WHERE household_id = :id",
            township=township_id,
            id=id,
        )
    await terms.move_to_township(id, township_id=township_id)


async def village_of(id: int) -> AreaRow:
    area = await get_area(id)
    if area.kind != "village":
        raise Refused(N_("Choose a village."), "village_id")
    return area


async def _is_of(household_id: int, person_id: int) -> bool:
    found = await db.scalar(
        "SELECT 1 FROM directory_person WHERE id = :id AND household_id = :household AND left_on IS NULL",
        id=person_id,
        household=household_id,
    )
    return found is not None


def check_group(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= 99:
        raise Refused(N_("Village groups are numbered from 1 to 99."), "group_number")
    return number
