"""The people of a household: entering, changing, leaving. ID numbers and bank cards are sealed on the way in."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry, vault
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import rules, tallies, terms
from pepperchain.directory.duplicates import Suspected, fingerprint_of, likely
from pepperchain.directory.household_queries import HouseholdDetail, PersonRow, get_household, get_person
from pepperchain.directory.reading_rules import readings, tidy
from pepperchain.settings import settings
from pepperchain.web.steps import Prove

TABLE = "directory_person"
PEOPLE_MAX = 30


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person. On a change, an ID number or bank card of None leaves the sealed one as it is.

    `agreed` says that the person's consent to these numbers is noted, which an installation may ask for.
    """

    name: str
    sex: str | None = None
    born_on: date | None = None
    phone: str | None = None
    has_smartphone: bool | None = None
    id_number: str | None = None
    bank_card: str | None = None
    agreed: bool = False


def numbers_apart() -> bool:
    """Whether ID numbers and bank cards are entered only together with the person's consent, on a page of its own."""
    return bool(settings().section("numbers")["by_consent"])


def checked(person: Particulars, *, today: date) -> Particulars:
    """The same, tidied and completed from the ID number. Raises Refused for what cannot be."""
    name = tidy(person.name)
    if not any(sign.isalpha() for sign in name):
        raise Refused(N_("Write the person's name."), "name")
    for kind in ("id_number", "bank_card"):
        if getattr(person, kind) is not None and numbers_apart() and not person.agreed:
            raise Refused(
                N_(
                    "An ID number or bank card is entered together with the person's consent: on their page, under data and rights."
                ),
                kind,
            )
    born_on, sex, number = person.born_on, person.sex, None
    if person.id_number is not None:
        number = rules.id_number(person.id_number, born_on=born_on, today=today)
        born_on = rules.birthday_of(number)
        if sex not in (None, rules.sex_of(number)):
            raise Refused(N_("The ID number says otherwise. Correct one of the two."), "sex")
        sex = rules.sex_of(number)
    if born_on is not None and not rules.plausible_birthday(born_on, today):
        raise Refused(N_("This birthday cannot be."), "born_on")
    card = None if person.bank_card is None else rules.bank_card(person.bank_card)
    return replace(person, name=name, born_on=born_on, sex=sex, id_number=number, bank_card=card)


def sealed(request_id: UUID, *, id_number: str | None = None, bank_card: str | None = None) -> dict[str, Any]:
    """The columns of the given values, bound to the row of `request_id`; nothing for a value of None."""
    columns: dict[str, Any] = {}
    hints = {"id_number": rules.id_number_hint, "bank_card": rules.bank_card_hint}
    for kind, value in (("id_number", id_number), ("bank_card", bank_card)):
        if value is not None:
            columns |= {
                f"{kind}_sealed": vault.seal(value, about=f"{TABLE}.{kind}:{request_id}"),
                f"{kind}_hash": fingerprint_of(kind, value),
                f"{kind}_hint": hints[kind](value),
            }
    return columns


def opened(request_id: UUID | str, kind: str, value: bytes) -> str:
    """A sealed value in the clear, for payments and for those whom the law lets read it. Raises vault.Broken."""
    return vault.unseal(bytes(value), about=f"{TABLE}.{kind}:{request_id}")


@db.unit_of_work
async def enter(
    actor: Actor, *, id: UUID, household_id: int, person: Particulars, confirmed: bool = False, now: datetime
) -> Entered:
    """One more person of a household. Raises Suspected for somebody who seems to be entered already, unless `confirmed`."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if household.people >= PEOPLE_MAX:
        raise Refused(N_("A household has at most %(most)s people."), most=PEOPLE_MAX)
    person = checked(person, today=clock.local_day(now))
    await suspect(actor, person, household.village_id, household_id=household_id, confirmed=confirmed)
    entered = await admit(id, household, person, is_head=False, now=now)
    if not entered.repeated:
        await trail.record(
            actor, "person.entered", subject="person", subject_id=entered.id, township_id=household.township_id,
            facts={"household": household_id, **_facts(person)}, now=now,
        )  # fmt: skip
    return entered


async def suspect(
    actor: Actor, person: Particulars, village_id: int, *, household_id: int | None = None, confirmed: bool
) -> None:
    """Raises Suspected when somebody like `person` is there already and the form did not say to go on."""
    if confirmed:
        return
    found = await likely(
        actor,
        village_id=village_id,
        name=person.name,
        phone=person.phone,
        id_number=person.id_number,
        household_id=household_id,
    )
    if found:
        raise Suspected(found)


async def admit(
    id: UUID, household: HouseholdDetail, person: Particulars, *, is_head: bool, now: datetime
) -> Entered:
    """The row, its terms and the household's tallies. A building block: `person` has been checked."""
    first = readings(person.name)[0]
    entered = await registry.enter(
        TABLE,
        id,
        household_id=household.id,
        township_id=household.township_id,
        cooperative_id=household.cooperative_id,
        name=person.name,
        pinyin=first.spelled,
        initials=first.initials,
        sex=person.sex,
        born_on=person.born_on,
        phone=person.phone,
        is_head=is_head,
        has_smartphone=person.has_smartphone,
        created_at=now,
        **sealed(id, id_number=person.id_number, bank_card=person.bank_card),
    )
    if not entered.repeated:
        await _index(entered.id, household, person.name, person.phone, is_head=is_head)
        await tallies.recount(household.id)
    return entered


