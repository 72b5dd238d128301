"""Corrections: somebody says what is wrong of what is kept of them, and is answered by a day: put right, or why not."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.consents.correction_queries import CorrectionRow, asked_before, get_correction, open_of
from pepperchain.consents.rules import CHANGED_AT_ONCE
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import people
from pepperchain.directory.household_queries import get_household, get_person
from pepperchain.directory.people import Particulars
from pepperchain.settings import settings

OPEN_MAX = 10


@db.unit_of_work
async def ask(
    actor: Actor, *, id: UUID, person_id: int, what: str, proposed: str | None, words: str, now: datetime
) -> Entered:
    """Somebody of the household, or those who keep its records for them, says what is wrong. The same form twice is one."""
    if not actor.may(Capability.CONSENT_OWN) and not actor.may(Capability.CONSENT_RECORD):
        raise NotYours()
    person = await get_person(actor, person_id)
    household = await get_household(actor, person.household_id)
    await db.lock("directory_person", [person_id])
    before = await asked_before(id)
    if before is not None:
        if before[1:] != (person_id, actor.user_id):
            raise Conflict(N_("This form was used already. Open it again."))
        return Entered(before[0], True)
    if what in CHANGED_AT_ONCE and proposed is None:
        raise Refused(N_("Write how it should be."), "proposed")
    if await open_of(person_id) >= OPEN_MAX:
        raise Refused(N_("%(most)s requests wait for an answer already."), most=OPEN_MAX)
    days = settings().section("consents")["correction_days"]
    due_on = clock.local_day(now) + timedelta(days=days)
    new_id = await db.insert_id(
        "consents_correction", request_id=id, person_id=person_id, household_id=person.household_id, township_id=person.township_id,
        cooperative_id=household.cooperative_id, what=what, proposed=proposed if what in CHANGED_AT_ONCE else None, words=words,
        user_id=actor.user_id, user_name=actor.name, asked_at=now, due_on=due_on, state="open",
    )  # fmt: skip
    await trail.record(
        actor, "correction.asked", subject="person", subject_id=person_id, township_id=person.township_id,
        facts={"wrong": what, "due_on": due_on}, now=now,
    )  # fmt: skip
    return Entered(int(new_id), False)


@db.unit_of_work
async def accept(actor: Actor, *, id: int, answer: str | None, now: datetime) -> CorrectionRow:
    """It is put right: name, phone and birthday by this, everything else has been on its own page. Twice by one person is once."""
    actor.require(Capability.DIRECTORY_EDIT)
    row = await _locked(actor, id)
    if row.state == "accepted":
        return row
    _require_open(row)
    person = await get_person(actor, row.person_id)
    if row.what in CHANGED_AT_ONCE and row.proposed is not None:
        known = Particulars(
            person.name,
            person.sex,
            None if person.born_on is None else date.fromisoformat(person.born_on),
            person.phone,
            person.has_smartphone,
        )
        await people.change(
            actor, id=person.id, version=person.version, person=_put_right(known, row.what, row.proposed), confirmed=True, now=now
        )  # fmt: skip
    await _decide(actor, row, "accepted", answer, now=now)
    await trail.record(
        actor, "correction.accepted", subject="person", subject_id=row.person_id, township_id=person.township_id,
        facts={"wrong": row.what}, now=now,
    )  # fmt: skip
    return row


@db.unit_of_work
async def decline(actor: Actor, *, id: int, answer: str, now: datetime) -> CorrectionRow:
    """It stays as it is, and the person reads why. Twice is once."""
    actor.require(Capability.DIRECTORY_EDIT)
    row = await _locked(actor, id)
    if row.state == "declined":
        return row
    _require_open(row)
    person = await get_person(actor, row.person_id)
    await _decide(actor, row, "declined", answer, now=now)
    await trail.record(
        actor, "correction.declined", subject="person", subject_id=row.person_id, township_id=person.township_id,
        facts={"wrong": row.what, "reason": answer}, now=now,
    )  # fmt: skip
    return row


def _put_right(known: Particulars, what: str, proposed: str) -> Particulars:
    if what == "name":
        return replace(known, name=proposed)
    if what == "phone":
        return replace(known, phone=proposed)
    return replace(known, born_on=date.fromisoformat(proposed))


async def _locked(actor: Actor, id: int) -> CorrectionRow:
    await db.lock("consents_correction", [id])
    return await get_correction(actor, id)


def _require_open(row: CorrectionRow) -> None:
    if row.state != "open":
        raise Conflict(N_("This was answered meanwhile. Look at how."))


async def _decide(actor: Actor, row: CorrectionRow, state: str, answer: str | None, *, now: datetime) -> None:
    await db.execute(
        "UPDATE consents_correction SET state = :state, answer = :answer, decided_by = :user, decided_by_name = :name, decided_at = :now"
        " WHERE id = :id",
        state=state,
        answer=answer,
        user=actor.user_id,
        name=actor.name,
        now=now,
        id=row.id,
    )
