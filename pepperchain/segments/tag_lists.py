"""Tags put on many households by a sheet, and exactly those taken off again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.words import N_
from pepperchain.segments import tag_queries, tags
from pepperchain.segments.finding_queries import still_theirs


@dataclass(frozen=True, slots=True)
class Naming:
    """One household, and the tags that it is to have."""

    household_id: int
    tag_ids: tuple[int, ...]


@db.unit_of_work
async def put_on(
    actor: Actor, rows: Sequence[Naming], *, list_id: UUID, now: datetime
) -> list[tuple[int, ...]]:
    """By row, the tags that it put on; those that were there stay as they are. `list_id` tells them apart from others' later.

    Refused: a tag was removed. Conflict: a household is no longer the actor's. Whoever brings the list tells the trail of it.
    """
    actor.require(Capability.SEGMENT_EDIT)
    wanted = sorted({row.household_id for row in rows})
    if await still_theirs(actor, wanted) != wanted:
        raise Conflict(
            N_("A household of this sheet has ended or is no longer among yours. Check the sheet again.")
        )
    fresh: set[tuple[int, int]] = set()
    for tag_id in sorted({tag_id for row in rows for tag_id in row.tag_ids}):
        tag = await tags.usable(actor, tag_id)
        ids = sorted({row.household_id for row in rows if tag_id in row.tag_ids})
        made = await tags.put_on_many(actor, tag.id, ids, run_id=list_id, now=now)
        fresh.update((id, tag_id) for id in made)
    done = []
    for row in rows:
        theirs = tuple(tag_id for tag_id in row.tag_ids if (row.household_id, tag_id) in fresh)
        fresh.difference_update((row.household_id, tag_id) for tag_id in theirs)
        done.append(theirs)
    return done


@db.unit_of_work
async def take_back(actor: Actor, rows: Sequence[Naming], *, list_id: UUID) -> int:
    """Takes off what a list put on; how many. What somebody took off and put on again since is theirs, and stays.

    Where a household became one with another, the tag is taken off that one.
    """
    actor.require(Capability.SEGMENT_EDIT)
    stays = await tag_queries.ones_that_stay([row.household_id for row in rows])
    count = 0
    for tag_id in sorted({tag_id for row in rows for tag_id in row.tag_ids}):
        await tag_queries.get_tag(actor, tag_id)
        ids = {row.household_id for row in rows if tag_id in row.tag_ids}
        gone: Mapping[int, object] = await tags.take_off_many(
            tag_id, sorted(ids | {stays[id] for id in ids if id in stays}), run_id=list_id
        )
        count += len(gone)
    return count
