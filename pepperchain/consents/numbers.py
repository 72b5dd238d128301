"""Sealed numbers brought in together with the consent to keep them: one form, both or neither."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import second_steps
from pepperchain.accounts.second_steps import Given
from pepperchain.consents import consents
from pepperchain.consents.consents import Answer, Proof
from pepperchain.consents.rules import Number
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import people
from pepperchain.directory.duplicates import Suspected
from pepperchain.directory.household_queries import get_person
from pepperchain.directory.people import Particulars
from pepperchain.web.steps import Prove


async def keep(
    actor: Actor,
    *,
    id: UUID,
    person_id: int,
    version: int,
    numbers: Mapping[Number, str],
    texts: Mapping[Number, int],
    proof: Proof,
    given: Given = second_steps.NOTHING,
    now: datetime,
) -> bool:
    """Seals the numbers of a person who agreed to the texts of these versions. False if this form came before.

    Refused for a number that somebody else has; whose it is, is not told here. A bank card says where money goes: whoever has a second
    step gives a code of it.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    if not numbers:
        raise Refused(N_("Write an ID number, a bank card, or both."), Number.ID_NUMBER)
    prove = None
    if Number.BANK_CARD in numbers and not await consents.recorded(id):
        prove = await second_steps.guessed(actor, given.code, address=given.address, now=now)
    return await _keep(
        actor, id=id, person_id=person_id, version=version, numbers=numbers, texts=texts, proof=proof, prove=prove, now=now
    )  # fmt: skip


@db.unit_of_work
async def _keep(
    actor: Actor,
    *,
    id: UUID,
    person_id: int,
    version: int,
    numbers: Mapping[Number, str],
    texts: Mapping[Number, int],
    proof: Proof,
    prove: Prove | None,
    now: datetime,
) -> bool:
    answers = {number.value: Answer(True, texts[number]) for number in numbers}
    if not await consents.record(actor, id=id, person_id=person_id, answers=answers, proof=proof, now=now):
        return False
    person = await get_person(actor, person_id)
    known = Particulars(
        person.name,
        person.sex,
        None if person.born_on is None else date.fromisoformat(person.born_on),
        person.phone,
        person.has_smartphone,
        numbers.get(Number.ID_NUMBER),
        numbers.get(Number.BANK_CARD),
        agreed=True,
    )
    try:
        await people.change(actor, id=person_id, version=version, person=known, prove=prove, now=now)
    except Suspected:
        raise Refused(
            N_(
                "Somebody else is entered with this ID number. Compare it with the card; if it is right, the two may be one."
            ),
            Number.ID_NUMBER,
        ) from None
    return True
