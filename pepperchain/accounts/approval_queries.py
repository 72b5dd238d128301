"""Reads of what waits for a second person, and of what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts.models import Approval
from pepperchain.core import db

WAITING_MAX = 100
_COLUMNS = (
    "a.id, a.what, a.subject, a.subject_id, a.needs, a.payload, a.maker_id, m.name, a.made_at, a.state, a.checker_id, c.name,"
    " a.decided_at, a.reason"
)
_FROM = "accounts_approval a JOIN accounts_user m ON m.id = a.maker_id LEFT JOIN accounts_user c ON c.id = a.checker_id"


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """Something proposed. `payload` holds, by name, what was and what shall be."""

    id: int
    what: str
    subject: str
    subject_id: str
    needs: Capability
    payload: Mapping[str, Any]
    maker_id: int
    maker: str
    made_at: int
    state: str
    checker_id: int | None
    checker: str | None
    decided_at: int | None
    reason: str | None

    @property
    def changes(self) -> dict[str, Any]:
        """What of the payload differs."""
        return {name: pair for name, pair in self.payload.items() if pair[0] != pair[1]}


def _row(*columns: Any) -> ApprovalRow:
    values = list(columns)
    values[4], values[5] = Capability(values[4]), json.loads(values[5])
    return ApprovalRow(*values)


async def approvals(actor: Actor, *, is_waiting: bool, before: int | None, limit: int) -> list[ApprovalRow]:
    """What the actor may decide or has proposed, the newest first. `before` is the last row's id."""
    scope = Approval.visible_to(actor, "a")
    after = "" if before is None else " AND a.id < :before"
    state = "a.state = 'waiting'" if is_waiting else "a.state <> 'waiting'"
    return await db.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE {scope.sql} AND {state}{after}"
        " ORDER BY a.id DESC LIMIT :limit",
        limit=limit,
        **({} if before is None else {"before": before}),
        **scope.params,
    )


async def approval(actor: Actor, approval_id: int) -> ApprovalRow | None:
    """One of them, if the actor may know of it."""
    scope = Approval.visible_to(actor, "a")
    return await db.fetch_one(
        _row,
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE a.id = :id AND {scope.sql}",
        id=approval_id,
        **scope.params,
    )


async def waiting_for(actor: Actor) -> int:
    """How many wait for this person to decide; counted to a hundred."""
    needs = [each.value for each in Capability if actor.may(each)]
    return int(
        await db.scalar(
            "SELECT COUNT(*) FROM (SELECT 1 FROM accounts_approval a"
            " WHERE a.state = 'waiting' AND a.needs IN :needs AND a.maker_id <> :me LIMIT :most) waiting",
            needs=needs,
            me=actor.user_id or 0,
            most=WAITING_MAX,
        )
        or 0
    )


async def waits(what: str, subject_id: str) -> bool:
    """Whether a change of this kind waits for this subject."""
    found = await db.scalar(
        "SELECT 1 FROM accounts_approval WHERE what = :what AND subject_id = :id AND state = 'waiting'",
        what=what,
        id=subject_id,
    )
    return found is not None
