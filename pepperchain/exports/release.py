"""A second person for files that tell of many people: made, then held until an administrator who did not ask for it agrees."""

from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approvals
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.words import N_
from pepperchain.exports.queries import ExportRow, at_work
from pepperchain.exports.rules import State


async def propose(actor: Actor, export: ExportRow, *, rows: int, people: int, now: datetime) -> None:
    """Asks for a second person, in the unit of work that keeps the file. What they are told is all that decides."""
    payload: Payload = {
        "kind": [None, export.kind],
        "choices": [None, export.choices or None],
        "rows": [None, rows],
        "people": [None, people],
        "reason": [None, export.reason],
    }
    await approvals.propose(
        actor,
        RELEASE,
        request_id=uuid5(UUID(export.id), "release"),
        subject_id=export.id,
        payload=payload,
        now=now,
    )


async def _release(
    actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime
) -> None:
    export = await at_work(subject_id)
    if export is None or export.state is not State.HELD:
        raise Conflict(N_("This file was removed meanwhile. Decline it."))
    await db.execute(
        "UPDATE exports_export SET state = 'ready' WHERE id = :id AND state = 'held'", id=export.id
    )
    await trail.record(
        actor, "export.released", subject="export", subject_id=export.id, now=now,
        facts={**{name: pair[1] for name, pair in payload.items()}, "proposed_by": proposed_by},
    )  # fmt: skip


RELEASE = Approvable(
    what="export.release",
    words=N_("A file that tells of many people"),
    subject="export",
    needs=Capability.ACCOUNT_ADMINISTER,
    verb="export.released",
    act=_release,
)
