"""Tags: made, named anew, removed and brought back, put on a household and taken off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db, registry
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.models import Household
from pepperchain.segments.models import organization_of
from pepperchain.segments.rules import Colour, bounds
from pepperchain.segments.tag_queries import TagRow, get_tag, tags

TABLE = "segments_tag"
REMOVED = N_("This tag was removed. Choose another, or bring it back.")


@db.unit_of_work
async def make(actor: Actor, *, id: UUID, name: str, colour: Colour = Colour.NONE, now: datetime) -> Entered:
    """A new tag of the actor's organization. Refused: one of that name is there, or there are many already."""
    actor.require(Capability.SEGMENT_EDIT)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        await get_tag(actor, existing)
        return Entered(existing, True)
    ours = await tags(actor)
    _check_name(ours, name)
    if len(ours) >= bounds().tags_max:
        raise Refused(N_("There are %(most)s tags already. Remove one first."), most=bounds().tags_max)
    entered = await registry.enter(
        TABLE, id, organization_id=organization_of(actor), name=name, colour=colour, user_id=actor.user_id,
        user_name=actor.name, created_at=now,
    )  # fmt: skip
    await trail.record(
        actor, "tag.made", subject="tag", subject_id=entered.id, facts={"name": name, "colour": colour or None}, now=now
    )  # fmt: skip
    return entered


def _check_name(ours: Sequence[TagRow], name: str, *, but: int | None = None) -> None:
    if any(tag.name == name and tag.id != but for tag in ours):
        raise Refused(N_("There is a tag of this name already."), "name")


@db.unit_of_work
async def change(
    actor: Actor, *, id: int, version: int, name: str, colour: Colour = Colour.NONE, now: datetime
) -> None:
    """Another name or colour."""
    actor.require(Capability.SEGMENT_EDIT)
    tag = await get_tag(actor, id)
    if tag.removed_at is not None:
        raise Refused(REMOVED)
    _check_name(await tags(actor), name, but=id)
    await registry.revise(TABLE, id, version, name=name, colour=colour)
    await trail.record(
        actor, "tag.changed", subject="tag", subject_id=id, facts={"name": [tag.name, name]}, now=now
    )


@db.unit_of_work
async def remove(actor: Actor, *, id: int, now: datetime) -> None:
    """No household shows it any more; it can be brought back with all its households. Twice is once."""
    actor.require(Capability.SEGMENT_EDIT)
    tag = await get_tag(actor, id)
    if tag.removed_at is not None:
        return
    await registry.revise(TABLE, id, tag.version, removed_at=now)
    await trail.record(actor, "tag.removed", subject="tag", subject_id=id, facts={"name": tag.name}, now=now)


@db.unit_of_work
async def bring_back(actor: Actor, *, id: int, now: datetime) -> None:
    """A removed tag on all its households again. Refused: another has its name now, or it was removed too long ago."""
    actor.require(Capability.SEGMENT_EDIT)
    tag = await get_tag(actor, id)
    if tag.removed_at is None:
        return
    if from_ms(tag.removed_at) < now - timedelta(days=bounds().undo_days):
        raise Refused(
            N_("This was removed more than %(days)s days ago and can no longer be brought back."),
            days=bounds().undo_days,
        )
    _check_name(await tags(actor), tag.name)
    await registry.revise(TABLE, id, tag.version, removed_at=None)
    await trail.record(
        actor, "tag.brought_back", subject="tag", subject_id=id, facts={"name": tag.name}, now=now
    )


@db.unit_of_work
async def put_on(actor: Actor, *, household_id: int, tag_id: int, now: datetime) -> bool:
    """A tag on a household; False if it was on it before."""
    actor.require(Capability.SEGMENT_EDIT)
    household = await get_household(actor, household_id)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended; it takes no more tags."))
    await usable(actor, tag_id)
    new = await put_on_many(actor, tag_id, [household_id], run_id=None, now=now)
    if new:
        await trail.record(
            actor, "tag.put_on", subject="tag", subject_id=tag_id, township_id=household.township_id,
            facts={"household": household_id}, now=now,
        )  # fmt: skip
    return bool(new)


