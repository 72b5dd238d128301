"""Placing: one by one or many at once, a slip finds the same surroundings."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import Grams
from pepperchain.directory import cards
from pepperchain.harvest import lists
from pepperchain.harvest.placing import Placed, place, place_many
from tests.harvest.register import NOW, TODAY, Register


async def test_a_list_that_names_a_lost_card_is_refused_at_that_row(register: Register) -> None:
    li = register.li
    await cards.report_lost(register.clerk, household_id=li.household_id, number=li.card_number, now=NOW)
    slips = [register.new(), register.new(household_id=None, card_number=li.card_number)]
    with pytest.raises(Invalid) as told:
        await lists.record_many(register.clerk, slips, now=NOW)
    assert [error.field for error in told.value.errors] == ["1.household_id"]


async def test_one_and_many_find_the_same(register: Register) -> None:
    there = await register.weigh()
    slips = [
        register.new(plot_id=register.zhang.plot_id, deliverer_id=register.li.head_id),
        register.new(household_id=None, card_number=register.li.card_number, plot_id=register.zhang.plot_id),
        register.new(id=there.id),
    ]
    many = await place_many(register.clerk, slips, now=NOW)
    for slip, found in zip(slips, many, strict=True):
        assert found == await place(register.clerk, slip, now=NOW)
    assert [isinstance(found, Placed) and found.around.number for found in many] == [None, None, 1]


async def test_what_is_not_the_actors_is_nowhere(register: Register) -> None:
    slips = [register.new(site_id=register.site_b), register.new(household_id=register.stranger.household_id)]
    for slip in slips:
        assert await place(register.clerk, slip, now=NOW) is None
    many = await place_many(register.clerk, slips, now=NOW)
    assert [found.field for found in many if isinstance(found, Refused)] == ["site_id", "household_id"]


@db.unit_of_work
async def _merge(register: Register) -> None:
    """Li's household and its head became one with Zhang's."""
    for table, over, old, new in (
        ("directory_household", "ended_on", register.li.household_id, register.zhang.household_id),
        ("directory_person", "left_on", register.li.head_id, register.zhang.head_id),
    ):
        await db.execute(
            f"UPDATE {table} SET merged_into_id = :new, {over} = :on WHERE id = :old",
            new=new,
            on=TODAY,
            old=old,
        )


async def test_a_slip_for_a_household_that_was_merged_is_for_the_one_that_stayed(register: Register) -> None:
    await _merge(register)
    li = register.li
    slips = [
        register.new(household_id=li.household_id, deliverer_id=li.head_id),
        register.new(household_id=None, card_number=li.card_number),
    ]
    for slip, one in zip(slips, await place_many(register.clerk, slips, now=NOW), strict=True):
        assert isinstance(one, Placed)
        assert one == await place(register.clerk, slip, now=NOW)
        assert one.around.household_id == register.zhang.household_id
        one.check()
    done = await register.weigh(household_id=li.household_id, deliverer_id=li.head_id)
    rows = await db.tuples("SELECT household_id, deliverer_id FROM harvest_weighin")
    assert rows == [(register.zhang.household_id, register.zhang.head_id)]
    assert done.net == Grams(50_200)


async def test_the_day_is_jiangjins_and_the_season_its_year(register: Register) -> None:
    placed = await place(register.clerk, register.new(), now=NOW)
    assert placed is not None
    assert (placed.day, placed.season) == (TODAY, 2026)
