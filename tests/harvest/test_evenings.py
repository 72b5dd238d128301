"""Paper lists: growers by what was written, doubts asked about, rows named by their place on the paper."""

import pytest

from pepperchain.core.errors import Invalid, NotYours, Refused
from pepperchain.core.units import Grams
from pepperchain.directory import cards
from pepperchain.harvest import evenings
from pepperchain.harvest.evening_forms import blank_rows, read_rows, typed_rows
from pepperchain.harvest.grower_queries import Choice
from tests.harvest.register import NOW, Register, numbers


async def test_wrong_rows_are_named_by_their_place_on_the_paper(register: Register) -> None:
    rows = [(2, register.new()), (5, register.new(gross=Grams(0))), (9, register.new(tare=Grams(60_000)))]
    with pytest.raises(Invalid) as told:
        await evenings.record(register.clerk, rows, now=NOW)
    assert [error.field for error in told.value.errors] == ["5-gross", "9-tare"]
    assert await numbers(register.site_a) == []


async def test_right_rows_are_saved_together(register: Register) -> None:
    done = await evenings.record(register.clerk, [(2, register.new()), (5, register.new())], now=NOW)
    assert [slip.number for slip in done] == [1, 2]


async def test_nobody_by_a_name_and_several_by_a_name_are_told_apart(register: Register) -> None:
    found, doubtful = await evenings.growers(register.clerk, [(0, "没有这个人", None)])
    assert (found, doubtful) == ({}, {0: []})
    told = evenings.unclear({0: [], 3: [Choice(1, "甲"), Choice(2, "乙")]})
    assert [error.field for error in told.errors] == ["0-grower", "3-grower"]
    assert told.errors[0].message != told.errors[1].message


async def test_a_lost_card_on_the_paper_is_named_by_its_place(register: Register) -> None:
    li = register.li
    await cards.report_lost(register.clerk, household_id=li.household_id, number=li.card_number, now=NOW)
    with pytest.raises(Refused) as refused:
        await evenings.growers(register.clerk, [(4, li.card_number, None)])
    assert refused.value.field == "4-grower"


async def test_only_weighers_look_growers_up(register: Register) -> None:
    with pytest.raises(NotYours):
        await evenings.growers(register.committee, [(0, "张", None)])


def test_blank_rows_are_left_out_and_hostile_names_ignored() -> None:
    ids = [row.id for row in blank_rows(3)]
    sent = {
        "0-id": str(ids[0]), "0-grower": "张", "0-gross": "12", "1-id": str(ids[1]), "1-grade": "一级",
        "2-id": "broken", "2-grower": "李", "2-gross": "24.5", "2-grade": "二级", "9999-grower": "x", "-1-gross": "5",
        "0-evil": "1",
    }  # fmt: skip
    rows = read_rows(typed_rows(sent), "jin")
    assert [(place, row.grower, row.gross, row.grade) for place, row in rows] == [
        (0, "张", 6_000, None),
        (2, "李", 12_250, "grade_2"),
    ]
