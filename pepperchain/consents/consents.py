"""Answers to the purposes: noted for somebody with what proves it, or given by themselves. Another answer is another row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.consents.rules import How, purposes
from pepperchain.core import db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import PersonRow, get_household, get_person


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no to one version of a purpose's text."""

    is_given: bool
    version: int


@dataclass(frozen=True, slots=True)
class Proof:
    """How the answer was given, and what shows it: a witness's name for spoken ones, a photo for signed ones."""

    how: How
    witness: str | None = None
    photo_token: str | None = None


@db.unit_of_work
async def record(
    actor: Actor, *, id: UUID, person_id: int, answers: Mapping[str, Answer], proof: Proof, now: datetime
) -> bool:
    """Notes what a person answered. False if this form came before: its photo is not needed then."""
    actor.require(Capability.CONSENT_RECORD)
    person = await get_person(actor, person_id)
    if proof.how is How.OWN:
        raise Refused(N_("Say how the answer was given."), "how")
    if proof.how is How.SPOKEN and proof.witness is None:
        raise Refused(N_("Who heard it? Write the witness's name."), "witness")
    if proof.how is How.SIGNED and proof.photo_token is None:
        raise Refused(N_("Take a photo of the signature."), "photos")
    if proof.witness is not None and proof.witness in (person.name, actor.name):
        raise Refused(N_("A witness is a third person."), "witness")
    return await _note(actor, id, person, answers, proof, now=now)


@db.unit_of_work
async def decide(
    actor: Actor, *, id: UUID, person_id: int, answers: Mapping[str, Answer], now: datetime
) -> bool:
    """The actor's own answers, or those of somebody of their household that has no phone of its own. False if this form came before."""
    actor.require(Capability.CONSENT_OWN)
    person = await get_person(actor, person_id)
    if person.id != await own_person_id(actor):
        raise NotYours()
    return await _note(actor, id, person, answers, Proof(How.OWN), now=now)


async def recorded(id: UUID) -> int | None:
    """Of whom the form of this id noted an answer."""
    found = await db.scalar(
        "SELECT c.person_id FROM consents_consent c WHERE c.request_id = :id LIMIT 1", id=id
    )
    return None if found is None else int(found)


async def own_person_id(actor: Actor) -> int | None:
    """Who of the household signs in with this account: whoever has its phone, of several the head."""
    found = await db.scalar(
        "SELECT p.id FROM directory_person p JOIN accounts_user u ON u.phone = p.phone AND u.household_id = p.household_id"
        " WHERE u.id = :user AND p.left_on IS NULL ORDER BY CASE WHEN p.is_head THEN 0 ELSE 1 END, p.id LIMIT 1",
        user=actor.user_id,
    )
    return None if found is None else int(found)


async def _note(
    actor: Actor, id: UUID, person: PersonRow, answers: Mapping[str, Answer], proof: Proof, *, now: datetime
) -> bool:
    if not answers:
        raise Refused(N_("Answer at least one of them with yes or no."))
    for code, answer in answers.items():
        if answer.version != purposes()[code].version:
            raise Conflict(N_("The text has changed since this page was opened. Read it out again."))
    household = await get_household(actor, person.household_id)
    await db.lock("directory_person", [person.id])
    before = await recorded(id)
    if before is not None:
        if before != person.id:
            raise Conflict(N_("This form was used already. Open it again."))
        return False
    for code, answer in answers.items():
        await db.insert(
            "consents_consent", request_id=id, person_id=person.id, household_id=person.household_id, township_id=person.township_id,
            cooperative_id=household.cooperative_id, purpose=code, text_version=answer.version, is_given=answer.is_given,
            how=proof.how, witness=proof.witness if proof.how is How.SPOKEN else None,
            photo_token=proof.photo_token if proof.how is How.SIGNED else None, user_id=actor.user_id, user_name=actor.name, at=now,
        )  # fmt: skip
    await trail.record(
        actor, "consent.noted", subject="person", subject_id=person.id, township_id=person.township_id,
        facts={
            "agreed": _listed(answers, is_given=True),
            "refused": _listed(answers, is_given=False),
            "how": proof.how,
        },
        now=now,
    )  # fmt: skip
    return True


def _listed(answers: Mapping[str, Answer], *, is_given: bool) -> str | None:
    return ",".join(code for code, answer in answers.items() if answer.is_given is is_given) or None
