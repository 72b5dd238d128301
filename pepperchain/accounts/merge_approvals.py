"""Merges of households of two cooperatives: proposed by one, done when a second person approves. Others are done at once."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approvals
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.core import db
from pepperchain.core.words import N_
from pepperchain.directory import merges
from pepperchain.directory.merge_rules import Mover
from pepperchain.directory.merges import Decision

WHAT = "household.merge"
MOVER = Mover(words={"accounts_user": N_("Accounts"), "accounts_invitation": N_("Invitations")})


def approvable(movers: Sequence[Mover]) -> Approvable:
    """The kind of change, with the parts that rooms further up have in it."""

    async def act(
        actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime
    ) -> None:
        """Only if the two still are what they were when this was proposed."""
        request_id, decision = _opened(subject_id, payload)
        await merges.merge_approved(
            actor, id=request_id, decision=decision, proposed_by=proposed_by, movers=movers, now=now
        )

    return Approvable(
        what=WHAT,
        words=N_("Merging of two households"),
        subject="household",
        needs=Capability.DIRECTORY_MERGE,
        verb="household.merged",
        act=act,
    )


@db.unit_of_work
async def merge(
    actor: Actor,
    approvable: Approvable,
    *,
    id: UUID,
    decision: Decision,
    movers: Sequence[Mover],
    now: datetime,
) -> int | None:
    """The merge, if it is done; None if it waits for a second person."""
    actor.require(Capability.DIRECTORY_EDIT)
    if await _is_proposed(actor, id):
        return None
    made = await merges.made(actor, id)
    if made is not None:
        return made
    comparison = await merges.checked(actor, decision)
    if not comparison.needs_two:
        return (await merges.merge_households(actor, id=id, decision=decision, movers=movers, now=now)).id
    await approvals.propose(
        actor,
        approvable,
        request_id=id,
        subject_id=str(decision.survivor_id),
        payload=_payload(id, decision),
        now=now,
    )
    return None


async def _is_proposed(actor: Actor, id: UUID) -> bool:
    found = await db.scalar(
        "SELECT 1 FROM accounts_approval WHERE request_id = :id AND what = :what AND maker_id = :maker",
        id=id,
        what=WHAT,
        maker=actor.user_id or 0,
    )
    return found is not None


def _payload(id: UUID, decision: Decision) -> dict[str, list[Any]]:
    """What the second person reads, and, alike before and after so that it is not read, everything that was chosen."""
    details = json.dumps(
        {
            "id": str(id),
            "take": sorted(decision.take),
            "same": sorted(decision.same.items()),
            "seen": decision.seen,
        }
    )
    return {
        "household": [None, decision.loser_id],
        "reason": [None, decision.reason],
        "details": [details, details],
    }


def _opened(subject_id: str, payload: Payload) -> tuple[UUID, Decision]:
    details = json.loads(payload["details"][1])
    decision = Decision(
        survivor_id=int(subject_id),
        loser_id=int(payload["household"][1]),
        take=frozenset(details["take"]),
        same=dict(details["same"]),
        reason=payload["reason"][1],
        seen=details["seen"],
    )
    return UUID(details["id"]), decision