@db.unit_of_work
async def take_off(actor: Actor, *, household_id: int, tag_id: int, now: datetime) -> bool:
    """A tag off a household; False if it was not on it."""
    actor.require(Capability.SEGMENT_EDIT)
    household = await get_household(actor, household_id)
    await get_tag(actor, tag_id)
    gone = await take_off_many(tag_id, [household_id])
    if gone:
        await trail.record(
            actor, "tag.taken_off", subject="tag", subject_id=tag_id, township_id=household.township_id,
            facts={"household": household_id}, now=now,
        )  # fmt: skip
    return bool(gone)


async def usable(actor: Actor, tag_id: int) -> TagRow:
    """A tag that can be put on. Refused: it was removed. On PostgreSQL its removal waits for the end of the unit."""
    await db.lock(TABLE, [tag_id])
    tag = await get_tag(actor, tag_id)
    if tag.removed_at is not None:
        raise Refused(REMOVED, "tag")
    return tag


async def put_on_many(
    actor: Actor, tag_id: int, household_ids: Sequence[int], *, run_id: UUID | None, now: datetime
) -> list[int]:
    """Puts a tag on those of some households that the actor sees now and that lack it; which. A building block."""
    scope = Household.visible_to(actor, "h")
    rows = await db.tuples(
        "INSERT INTO segments_tagging (tag_id, household_id, township_id, organization_id, user_id, user_name, at, run_id)"
        " SELECT CAST(:tag AS BIGINT), h.id, h.township_id, CAST(:organization AS BIGINT), CAST(:user AS BIGINT),"
        " CAST(:name AS VARCHAR(80)), CAST(:now AS BIGINT),"
        f" CAST(:run AS {_UUID[db.dialect()]}) FROM directory_household h WHERE h.id IN :ids AND h.ended_on IS NULL AND {scope.sql}"
        " ON CONFLICT (tag_id, household_id) DO NOTHING RETURNING household_id",
        tag=tag_id,
        organization=organization_of(actor),
        user=actor.user_id,
        name=actor.name,
        now=now,
        run=run_id,
        ids=list(household_ids),
        **scope.params,
    )
    return sorted(int(id) for (id,) in rows)


_UUID = {"sqlite": "TEXT", "postgres": "UUID"}
_COLUMNS = ("household_id", "township_id", "organization_id", "user_id", "user_name", "at", "run_id")


async def take_off_many(
    tag_id: int, household_ids: Sequence[int], *, run_id: UUID | None = None
) -> dict[int, Mapping[str, Any]]:
    """Takes a tag off some households, or only what a run put there; what stood there, by household. A building block."""
    rows = await db.tuples(
        f"DELETE FROM segments_tagging WHERE tag_id = :tag AND household_id IN :ids {'AND run_id = :run' if run_id else ''}"
        f" RETURNING {', '.join(_COLUMNS)}",
        tag=tag_id,
        ids=list(household_ids),
        **({"run": run_id} if run_id else {}),
    )
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return {
        int(row["household_id"]): {**row, "run_id": row["run_id"] and str(row["run_id"])} for row in found
    }


async def restore_many(tag_id: int, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Puts back what was taken off, as it was; the households that have the tag again by somebody else's hand. A building block."""
    already: set[int] = set()
    for row in rows:
        back = await db.returning(
            "INSERT INTO segments_tagging (tag_id, household_id, township_id, organization_id, user_id, user_name, at, run_id)"
            " VALUES (:tag, :household_id, :township_id, :organization_id, :user_id, :user_name, :at, :run_id)"
            " ON CONFLICT (tag_id, household_id) DO NOTHING RETURNING household_id",
            tag=tag_id,
            **row,
        )
        if back is None:
            already.add(int(row["household_id"]))
    return already


async def sweep(tag_id: int, *, limit: int) -> int:
    """Takes a tag that was removed long ago off some of its households; how many. A building block."""
    return await db.execute(
        "DELETE FROM segments_tagging WHERE tag_id = :tag AND household_id IN"
        " (SELECT household_id FROM segments_tagging WHERE tag_id = :tag ORDER BY household_id LIMIT :limit)",
        tag=tag_id,
        limit=limit,
    )
