"""Who headed a household, and when that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.directory.models import Household


@dataclass(frozen=True, slots=True)
class HeadChangeRow:
    """Somebody else headed the household from a day on; taken back, they never did."""

    id: int
    household_id: int
    former_id: int
    former: str
    head_id: int
    head: str
    changed_on: str
    reason: str
    former_left: bool
    actor_name: str
    created_at: int
    taken_back_at: int | None
    taken_back_by: str | None
    taken_back_reason: str | None


def _change(*row: Any) -> HeadChangeRow:
    return HeadChangeRow(*(*row[:8], bool(row[8]), *row[9:]))


_CHANGE = (
    "SELECT c.id, c.household_id, c.former_id, f.name, c.head_id, p.name, c.changed_on, c.reason, c.former_left, c.actor_name,"
    " c.created_at, c.taken_back_at, c.taken_back_by, c.taken_back_reason FROM directory_head_change c"
    " JOIN directory_person f ON f.id = c.former_id JOIN directory_person p ON p.id = c.head_id"
    " JOIN directory_household h ON h.id = c.household_id"
)


async def head_changes_of(actor: Actor, household_id: int) -> list[HeadChangeRow]:
    """The changes of head of a household the actor sees, the latest first, those that were taken back among them."""
    scope = Household.visible_to(actor, "h")
    return await db.fetch(
        _change,
        f"{_CHANGE} WHERE c.household_id = :household AND {scope.sql} ORDER BY c.changed_on DESC, c.id DESC",
        household=household_id,
        **scope.params,
    )


async def head_changes_by_id(actor: Actor, ids: Sequence[int]) -> list[HeadChangeRow]:
    """The given changes, as far as the actor sees their households."""
    scope = Household.visible_to(actor, "h")
    return await db.fetch(
        _change, f"{_CHANGE} WHERE c.id IN :ids AND {scope.sql}", ids=list(ids), **scope.params
    )


def latest(changes: Sequence[HeadChangeRow]) -> HeadChangeRow | None:
    """The change that made the head of today; only it can be taken back."""
    return next((each for each in changes if each.taken_back_at is None), None)


def head_on(changes: Sequence[HeadChangeRow], head_id: int, day: date) -> int:
    """Who headed the household on that day: always one, and never two. `head_id` is who does now."""
    found = head_id
    for each in changes:
        if each.taken_back_at is None and day.isoformat() < each.changed_on:
            found = each.former_id
    return found
