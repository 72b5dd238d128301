"""People who ask to be forgotten: said by themselves or for them, looked into, approved by a second person, and done."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approvals
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.audit import keys, trail
from pepperchain.audit.keys import Owner
from pepperchain.consents import erasing
from pepperchain.consents.consents import own_person_id
from pepperchain.consents.erasure_queries import (
    ErasureRow,
    asked_before,
    get_erasure,
    in_the_way,
    latest_of,
    subject_of,
)
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import Erasing
from pepperchain.directory.household_queries import get_person

WHAT = "person.erase"


@db.unit_of_work
async def ask(actor: Actor, *, id: UUID, person_id: int, words: str | None, now: datetime) -> Entered:
    """Somebody wants to be forgotten: for themselves, or noted by those who keep their records. The same form twice is one."""
    person = await get_person(actor, person_id)
    if actor.may(Capability.CONSENT_OWN):
        if person.id != await own_person_id(actor):
            raise NotYours()
    else:
        actor.require(Capability.CONSENT_RECORD)
    before = await asked_before(id)
    if before is not None:
        if before[1:] != (person_id, actor.user_id):
            raise Conflict(N_("This form was used already. Open it again."))
        return Entered(before[0], True)
    await db.lock("directory_person", [person_id])
    latest = await latest_of(actor, person_id)
    if latest is not None and latest.state == "asked":
        return Entered(latest.id, True)
    made = await erasing.begun(actor, id, person_id, words=words, now=now)
    await trail.record(
        actor,
        "erasure.asked",
        subject="person",
        subject_id=person_id,
        township_id=person.township_id,
        now=now,
    )
    return Entered(made, False)


@db.unit_of_work
async def withdraw(actor: Actor, *, id: int, now: datetime) -> ErasureRow:
    """The person thinks better of it. Twice is once."""
    actor.require(Capability.CONSENT_OWN)
    row = await _locked(actor, id)
    if row.person_id != await own_person_id(actor):
        raise NotYours()
    if row.state == "withdrawn":
        return row
    _require_open(row)
    await _decide(actor, row, "withdrawn", answer=None, now=now)
    await trail.record(actor, "erasure.withdrawn", subject="person", subject_id=row.person_id, now=now)
    return row


@db.unit_of_work
async def decline(actor: Actor, *, id: int, answer: str, now: datetime) -> ErasureRow:
    """It is not done, and the person reads why. Twice is once."""
    actor.require(Capability.DIRECTORY_EDIT)
    row = await _locked(actor, id)
    if row.state == "declined":
        return row
    _require_open(row)
    await _decide(actor, row, "declined", answer=answer, now=now)
    await trail.record(
        actor,
        "erasure.declined",
        subject="person",
        subject_id=row.person_id,
        facts={"reason": answer},
        now=now,
    )
    return row


@db.unit_of_work
async def propose(
    actor: Actor,
    approvable: Approvable,
    *,
    id: int,
    request_id: UUID,
    rooms: Sequence[Erasing],
    now: datetime,
) -> None:
    """Everything is settled, so a second person decides. Refused while something is in the way. The same form twice is one."""
    actor.require(Capability.DIRECTORY_EDIT)
    row = await _locked(actor, id)
    if row.state == "done":
        return
    _require_open(row)
    await _require_clear(row.person_id, rooms, now=now)
    await approvals.propose(
        actor,
        approvable,
        request_id=request_id,
        subject_id=str(row.person_id),
        payload={"erasure": [row.id, row.id]},
        now=now,
    )


def approvable(rooms: Sequence[Erasing]) -> Approvable:
    """The kind of change, with what the rooms do about it."""

    async def act(
        actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime
    ) -> None:
        """Only if it was not withdrawn meanwhile, and nothing came in the way."""
        row = await get_erasure(actor, int(payload["erasure"][1]))
        await db.lock("consents_erasure", [row.id])
        row = await get_erasure(actor, row.id)
        _require_open(row)
        await db.lock("directory_person", [row.person_id])
        await _require_clear(row.person_id, rooms, now=now)
        await erasing.carry_out(actor, row.id, row.person_id, rooms, proposed_by=proposed_by, now=now)

    return Approvable(
        what=WHAT,
        words=N_("Forget a person"),
        subject="person",
        needs=Capability.PERSON_ERASE,
        verb="person.erased",
        act=act,
    )


@db.unit_of_work
async def kept_of(actor: Actor, *, id: int, reason: str, now: datetime) -> Mapping[str, str]:
    """What the law wants kept of somebody who was erased, for an authority that asks; noted with the reason. Refused: nothing is kept."""
    actor.require(Capability.PERSON_ERASE)
    row = await get_erasure(actor, id)
    sealed = await db.scalar("SELECT z.kept FROM consents_erasure z WHERE z.id = :id", id=id)
    owner = Owner(erasing.KIND, str(id))
    key = (await keys.known([owner])).get(owner)
    if sealed is None or key is None:
        raise Refused(N_("Nothing is kept of this person."))
    await trail.record(
        actor, "erasure.kept_seen", subject="erasure", subject_id=id, facts={"reason": reason, "person": row.person_id}, now=now
    )  # fmt: skip
    found: Mapping[str, str] = json.loads(key.unseal(b64decode(sealed)))
    return found


async def _locked(actor: Actor, id: int) -> ErasureRow:
    await get_erasure(actor, id)
    await db.lock("consents_erasure", [id])
    return await get_erasure(actor, id)


def _require_open(row: ErasureRow) -> None:
    if row.state != "asked":
        raise Conflict(N_("This was decided meanwhile. Reload to see how."))


async def _require_clear(person_id: int, rooms: Sequence[Erasing], *, now: datetime) -> None:
    subject = await subject_of(person_id)
    if subject is None:
        raise Missing()
    if await in_the_way(subject, rooms, today=clock.local_day(now), now=now):
        raise Refused(N_("Something is still in the way. Settle what is listed first."))


async def _decide(actor: Actor, row: ErasureRow, state: str, *, answer: str | None, now: datetime) -> None:
    await db.execute(
        "UPDATE consents_erasure SET state = :state, answer = :answer, decided_by = :by, decided_by_name = :name, decided_at = :now"
        " WHERE id = :id",
        id=row.id,
        state=state,
        answer=answer,
        by=actor.user_id,
        name=actor.name,
        now=now,
    )
