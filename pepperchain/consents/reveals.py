"""Looking at an ID number or bank card in full: with a reason, so often an hour, noted, and told to the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approvals, attempts, second_steps
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.audit import trail
from pepperchain.consents.queries import standing
from pepperchain.consents.reveal_queries import leave_for, looked_since, reveal, sealed_of
from pepperchain.consents.rules import LAWFUL, Number, State
from pepperchain.core import clock, db, vault
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_
from pepperchain.directory import people
from pepperchain.directory.household_queries import PersonRow, get_household, get_person
from pepperchain.settings import settings


class TooManyReveals(Refused):
    """So many numbers in an hour are no work of a person."""

    status = 429


@dataclass(frozen=True, slots=True)
class Revealed:
    """A number in full, or None while it waits for a second person."""

    value: str | None = field(repr=False)


def by_two(actor: Actor) -> bool:
    """Whether the actor looks only with the leave of a second person."""
    return actor.role.value in settings().section("consents")["reveal_by_two_roles"]


async def look(
    actor: Actor,
    *,
    id: UUID,
    person_id: int,
    number: Number,
    reason: str,
    words: str,
    code: str | None = None,
    address: str,
    now: datetime,
) -> Revealed:
    """The number, noted with the reason. For roles that need a second person, and have no leave yet, it waits for one.

    The same form again, soon after, shows the same number and is no second look. Whoever has a second step gives a code of it.
    """
    actor.require(Capability.PERSON_REVEAL)
    before = await _seen_before(actor, id, person_id, number, now=now)
    if before is not None:
        return before
    guess = await second_steps.counted(actor, address=address, now=now)
    return await _look(
        actor, id, person_id, number, reason=reason, words=words, code=code, guess=guess, now=now
    )


@db.unit_of_work
async def _look(
    actor: Actor,
    id: UUID,
    person_id: int,
    number: Number,
    *,
    reason: str,
    words: str,
    code: str | None,
    guess: attempts.Try | None,
    now: datetime,
) -> Revealed:
    if actor.user_id is None:
        raise Missing()
    await db.lock("accounts_user", [actor.user_id])
    before = await _seen_before(actor, id, person_id, number, now=now)
    if before is not None:
        return before
    person = await get_person(actor, person_id)
    value = await _opened(person, number)
    if reason != LAWFUL and (await standing(person_id, number)).state is State.REFUSED:
        raise Refused(
            N_("%(name)s does not agree to this use. Ask them anew, or forget the number."), name=person.name
        )
    await _require_measure(actor.user_id, now=now)
    if guess is not None:
        await second_steps.step_up(actor, code, guess, now=now)
    leave = None
    if by_two(actor):
        leave = await leave_for(actor.user_id, person_id, number, now=now)
        if leave is None:
            await _ask(actor, id, person, number, reason=reason, words=words, now=now)
            return Revealed(None)
    household = await get_household(actor, person.household_id)
    await db.insert(
        "consents_reveal", id=id, person_id=person_id, household_id=person.household_id, township_id=person.township_id,
        cooperative_id=household.cooperative_id, number=number, reason=reason, words=words, user_id=actor.user_id,
        user_name=actor.name, organization_id=actor.organization_id, at=now,
    )  # fmt: skip
    if leave is not None:
        await db.execute(
            "UPDATE consents_reveal_leave SET reveal_id = :reveal WHERE id = :id", reveal=id, id=leave
        )
    await trail.record(
        actor, "person.revealed", subject="person", subject_id=person_id, township_id=person.township_id,
        facts={"number": number, "purpose": reason, "reason": words}, now=now,
    )  # fmt: skip
    return Revealed(value)


async def _seen_before(
    actor: Actor, id: UUID, person_id: int, number: Number, *, now: datetime
) -> Revealed | None:
    """What the same form showed a moment ago. Raises Conflict for a form that showed something else, or long ago."""
    row = await reveal(id)
    if row is None:
        return None
    again = timedelta(minutes=settings().section("consents")["reveal_again_minutes"])
    same = (row.user_id, row.person_id, row.number) == (actor.user_id, person_id, number)
    if not same or now - clock.from_ms(row.at) > again:
        raise Conflict(N_("This form was used already. Open it again to look once more."))
    return Revealed(await _opened(await get_person(actor, person_id), number))


async def _opened(person: PersonRow, number: Number) -> str:
    sealed = await sealed_of(person.id, number)
    if sealed is None:
        raise Refused(N_("There is no such number of this person."), "number")
    try:
        return people.opened(sealed[0], number, sealed[1])
    except vault.Broken:
        raise Refused(
            N_("This number can no longer be opened. Ask the person for it, and enter it again."), "number"
        ) from None


async def _require_measure(user_id: int, *, now: datetime) -> None:
    most = settings().section("consents")["reveals_per_hour_max"]
    if await looked_since(user_id, now - timedelta(hours=1)) >= most:
        raise TooManyReveals(
            N_("You have looked at %(most)s numbers within an hour, which is the most. Go on in a while."),
            most=most,
        )


async def _ask(
    actor: Actor, id: UUID, person: PersonRow, number: Number, *, reason: str, words: str, now: datetime
) -> None:
    payload: Mapping[str, Sequence[Any]] = {
        "number": [None, number.value],
        "purpose": [None, reason],
        "reason": [None, words],
    }
    await approvals.propose(actor, REVEAL, request_id=id, subject_id=str(person.id), payload=payload, now=now)


async def _allow(actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime) -> None:
    """Leave for one look, for whoever asked."""
    person = await get_person(actor, int(subject_id))
    number = Number(payload["number"][1])
    assert actor.user_id is not None, "an approval by nobody"
    hours = settings().section("consents")["reveal_allowed_hours"]
    await db.insert(
        "consents_reveal_leave", person_id=person.id, number=number, user_id=proposed_by, given_by=actor.user_id, given_at=now,
        expires_at=now + timedelta(hours=hours),
    )  # fmt: skip
    await trail.record(
        actor, "person.reveal_allowed", subject="person", subject_id=person.id, township_id=person.township_id,
        facts={
            "number": number,
            "purpose": payload["purpose"][1],
            "reason": payload["reason"][1],
            "proposed_by": proposed_by,
        },
        now=now,
    )  # fmt: skip


REVEAL = Approvable(
    what="person.reveal",
    words=N_("Look at a number in full"),
    subject="person",
    needs=Capability.AUDIT_READ,
    verb="person.reveal_allowed",
    act=_allow,
)
