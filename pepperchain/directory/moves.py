"""Households that move to another village: today, on a day that was, or on one to come, and back if it was wrong.

Slips keep the village they were weighed for and plots lie where they lie; only where the household lives is another.
"""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import households, memberships
from pepperchain.directory.household_queries import HouseholdDetail, get_household, memberships_of
from pepperchain.directory.move_queries import MoveRow, coming, due, latest, moves_of
from pepperchain.directory.queries import AreaRow
from pepperchain.directory.relation_rules import check_move, check_said

TABLE = "directory_move"
AT_ONCE = 200


@db.unit_of_work
async def move(
    actor: Actor,
    *,
    id: UUID,
    household_id: int,
    version: int,
    village_id: int,
    group_number: int | None = None,
    address: str | None = None,
    on: date,
    keeps_membership: bool = True,
    now: datetime,
) -> Entered:
    """It lives in another village from that day on; a day to come is waited for. Its membership goes on, or ends with it.

    Refused: the village where it lives, days that cannot be, one before an earlier move, while another is still to come.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    await db.lock("directory_household", [household_id])
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    household = await get_household(actor, household_id)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    village, today = await households.village_of(village_id), clock.local_day(now)
    check_move(on, today)
    _check(household, await moves_of(actor, household_id), village, on)
    waits = on > today
    entered = await registry.enter(
        TABLE, id, household_id=household_id, township_id=village.township_id, from_village_id=household.village_id,
        from_group=household.group_number, from_address=household.address, to_village_id=village.id,
        to_group=households.check_group(group_number), to_address=address, moved_on=on, keeps_membership=keeps_membership,
        state="due" if waits else "done", actor_name=actor.name, created_at=now,
    )  # fmt: skip
    await registry.revise("directory_household", household_id, version)
    if not waits:
        (made,) = [each for each in await moves_of(actor, household_id) if each.id == entered.id]
        await _settle(actor, household, made)
    await trail.record(
        actor, "household.move_planned" if waits else "household.moved", subject="household", subject_id=household_id,
        township_id=household.township_id if waits else village.township_id,
        facts={"village_id": [household.village_id, village.id], "on": on, "membership_kept": keeps_membership}, now=now,
    )  # fmt: skip
    return entered


def _check(household: HouseholdDetail, moves: list[MoveRow], village: AreaRow, on: date) -> None:
    if village.id == household.village_id:
        raise Refused(N_("The household lives in this village already."), "village_id")
    waiting, last = coming(moves), latest(moves)
    if waiting is not None:
        raise Refused(
            N_("A move on %(on)s is planned already. Call it off first."),
            "on",
            on=date.fromisoformat(waiting.moved_on),
        )
    if last is not None and on <= date.fromisoformat(last.moved_on):
        raise Refused(
            N_("It moved on %(on)s already. Choose a later day, or take that move back first."),
            "on",
            on=date.fromisoformat(last.moved_on),
        )


async def _settle(actor: Actor, household: HouseholdDetail, made: MoveRow) -> None:
    """The household is where the move brings it."""
    if not made.keeps_membership and household.cooperative_id is not None:
        (held,) = [each for each in await memberships_of(actor, household.id) if each.ended_on is None]
        await memberships.end(household, on=date.fromisoformat(made.moved_on))
        await db.execute(f"UPDATE {TABLE} SET membership_id = :held WHERE id = :id", held=held.id, id=made.id)
    village = await households.village_of(made.to_village_id)
    await households.settle(household.id, village, group_number=made.to_group, address=made.to_address)


async def carry_out_due(*, now: datetime) -> int:
    """Moves whose day has come, each once; how many were carried out."""
    done = 0
    while found := await due(clock.local_day(now), limit=AT_ONCE):
        for id, household_id in found:
            done += await _carry_out(SYSTEM, id=id, household_id=household_id, now=now)
    return done


@db.unit_of_work
async def _carry_out(actor: Actor, *, id: int, household_id: int, now: datetime) -> bool:
    """One of them. Called off by itself where the household ended meanwhile, or lives there already."""
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    planned = next((each for each in await moves_of(actor, household_id) if each.id == id), None)
    if planned is None or planned.state != "due":
        return False
    if household.ended_on is not None or household.village_id == planned.to_village_id:
        await db.execute(
            f"UPDATE {TABLE} SET state = 'called_off', ended_at = :now WHERE id = :id", now=now, id=id
        )
        return False
    await db.execute(
        f"UPDATE {TABLE} SET state = 'done', from_village_id = :village, from_group = :group, from_address = :address"
        " WHERE id = :id AND state = 'due'",
        village=household.village_id, group=household.group_number, address=household.address, id=id,
    )  # fmt: skip
    if not planned.keeps_membership and await _joined_since(actor, household_id, planned.moved_on):
        # Whoever admitted it after the day knew that it had moved.
        await db.execute(f"UPDATE {TABLE} SET keeps_membership = TRUE WHERE id = :id", id=id)
    (made,) = [each for each in await moves_of(actor, household_id) if each.id == id]
    await _settle(actor, household, made)
    await registry.revise("directory_household", household_id, household.version)
    await trail.record(
        actor, "household.moved", subject="household", subject_id=household_id,
        township_id=(await get_household(actor, household_id)).township_id, now=now,
        facts={
            "village_id": [made.from_village_id, made.to_village_id], "on": made.moved_on, "membership_kept": made.keeps_membership,
        },
    )  # fmt: skip
    return True


async def _joined_since(actor: Actor, household_id: int, day: str) -> bool:
    held = [each for each in await memberships_of(actor, household_id) if each.ended_on is None]
    return bool(held) and held[0].started_on > day


@db.unit_of_work
async def take_back(actor: Actor, *, household_id: int, id: int, reason: str, now: datetime) -> None:
    """A move to come is called off. One that was wrong never was: the household lives where it did, a member again if it ended that.

    Only the latest can be taken back. Twice is once. Missing: no such move of this household.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    said = check_said(reason)
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    moves = await moves_of(actor, household_id)
    made = next((each for each in moves if each.id == id), None)
    if made is None:
        raise Missing()
    if made.state in ("called_off", "taken_back"):
        return
    if made.state == "done":
        if made != latest(moves) or coming(moves) or household.village_id != made.to_village_id:
            raise Refused(
                N_("Only the latest move can be taken back, and none that is to come may follow it.")
            )
        await _return(household, made)
    await db.execute(
        f"UPDATE {TABLE} SET state = CASE state WHEN 'due' THEN 'called_off' ELSE 'taken_back' END, ended_at = :now,"
        " ended_reason = :reason WHERE id = :id",
        now=now, reason=said, id=id,
    )  # fmt: skip
    await registry.revise("directory_household", household_id, household.version)
    await trail.record(
        actor, "household.move_taken_back", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"village_id": [made.to_village_id, made.from_village_id], "on": made.moved_on, "reason": said}, now=now,
    )  # fmt: skip


async def _return(household: HouseholdDetail, made: MoveRow) -> None:
    village = await households.village_of(made.from_village_id)
    await households.settle(household.id, village, group_number=made.from_group, address=made.from_address)
    if made.membership_id is not None and household.cooperative_id is None:
        await memberships.reopen(household.id, village.township_id, made.membership_id)
