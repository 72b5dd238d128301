"""What refers to a row is found in the schema of either engine, and moved without making doubles."""

import pytest

from pepperchain.core import db, references
from tests.directory.registry import NOW, Registry, household, registry

pytestmark = pytest.mark.usefixtures("database")


async def test_the_schema_says_what_refers_to_a_household_and_by_what_rows_are_told_apart() -> None:
    found = {(each.table, each.column): each for each in await references.referring("directory_household")}
    assert {
        ("accounts_user", "household_id"),
        ("directory_plot", "household_id"),
        ("harvest_weighin", "household_id"),
        ("visits_visit", "household_id"),
        ("directory_household", "merged_into_id"),
    } <= set(found)
    assert ("directory_plot", "village_id") not in found
    membership = found["directory_membership", "household_id"]
    assert membership.key == ("id",)
    partial = [each for each in membership.uniques if each.columns == ("household_id",)]
    assert len(partial) == 1
    assert "ended_on" in (partial[0].condition or "")


@db.unit_of_work
async def _moved(column: str, old: int, new: int) -> list[tuple[object, ...]]:
    every = await references.referring("directory_household")
    return await references.move(next(each for each in every if each.table == column), old, new)


async def test_a_row_that_would_be_a_double_stays_where_it_is() -> None:
    place: Registry = await registry()
    one = await household(place.clerk_a, place.baoping, "罗大山")
    other = await household(place.clerk_a, place.baoping, "罗小山")
    # Both memberships are open, and only one of a household's may be.
    assert await _moved("directory_membership", other.id, one.id) == []
    await _end(other.id)
    assert len(await _moved("directory_membership", other.id, one.id)) == 1
    rows = await db.tuples(
        "SELECT household_id, ended_on FROM directory_membership ORDER BY ended_on IS NULL, id"
    )
    assert [row[0] for row in rows] == [one.id, one.id]


@db.unit_of_work
async def _end(household_id: int) -> None:
    await db.execute(
        "UPDATE directory_membership SET ended_on = :on WHERE household_id = :household",
        on=NOW.date(),
        household=household_id,
    )


async def test_rows_are_counted_by_table() -> None:
    place: Registry = await registry()
    one = await household(place.clerk_a, place.baoping, "罗大山")
    found = await references.count(await references.referring("directory_household"), one.id)
    assert found == {"directory_membership": 1, "directory_person": 1}
