"""Tagging all households of a segment, and taking exactly that back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Action, Field, FieldKind, Made, Values
from pepperchain.segments import tags
from pepperchain.segments.finding_queries import still_theirs
from pepperchain.segments.tag_queries import options


async def _put_on(
    actor: Actor, ids: Sequence[int], values: Values, run_id: UUID, now: datetime
) -> list[Made]:
    tag = await tags.usable(actor, int(values["tag"]))
    return [Made(id) for id in await tags.put_on_many(actor, tag.id, ids, run_id=run_id, now=now)]


async def _undo_put_on(
    _actor: Actor, made: Sequence[Made], values: Values, run_id: UUID, _now: datetime
) -> set[int]:
    """A tag that somebody took off and put on again since is theirs, and stays."""
    ids = [each.household_id for each in made]
    gone = await tags.take_off_many(int(values["tag"]), ids, run_id=run_id)
    return set(ids) - gone.keys()


async def _take_off(
    actor: Actor, ids: Sequence[int], values: Values, _run_id: UUID, _now: datetime
) -> list[Made]:
    tag = await tags.usable(actor, int(values["tag"]))
    gone = await tags.take_off_many(tag.id, await still_theirs(actor, ids))
    return [Made(id, before=before) for id, before in sorted(gone.items())]


async def _undo_take_off(
    actor: Actor, made: Sequence[Made], values: Values, _run_id: UUID, _now: datetime
) -> set[int]:
    tag = await tags.usable(actor, int(values["tag"]))
    return await tags.restore_many(tag.id, [each.before for each in made if each.before is not None])


_TAG = (Field("tag", FieldKind.PICK, N_("Tag"), options),)
ACTIONS = (
    Action(
        "tag", N_("Tag them"), N_("Tag with %(tag)s"), Capability.SEGMENT_EDIT, _put_on, _undo_put_on, _TAG, "plus"
    ),
    Action(
        "untag", N_("Take a tag off"), N_("Take off %(tag)s"), Capability.SEGMENT_EDIT, _take_off, _undo_take_off, _TAG, "minus"
    ),
)  # fmt: skip