@db.unit_of_work
async def change(
    actor: Actor,
    *,
    id: int,
    version: int,
    person: Particulars,
    forget_id_number: bool = False,
    forget_bank_card: bool = False,
    confirmed: bool = False,
    prove: Prove | None = None,
    now: datetime,
) -> PersonRow:
    """What is known of a person now. Raises Conflict for an older `version`, Suspected like `enter`.

    `prove` is awaited before the bank card, which says where money goes, is another or none.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    before = await get_person(actor, id)
    household = await get_household(actor, before.household_id)
    person = checked(person, today=clock.local_day(now))
    if not confirmed:
        found = await likely(
            actor,
            village_id=household.village_id,
            name=person.name if person.name != before.name else None,
            phone=person.phone if person.phone != before.phone else None,
            id_number=person.id_number,
            besides=id,
            household_id=household.id,
        )
        if found:
            raise Suspected(found)
    if prove is not None and (person.bank_card is not None or forget_bank_card):
        await prove()
    first = readings(person.name)[0]
    await registry.revise(
        TABLE,
        id,
        version,
        name=person.name,
        pinyin=first.spelled,
        initials=first.initials,
        sex=person.sex,
        born_on=person.born_on,
        phone=person.phone,
        has_smartphone=person.has_smartphone,
        **await resealed(id, person, forget_id_number=forget_id_number, forget_bank_card=forget_bank_card),
    )
    if before.left_on is None:
        await _index(id, household, person.name, person.phone, is_head=before.is_head)
        await tallies.recount(household.id)
    old = Particulars(before.name, before.sex, _day(before.born_on), before.phone, before.has_smartphone)
    changed = {k: [v, _facts(person)[k]] for k, v in _facts(old).items() if v != _facts(person)[k]}
    secrets = [kind for kind in ("id_number", "bank_card") if getattr(person, kind) is not None]
    secrets += [
        kind for kind, gone in (("id_number", forget_id_number), ("bank_card", forget_bank_card)) if gone
    ]
    await trail.record(
        actor, "person.changed", subject="person", subject_id=id, township_id=household.township_id,
        facts={**changed, **({"sealed": sorted(set(secrets))} if secrets else {})}, now=now,
    )  # fmt: skip
    return await get_person(actor, id)


async def resealed(
    id: int, person: Particulars, *, forget_id_number: bool = False, forget_bank_card: bool = False
) -> dict[str, Any]:
    """The sealed columns that change. A row that never had a form's id is given one, since sealed values are bound to it."""
    columns: dict[str, Any] = {}
    for kind, gone in (("id_number", forget_id_number), ("bank_card", forget_bank_card)):
        if gone:
            columns |= {f"{kind}_{column}": None for column in ("sealed", "hash", "hint")}
    if person.id_number is None and person.bank_card is None:
        return columns
    request_id = await db.scalar("SELECT request_id FROM directory_person WHERE id = :id", id=id)
    bound_to = UUID(request_id) if request_id is not None else new_id()
    if request_id is None:
        columns["request_id"] = bound_to
    return columns | sealed(bound_to, id_number=person.id_number, bank_card=person.bank_card)


@db.unit_of_work
async def leave(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> None:
    """Somebody moved away or died. A head hands over first, unless nobody else is left."""
    actor.require(Capability.DIRECTORY_EDIT)
    person = await get_person(actor, id)
    if person.left_on is not None:
        raise Refused(N_("This person has left already."))
    if person.is_head:
        raise Refused(N_("Choose another head for the household first, or end the household."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    await registry.revise(TABLE, id, version)
    await part(id, person.household_id, on=on)
    await trail.record(
        actor,
        "person.left",
        subject="person",
        subject_id=id,
        township_id=person.township_id,
        facts={"on": on},
        now=now,
    )


async def part(id: int, household_id: int, *, on: date) -> None:
    """They are no longer of the household, and no longer whom to call. A building block: `household_id` is locked."""
    await db.execute("UPDATE directory_person SET left_on = :on WHERE id = :id", on=on, id=id)
    await db.execute(
        "UPDATE directory_household SET contact_person_id = NULL WHERE id = :household AND contact_person_id = :id",
        household=household_id,
        id=id,
    )
    await terms.forget(id)
    await tallies.recount(household_id)


async def _index(id: int, household: HouseholdDetail, name: str, phone: str | None, *, is_head: bool) -> None:
    await terms.rewrite(
        id,
        name=name,
        phone=phone,
        card_number=household.card_in_use if is_head else None,
        township_id=household.township_id,
        cooperative_id=household.cooperative_id,
    )


async def reindex(household: HouseholdDetail) -> None:
    """Everyone of a household is found by what they are now: after a new head or another place."""
    for id, name, phone, is_head in await db.tuples(
        "SELECT p.id, p.name, p.phone, p.is_head FROM directory_person p WHERE p.household_id = :household AND p.left_on IS NULL",
        household=household.id,
    ):
        await _index(id, household, name, phone, is_head=bool(is_head))


def _facts(person: Particulars) -> dict[str, Any]:
    """What the trail tells of a person: never an ID number or a bank card."""
    return {
        "name": person.name,
        "sex": person.sex,
        "born_on": None if person.born_on is None else person.born_on.isoformat(),
        "phone": person.phone,
        "has_smartphone": person.has_smartphone,
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
