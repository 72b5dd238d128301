"""The index that people are found by, kept in the unit of work of what it follows from. Building blocks of the verbs."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.core import db
from pepperchain.directory import rules
from pepperchain.directory.card_queries import IN_USE
from pepperchain.directory.rules import TermKind

_INSERT = (
    "INSERT INTO directory_term (kind, term, person_id, township_id, cooperative_id)"
    " VALUES (:kind, :term, :person_id, :township_id, :cooperative_id)"
)


async def rewrite(
    person_id: int,
    *,
    name: str,
    phone: str | None,
    card_number: str | None,
    township_id: int,
    cooperative_id: int | None,
) -> None:
    """Everything the person is found by from now on; `card_number` for a head only, who is found by cards of merged households too."""
    await forget(person_id)
    also = (
        set()
        if card_number is None
        else {(TermKind.CARD.value, card) for card in await _merged_cards(person_id)}
    )
    await db.execute_many(
        _INSERT,
        [
            {
                "kind": kind,
                "term": term,
                "person_id": person_id,
                "township_id": township_id,
                "cooperative_id": cooperative_id,
            }
            for kind, term in sorted(rules.terms(name, phone, card_number) | also)
        ],
    )


async def _merged_cards(person_id: int) -> list[str]:
    """The valid cards of households that were merged into this person's."""
    return await db.fetch(
        str,
        f"SELECT {IN_USE} FROM directory_person p JOIN directory_household h ON h.merged_into_id = p.household_id"
        f" WHERE p.id = :person AND {IN_USE} IS NOT NULL",
        person=person_id,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who is to be found; the card number is given for heads only."""

    person_id: int
    name: str
    phone: str | None
    card_number: str | None
    township_id: int
    cooperative_id: int | None


async def write_many(people: Sequence[Found]) -> None:
    """Everything that people are found by who could not be found before."""
    await db.execute_many(
        _INSERT,
        [
            {
                "kind": kind,
                "term": term,
                "person_id": each.person_id,
                "township_id": each.township_id,
                "cooperative_id": each.cooperative_id,
            }
            for each in people
            for kind, term in sorted(rules.terms(each.name, each.phone, each.card_number))
        ],
    )


async def move_to_township(household_id: int, *, township_id: int) -> None:
    """Its people are found in another township from now on."""
    await db.execute(
        "UPDATE directory_term SET township_id = :township"
        " WHERE person_id IN (SELECT id FROM directory_person WHERE household_id = :household)",
        township=township_id,
        household=household_id,
    )


async def forget(person_id: int) -> None:
    """The person is no longer found."""
    await db.execute("DELETE FROM directory_term WHERE person_id = :person", person=person_id)


async def forget_household(household_id: int) -> None:
    """None of its people is found any longer."""
    await db.execute(
        "DELETE FROM directory_term WHERE person_id IN (SELECT id FROM directory_person WHERE household_id = :household)",
        household=household_id,
    )


async def move_household(household_id: int, *, township_id: int, cooperative_id: int | None) -> None:
    """Its people are found within another township or cooperative from now on."""
    await db.execute(
        "UPDATE directory_term SET township_id = :township, cooperative_id = :cooperative"
        " WHERE person_id IN (SELECT id FROM directory_person WHERE household_id = :household)",
        township=township_id,
        cooperative=cooperative_id,
        household=household_id,
    )


async def rewrite_organization(organization_id: int, *, name: str, short_name: str) -> None:
    """Everything the organization is found by from now on."""
    await db.execute(
        "DELETE FROM directory_organization_term WHERE organization_id = :id", id=organization_id
    )
    await db.execute_many(
        "INSERT INTO directory_organization_term (term, organization_id) VALUES (:term, :id)",
        [
            {"term": term, "id": organization_id}
            for term in sorted(rules.organization_terms(name, short_name))
        ],
    )
