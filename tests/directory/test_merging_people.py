"""Two rows of one person: whose values stay, and sealed ones sealed anew."""

from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.directory import matching_queries, people
from pepperchain.directory.merge_journals import Journal
from pepperchain.directory.merging_people import Union, unite
from tests.directory.registry import BANK_CARD, ID_NUMBER, OTHER_ID_NUMBER, TODAY, Registry, household

pytestmark = pytest.mark.usefixtures("database")


async def _united(
    registry: Registry, one: dict[str, Any], other: dict[str, Any], *take: str
) -> dict[str, Any]:
    first = await household(registry.clerk_a, registry.baoping, "罗大山", **one)
    second = await household(registry.clerk_a, registry.baoping, "罗大杉", **other)
    await _unite(first.head_id, second.head_id, take)
    return (await matching_queries.people_as_they_are([first.head_id]))[first.head_id]


@db.unit_of_work
async def _unite(one: int, other: int, take: tuple[str, ...]) -> None:
    rows = await matching_queries.people_as_they_are([one, other])
    await unite(Journal(), Union(rows[one], rows[other], TODAY), take, [])
    gone = (await db.tuples("SELECT left_on, merged_into_id FROM directory_person WHERE id = :id", id=other))[
        0
    ]
    assert gone == (TODAY.isoformat(), one)


async def test_what_is_missing_is_filled_in_and_what_is_known_stays(registry: Registry) -> None:
    row = await _united(registry, {"phone": "19900020001"}, {"phone": "19900020002", "sex": "male"})
    assert (row["name"], row["phone"], row["sex"]) == ("罗大山", "19900020001", "male")


async def test_what_was_chosen_is_taken_with_everything_that_goes_with_it(registry: Registry) -> None:
    row = await _united(registry, {}, {}, "name")
    assert (row["name"], row["pinyin"]) == ("罗大杉", "luo da shan")


async def test_an_id_number_brings_the_birthday_and_the_sex_that_it_says(registry: Registry) -> None:
    row = await _united(registry, {"id_number": ID_NUMBER}, {"id_number": OTHER_ID_NUMBER}, "id_number")
    assert people.opened(row["request_id"], "id_number", row["id_number_sealed"]) == OTHER_ID_NUMBER
    assert (row["born_on"], row["sex"]) == ("1971-02-11", "male")


async def test_a_row_that_never_had_a_forms_id_is_given_one_for_what_is_sealed(registry: Registry) -> None:
    first = await household(registry.clerk_a, registry.baoping, "罗大山")
    second = await household(registry.clerk_a, registry.baoping, "罗大山", bank_card=BANK_CARD)
    await _without_request(first.head_id)
    await _unite(first.head_id, second.head_id, ())
    row = (await matching_queries.people_as_they_are([first.head_id]))[first.head_id]
    assert people.opened(row["request_id"], "bank_card", row["bank_card_sealed"]) == BANK_CARD


@db.unit_of_work
async def _without_request(person: int) -> None:
    await db.execute("UPDATE directory_person SET request_id = NULL WHERE id = :id", id=person)
