"""What a merge must know of the schema: every column that names a household or a person is moved, or somebody answers for it."""

import re

import pytest

from pepperchain.app import MOVERS
from pepperchain.core import references
from pepperchain.directory import merge_pages, merge_queries
from pepperchain.directory.merge_rules import BY_HAND, HOUSEHOLD, PERSON, STAYS
from tests.directory.registry import Registry, household
from tests.harness.house import offences
from tests.harness.schema import tables

NAMES = re.compile(r"(.*_)?(household|person|deliverer|grower|head)_id|former_id|given_by_id")


@pytest.mark.usefixtures("database")
async def test_no_table_names_a_household_or_a_person_that_a_merge_would_forget() -> None:
    known = {
        (each.table, each.column)
        for table in (HOUSEHOLD, PERSON)
        for each in await references.referring(table)
    }
    derived = {name for mover in MOVERS for name in mover.derived}
    found = [
        f"{table}.{column} names a household or a person without a foreign key, and no room's Mover brings it into line"
        for table, each in (await tables()).items()
        for column in each.columns
        if NAMES.fullmatch(column) and (table, column) not in known and table not in derived
    ]
    offences(found)
    there = set(await tables())
    offences(
        f"{table}.{column} is told of, but is not there" for table, column in BY_HAND if table not in there
    )
    assert derived <= there
    assert not BY_HAND & STAYS


@pytest.mark.usefixtures("database")
async def test_what_is_moved_can_be_told_apart_row_by_row() -> None:
    for table in (HOUSEHOLD, PERSON):
        for each in await merge_queries.plain_references(table):
            assert each.key, each


@pytest.mark.usefixtures("database")
async def test_everything_that_comes_along_has_a_name_for_people() -> None:
    named = {name for mover in MOVERS for name in mover.words} | set(merge_pages.OWN_WORDS)
    moved = {
        each.table for table in (HOUSEHOLD, PERSON) for each in await merge_queries.plain_references(table)
    }
    offences(f"{table} comes along with a merge, and no Mover has words for it" for table in moved - named)


async def test_people_are_matched_by_number_and_name_but_not_against_what_is_known(
    registry: Registry,
) -> None:
    clerk = registry.clerk_a
    one = await household(clerk, registry.baoping, "罗大山", sex="male")
    alike = await household(clerk, registry.baoping, "罗 大山")
    woman = await household(clerk, registry.baoping, "罗大山", sex="female")
    assert (await merge_queries.compared(clerk, one.id, alike.id)).same == {alike.head_id: one.head_id}
    assert (await merge_queries.compared(clerk, one.id, woman.id)).same == {}


async def test_a_comparison_looks_otherwise_once_something_changed(registry: Registry) -> None:
    clerk = registry.clerk_a
    one, other = [await household(clerk, registry.baoping, name) for name in ("罗大山", "何素芳")]
    first = await merge_queries.compared(clerk, one.id, other.id)
    assert first.seen == (await merge_queries.compared(clerk, one.id, other.id)).seen
    assert first.seen != (await merge_queries.compared(clerk, other.id, one.id)).seen
    assert not first.needs_two
