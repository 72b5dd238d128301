"""Whole lists: all rows or none, each wrong row named, the same list twice written once."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Invalid, NotYours
from pepperchain.core.units import Grams
from pepperchain.harvest import lists
from pepperchain.ledger import books
from tests.harvest.register import HOUR, NOW, Register, numbers
from tests.harvest.test_totals import assert_totals_hold


async def test_a_list_is_saved_whole_and_numbered_in_its_order(register: Register) -> None:
    rows = [register.new(gross=Grams(20_000 + step)) for step in range(30)]
    rows[7] = register.new(site_id=register.other_site_a, plot_id=register.zhang.plot_id)
    done = await lists.record_many(register.clerk, rows, now=NOW)
    assert [slip.id for slip in done] == [row.id for row in rows]
    assert [slip.number for slip in done if slip.code.startswith("BP")] == list(range(1, 30))
    assert await numbers(register.other_site_a) == [1]
    await assert_totals_hold(register)
    assert await books.findings() == []


async def test_one_wrong_row_saves_nothing_and_every_wrong_row_is_named(register: Register) -> None:
    rows = [register.new() for _ in range(6)]
    rows[1] = register.new(gross=Grams(0))
    rows[3] = register.new(household_id=register.stranger.household_id)
    rows[4] = register.new(tare=Grams(60_000), picked_at=NOW + HOUR)
    with pytest.raises(Invalid) as told:
        await lists.record_many(register.clerk, rows, now=NOW)
    assert [error.field for error in told.value.errors] == [
        "1.gross",
        "3.household_id",
        "4.tare",
        "4.picked_at",
    ]
    assert await numbers(register.site_a) == []


async def test_the_same_list_again_is_the_same_slips(register: Register) -> None:
    rows = [register.new() for _ in range(3)]
    first = await lists.record_many(register.clerk, rows, now=NOW)
    again = await lists.record_many(register.clerk, [*rows, register.new()], now=NOW)
    assert [slip.number for slip in again] == [*(slip.number for slip in first), 4]
    assert [slip.repeated for slip in again] == [True, True, True, False]
    await assert_totals_hold(register)


async def test_an_id_that_stands_with_other_contents_is_named(register: Register) -> None:
    slip = await register.weigh()
    with pytest.raises(Invalid) as told:
        await lists.record_many(register.clerk, [register.new(id=slip.id, gross=Grams(11_000))], now=NOW)
    assert [error.field for error in told.value.errors] == ["0.id"]


async def test_one_id_twice_in_a_list_is_named(register: Register) -> None:
    row = register.new()
    with pytest.raises(Invalid) as told:
        await lists.record_many(register.clerk, [row, row], now=NOW)
    assert [error.field for error in told.value.errors] == ["1.id"]


async def test_a_list_leaves_one_entry_in_the_trail(register: Register) -> None:
    await lists.record_many(register.clerk, [register.new() for _ in range(5)], now=NOW)
    rows = await db.tuples("SELECT verb FROM audit_entry")
    assert [str(row[0]) for row in rows] == ["weighin.list_recorded"]


async def test_the_committee_records_nothing(register: Register) -> None:
    with pytest.raises(NotYours):
        await lists.record_many(register.committee, [register.new()], now=NOW)
