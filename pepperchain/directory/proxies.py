"""Proxies: who may deliver or sign for a household, given until a day and revoked with a reason."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import PersonRow, get_household, get_person, people_of
from pepperchain.directory.proxy_queries import get_proxy
from pepperchain.directory.relation_rules import check_said, check_term
from pepperchain.settings import settings

TABLE = "directory_proxy"


@db.unit_of_work
async def give(
    actor: Actor,
    *,
    id: UUID,
    household_id: int,
    person_id: int,
    given_by_id: int,
    may_deliver: bool,
    may_sign: bool,
    from_on: date,
    until_on: date,
    witness: str | None = None,
    photo_token: str | None = None,
    now: datetime,
) -> Entered:
    """Somebody may deliver or sign for the household, both days included; one of the household gave it to them.

    `photo_token` is the photo of what was signed. If this form came before, the one that came with it then counts.

    Refused: to oneself, to somebody of another cooperative, days that cannot be, one that would overlap with theirs.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if not (may_deliver or may_sign):
        raise Refused(N_("Say what for: delivering, signing, or both."), "may_deliver")
    limits = settings().section("proxies")
    check_term(from_on, until_on, clock.local_day(now), limits)
    giver = next((each for each in await people_of(actor, household_id) if each.id == given_by_id), None)
    if giver is None:
        raise Refused(N_("Choose somebody of this household."), "given_by_id")
    person = await _person(actor, person_id, household.cooperative_id)
    if person.id == giver.id:
        raise Refused(
            N_("Nobody needs a proxy of their own. Choose who is to act for the household."), "person_id"
        )
    if person.id == household.head_id:
        raise Refused(N_("The head acts for the household anyway."), "person_id")
    if person.household_id == household_id and not may_sign:
        raise Refused(N_("Whoever is of the household may deliver for it anyway."), "may_deliver")
    await _check_free(household_id, person.id, from_on, until_on)
    entered = await registry.enter(
        TABLE, id, household_id=household_id, township_id=household.township_id, cooperative_id=household.cooperative_id,
        person_id=person.id, given_by_id=giver.id, may_deliver=may_deliver, may_sign=may_sign, from_on=from_on, until_on=until_on,
        witness=witness, photo_token=photo_token, actor_name=actor.name, created_at=now,
    )  # fmt: skip
    await trail.record(
        actor, "proxy.given", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={
            "person": person.id, "given_by": giver.id, "may_deliver": may_deliver, "may_sign": may_sign,
            "started_on": from_on, "until": until_on, "witness": witness,
            "with_photo": photo_token is not None,
        }, now=now,
    )  # fmt: skip
    return entered


async def _person(actor: Actor, person_id: int, cooperative_id: int | None) -> PersonRow:
    """Somebody in the register, of the household's own cooperative: nobody else can be chosen at its scale."""
    person = await get_person(actor, person_id)
    theirs = await db.scalar("SELECT cooperative_id FROM directory_person WHERE id = :id", id=person_id)
    if theirs != cooperative_id:
        raise Refused(
            N_("This person is of another cooperative, and cannot act for the household."), "person_id"
        )
    if person.left_on is not None:
        raise Refused(N_("This person has left already."), "person_id")
    return person


async def _check_free(household_id: int, person_id: int, from_on: date, until_on: date) -> None:
    until = await db.scalar(
        f"SELECT MAX(until_on) FROM {TABLE} WHERE household_id = :household AND person_id = :person AND revoked_on IS NULL"
        " AND from_on <= :until AND until_on >= :from",
        household=household_id, person=person_id, until=until_on, **{"from": from_on},
    )  # fmt: skip
    if until is not None:
        raise Refused(
            N_("They have a proxy of this household until %(until)s. Begin after it, or revoke it first."),
            "from_on",
            until=date.fromisoformat(until),
        )


@db.unit_of_work
async def revoke(
    actor: Actor, *, household_id: int, id: int, version: int, reason: str, now: datetime
) -> None:
    """From today on it counts no more. Twice is once. Refused: one that has ended by itself. Missing: not of the household."""
    actor.require(Capability.DIRECTORY_EDIT)
    said = check_said(reason)
    household = await get_household(actor, household_id)
    proxy = await get_proxy(actor, household_id, id)
    if proxy.revoked_on is not None:
        return
    today = clock.local_day(now)
    if proxy.until_on < today.isoformat():
        raise Refused(N_("This proxy has ended by itself already."))
    await registry.revise(TABLE, id, version, revoked_on=today, revoked_by=actor.name, revoked_reason=said)
    await trail.record(
        actor, "proxy.revoked", subject="household", subject_id=household_id, township_id=household.township_id,
        facts={"person": proxy.person_id, "until": proxy.until_on, "reason": said}, now=now,
    )  # fmt: skip
