"""Reading segments and runs in the actor's scope."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.directory.criterion_rules import Made
from pepperchain.segments.models import Run, Segment
from pepperchain.segments.rules import COUNT, State


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A saved search; `criteria` as they are kept (`rules.criteria_of`)."""

    id: int
    organization_id: int | None
    owner_id: int
    owner_name: str
    is_shared: bool
    name: str
    criteria: str
    created_at: int
    changed_at: int
    removed_at: int | None
    version: int


_SEGMENT = (
    "SELECT s.id, s.organization_id, s.owner_id, s.owner_name, s.is_shared, s.name, s.criteria, s.created_at, s.changed_at,"
    " s.removed_at, s.version FROM segments_segment s"
)


async def list_segments(actor: Actor, *, before: int | None = None, limit: int) -> list[SegmentRow]:
    """One's own and what colleagues share, the latest made first; `before` is the last id of the page before."""
    seen = Segment.visible_to(actor, "s") & Clause("s.removed_at IS NULL")
    if before is not None:
        seen &= Clause("s.id < :before", {"before": before})
    return await db.fetch(
        SegmentRow, f"{_SEGMENT} WHERE {seen.sql} ORDER BY s.id DESC LIMIT :limit", limit=limit, **seen.params
    )


async def get_segment(actor: Actor, id: int, *, removed: bool = False) -> SegmentRow:
    """One segment; one that was removed only if `removed`. Raises Missing for those that are somebody else's."""
    seen = Segment.visible_to(actor, "s")
    row = await db.fetch_one(
        SegmentRow,
        f"{_SEGMENT} WHERE s.id = :id AND {seen.sql} {'' if removed else 'AND s.removed_at IS NULL'}",
        id=id,
        **seen.params,
    )
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: what it is to do, how far it has come, and what became of it."""

    id: str
    segment_id: int
    segment: str
    segment_version: int
    action: str
    parameters: str | None
    criteria: str
    organization_id: int | None
    user_id: int
    user_name: str
    acting_id: int
    language: str
    state: State
    total: int | None
    looked: int
    found: int
    changed: int
    undone: int
    left: int
    through: int
    created_at: int
    finished_at: int | None
    undone_at: int | None
    message: str | None
    facts: Mapping[str, Any]
    attempts: int


def _run(*row: Any) -> RunRow:
    columns = list(row)
    columns[0], columns[_STATE] = str(columns[0]), State(columns[_STATE])
    columns[_FACTS] = json.loads(columns[_FACTS] or "{}")
    return RunRow(*columns)


_NAMES = tuple(each.name for each in fields(RunRow))
_STATE, _FACTS = _NAMES.index("state"), _NAMES.index("facts")
_RUN = (
    "SELECT r.id, r.segment_id, s.name, r.segment_version, r.action, r.parameters, r.criteria, r.organization_id, r.user_id, r.user_name,"
    " r.acting_id, r.language, r.state, r.total, r.looked, r.found, r.changed, r.undone, r.left_as_is, r.through_id, r.created_at,"
    " r.finished_at, r.undone_at, r.message, r.facts, r.attempts FROM segments_run r JOIN segments_segment s ON s.id = r.segment_id"
)


async def get_run(actor: Actor, id: UUID | str) -> RunRow:
    """One run. Raises Missing for those that the actor does not see."""
    seen = Run.visible_to(actor, "r")
    row = await db.fetch_one(_run, f"{_RUN} WHERE r.id = :id AND {seen.sql}", id=str(id), **seen.params)
    if row is None:
        raise Missing()
    return row


async def runs_of(actor: Actor, segment_id: int, *, limit: int) -> list[RunRow]:
    """What was done with a segment, the latest first; countings are not among it."""
    seen = Run.visible_to(actor, "r")
    return await db.fetch(
        _run,
        f"{_RUN} WHERE r.segment_id = :segment AND r.action <> :count AND {seen.sql} ORDER BY r.created_at DESC, r.id DESC LIMIT :limit",
        segment=segment_id,
        count=COUNT,
        limit=limit,
        **seen.params,
    )


async def counting(actor: Actor, segment_id: int) -> RunRow | None:
    """The actor's latest counting of a segment."""
    return await db.fetch_one(
        _run,
        f"{_RUN} WHERE r.segment_id = :segment AND r.user_id = :me AND r.action = 'count' ORDER BY r.created_at DESC LIMIT 1",
        segment=segment_id,
        me=actor.user_id or 0,
    )


async def is_at_work(segment_id: int) -> bool:
    """Whether something is being done, or undone, with all households of a segment."""
    found = await db.scalar(
        "SELECT 1 FROM segments_run r WHERE r.segment_id = :segment AND r.action <> 'count' AND r.state IN ('working', 'undoing')",
        segment=segment_id,
    )
    return found is not None


async def due(*, now: datetime, limit: int) -> list[str]:
    """Runs that nobody works on, the oldest first."""
    rows = await db.tuples(
        "SELECT r.id FROM segments_run r WHERE r.state IN ('working', 'undoing')"
        " AND (r.lease_until_at IS NULL OR r.lease_until_at < :now) ORDER BY r.created_at, r.id LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [str(id) for (id,) in rows]


async def at_work(id: str) -> RunRow | None:
    """A run for whoever works on it."""
    return await db.fetch_one(_run, f"{_RUN} WHERE r.id = :id", id=id)


async def changes(run_id: str, *, above: int, limit: int) -> list[Made]:
    """What a run did and was not taken back yet, household by household."""
    rows = await db.tuples(
        "SELECT c.household_id, c.thing, c.before FROM segments_change c WHERE c.run_id = :run AND c.household_id > :above"
        " AND c.outcome IS NULL"
        " ORDER BY c.household_id LIMIT :limit",
        run=run_id,
        above=above,
        limit=limit,
    )
    return [Made(int(home), thing, json.loads(before) if before else None) for home, thing, before in rows]


async def stale(*, before: datetime, limit: int) -> list[str]:
    """Runs whose changes are kept no longer, since they can no longer be undone."""
    rows = await db.tuples(
        "SELECT r.id FROM segments_run r WHERE r.has_changes AND r.action <> 'count' AND r.finished_at < :before"
        " AND r.state NOT IN ('working', 'undoing') ORDER BY r.finished_at LIMIT :limit",
        before=before,
        limit=limit,
    )
    return [str(id) for (id,) in rows]


async def stale_tags(*, before: datetime, limit: int) -> list[int]:
    """Tags that were removed too long ago to be brought back, and are on households still."""
    rows = await db.tuples(
        "SELECT t.id FROM segments_tag t WHERE t.removed_at < :before"
        " AND EXISTS (SELECT 1 FROM segments_tagging g WHERE g.tag_id = t.id) ORDER BY t.removed_at LIMIT :limit",
        before=before,
        limit=limit,
    )
    return [int(id) for (id,) in rows]
