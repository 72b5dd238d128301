"""Memberships as lists bring them: a past one is noted, and what a list did is taken back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import get_household, memberships_of
from pepperchain.directory.memberships import (
    TABLE,
    check_cooperative,
    check_day,
    move,
    overlaps,
)
from pepperchain.directory.queries import may_choose_cooperative


@db.unit_of_work
async def note_past(
    actor: Actor,
    *,
    id: UUID,
    household_id: int,
    organization_id: int,
    started_on: date,
    ended_on: date,
    now: datetime,
) -> Entered:
    """A household was a member from a day to a day. Refused: in these days it was a member elsewhere, or they cannot be."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    await check_cooperative(actor, organization_id)
    check_day(started_on, clock.local_day(now))
    check_day(ended_on, clock.local_day(now))
    if ended_on < started_on:
        raise Refused(N_("It cannot end before it began."), "ended_on")
    await db.lock("directory_household", [household_id])
    for other in await memberships_of(actor, household_id):
        if overlaps(other, started_on, ended_on):
            raise Refused(
                N_("In these days the household was a member of %(name)s."),
                "started_on",
                name=other.organization,
            )
    entered = await registry.enter(
        TABLE,
        id,
        household_id=household_id,
        organization_id=organization_id,
        township_id=household.township_id,
        started_on=started_on,
        ended_on=ended_on,
        created_at=now,
    )
    await trail.record(
        actor, "membership.noted", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"organization": organization_id, "started_on": started_on, "ended_on": ended_on}, now=now,
    )  # fmt: skip
    return entered


@db.unit_of_work
async def take_back(
    actor: Actor, *, made: Sequence[int], were: Mapping[int, Mapping[str, Any]], now: datetime
) -> None:
    """Memberships that a list made are gone, and those that it changed have their days again. A building block of an undo.

    A household that left one's own cooperative by the list is out of one's sight, and comes back by this.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    ids = [*made, *were]
    if not ids:
        return
    rows = await db.tuples(
        f"SELECT m.household_id, m.organization_id FROM {TABLE} m WHERE m.id IN :ids", ids=ids
    )
    if not may_choose_cooperative(actor) and any(row[1] != actor.organization_id for row in rows):
        raise NotYours()
    homes = sorted({row[0] for row in rows})
    await db.lock("directory_household", homes)
    if made:
        await db.execute_long(f"DELETE FROM {TABLE} WHERE id IN :ids", ids=list(made))
    for id, days in were.items():
        await db.execute(
            f"UPDATE {TABLE} SET started_on = :started, ended_on = :ended, version = version + 1 WHERE id = :id",
            started=days["started_on"],
            ended=days["ended_on"],
            id=id,
        )
    for home, township_id, cooperative_id, open_id in await db.tuples(
        f"SELECT h.id, h.township_id, h.cooperative_id, m.organization_id FROM directory_household h LEFT JOIN {TABLE} m"
        " ON m.household_id = h.id AND m.ended_on IS NULL WHERE h.id IN :homes",
        homes=homes,
    ):
        if cooperative_id != open_id:
            await move(home, township_id, open_id)
        await trail.record(
            actor, "membership.taken_back", subject="household", subject_id=home, township_id=township_id,
            facts={"sheet_undone": True}, now=now,
        )  # fmt: skip
