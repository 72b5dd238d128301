"""A second person: what one proposes takes effect when another approves it. The database itself refuses one person in both parts.

What can be approved, rooms hand in as an `Approvable`; its payload holds, by name, what was and what shall be.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approval_queries
from pepperchain.accounts.approval_queries import ApprovalRow
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_

Payload = Mapping[str, Sequence[Any]]


class Act(Protocol):
    """Carries out what was proposed, in the unit of work of the approval, and leaves the audit row. Conflict if it no longer fits."""

    async def __call__(
        self, actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Approvable:
    """A kind of change that wants two people: what it is called, who may approve it, how it is done, and as which act it is told."""

    what: str
    words: str
    subject: str
    needs: Capability
    verb: str
    act: Act


@db.unit_of_work
async def propose(
    actor: Actor,
    approvable: Approvable,
    *,
    request_id: UUID,
    subject_id: str,
    payload: Payload,
    now: datetime,
) -> int:
    """Waits for somebody else from now on; the id. The same request twice is one. Part of the verb that wants two people."""
    if actor.user_id is None:
        raise Missing()
    before = await db.scalar(
        "SELECT id FROM accounts_approval WHERE request_id = :request_id AND maker_id = :maker_id",
        request_id=request_id,
        maker_id=actor.user_id,
    )
    if before is not None:
        return int(before)
    made = await db.returning(
        "INSERT INTO accounts_approval (request_id, what, subject, subject_id, needs, payload, maker_id, made_at, state)"
        " VALUES (:request_id, :what, :subject, :subject_id, :needs, :payload, :maker_id, :now, 'waiting')"
        " ON CONFLICT DO NOTHING RETURNING id",
        request_id=request_id,
        what=approvable.what,
        subject=approvable.subject,
        subject_id=subject_id,
        needs=approvable.needs,
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        maker_id=actor.user_id,
        now=now,
    )
    if made is None:
        raise Refused(
            N_("A change of this kind waits for a second person already. That one is decided first.")
        )
    facts = {name: pair for name, pair in payload.items() if pair[0] != pair[1]}
    await trail.record(
        actor, "approval.proposed", subject=approvable.subject, subject_id=subject_id, facts=facts, now=now
    )
    return int(made[0])


@db.unit_of_work
async def approve(
    actor: Actor, *, approval_id: int, known: Mapping[str, Approvable], now: datetime
) -> ApprovalRow:
    """The second person agrees: what was proposed is done, and leaves its own audit row. Twice by the same person is once."""
    row = await _locked(actor, approval_id)
    if row.state == "approved" and row.checker_id == actor.user_id:
        return row
    _require_second(actor, row)
    if row.what not in known:
        raise Refused(N_("This version does not know how to do that any more. Decline it."))
    await known[row.what].act(
        actor, subject_id=row.subject_id, payload=row.payload, proposed_by=row.maker_id, now=now
    )
    await _decide(row, "approved", checker_id=actor.user_id, reason=None, now=now)
    return row


@db.unit_of_work
async def decline(actor: Actor, *, approval_id: int, reason: str, now: datetime) -> None:
    """The second person does not agree, and says why. Nothing changes."""
    row = await _locked(actor, approval_id)
    if row.state == "declined" and row.checker_id == actor.user_id:
        return
    _require_second(actor, row)
    await _decide(row, "declined", checker_id=actor.user_id, reason=reason, now=now)
    facts = {"reason": reason, "proposed_by": row.maker_id}
    await trail.record(
        actor, "approval.declined", subject=row.subject, subject_id=row.subject_id, facts=facts, now=now
    )


@db.unit_of_work
async def withdraw(actor: Actor, *, approval_id: int, now: datetime) -> None:
    """Whoever proposed it thinks better of it."""
    row = await _locked(actor, approval_id)
    if row.maker_id != actor.user_id:
        raise Refused(N_("Only whoever proposed it withdraws it. You can decline it."))
    if row.state == "withdrawn":
        return
    _require_waiting(row)
    await _decide(row, "withdrawn", checker_id=None, reason=None, now=now)
    await trail.record(actor, "approval.withdrawn", subject=row.subject, subject_id=row.subject_id, now=now)


async def _locked(actor: Actor, approval_id: int) -> ApprovalRow:
    await db.lock("accounts_approval", [approval_id])
    row = await approval_queries.approval(actor, approval_id)
    if row is None:
        raise Missing()
    return row


def _require_waiting(row: ApprovalRow) -> None:
    if row.state != "waiting":
        raise Conflict(N_("This was decided meanwhile. Reload to see how."))


def _require_second(actor: Actor, row: ApprovalRow) -> None:
    actor.require(row.needs)
    if row.maker_id == actor.user_id:
        raise Refused(N_("You proposed this, so somebody else decides on it."))
    _require_waiting(row)


async def _decide(
    row: ApprovalRow, state: str, *, checker_id: int | None, reason: str | None, now: datetime
) -> None:
    await db.execute(
        "UPDATE accounts_approval SET state = :state, checker_id = :checker_id, decided_at = :now, reason = :reason WHERE id = :id",
        state=state,
        checker_id=checker_id,
        now=now,
        reason=reason,
        id=row.id,
    )
