"""Workbooks that other programs made; `fixtures/excel/README.md` tells how."""

from pathlib import Path

import pytest

from pepperchain.excel.templates import template
from tests.excel import make_fixtures
from tests.excel.workbooks import TICKETS, read, refusal

FIXTURES = Path(__file__).parents[2] / "fixtures" / "excel"


async def test_a_sheet_that_libreoffice_wrote() -> None:
    staged, rows = await read(FIXTURES / "tickets_libreoffice.xlsx")
    (sheet,) = staged.sheets
    assert sheet.header_row == 4
    assert sheet.units == {"gross": "斤", "price": "元/斤"}
    assert sheet.ignored_headings == ("序号", "皮重（斤）")
    assert [row.values["name"] for row in rows] == ["王大椒", "李青花", "赵九叶", "陈 椒"]
    assert [row.values["phone"] for row in rows] == [
        "13800000001",
        "13800000022",
        "13800000003",
        "13800000004",
    ]
    assert [row.values["gross"] for row in rows] == [52_300, 44_000, None, 33_250]
    assert [row.values["price"] for row in rows] == [970, 970, 980, 980]
    assert [row.values["picked_on"] for row in rows] == [
        "2026-06-01",
        "2026-06-02",
        "2026-06-03",
        "2026-06-04",
    ]
    assert [row.values["weighed_at"] for row in rows] == [
        "2026-06-01T18:42",
        "2026-06-02T15:00",
        "2026-06-03T06:05",
        "2026-06-04T09:00",
    ]
    problems = [(row.row_number, each.column_key, each.code) for row in rows for each in row.problems]
    # The last ID number was typed as a number.
    assert problems == [(7, "gross", "formula"), (8, "id_number", "rounded")]
    assert [why for _, _, why in staged.skipped] == ["total"]


async def test_a_sheet_with_the_habits_of_wps() -> None:
    staged, rows = await read(FIXTURES / "tickets_wps.xlsx")
    assert staged.sheets[0].units == {"gross": "斤"}
    assert [row.problems for row in rows] == [(), ()]
    assert [dict(row.values) for row in rows] == [
        {
            "name": "王大椒",
            "phone": "13800000001",
            "gross": 52_300,
            "picked_on": "2026-06-01",
            "trained": True,
        },
        {
            "name": "李青花",
            "phone": "13800000002",
            "gross": 2_425,
            "picked_on": "2026-06-02",
            "trained": False,
        },
    ]


@pytest.mark.parametrize(("suffix", "words"), [("xls", "old .xls"), ("ods", "another kind")])
def test_workbooks_of_other_kinds_are_refused_in_words(suffix: str, words: str) -> None:
    assert words in refusal(FIXTURES / f"tickets_libreoffice.{suffix}")


def test_the_workbook_by_hand_is_the_one_its_maker_makes(tmp_path: Path) -> None:
    make_fixtures.main(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == (FIXTURES / "tickets_wps.xlsx").read_bytes()


def test_a_template_is_made_once() -> None:
    assert template((TICKETS,), "zh") is template((TICKETS,), "zh")
