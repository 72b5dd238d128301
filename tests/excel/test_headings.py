"""The heading row under decorations, and headings as people vary them."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pepperchain.core.errors import Refused
from pepperchain.excel import headings
from tests.excel.workbooks import PLOTS, TICKETS, read, read_here, table


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("毛重(斤)", "斤"),
        ("* 毛重（单位：斤）", "斤"),
        ("毛重/斤", "斤"),
        ("毛重：公斤", "公斤"),
        ("毛重斤", "斤"),
        ("毛 重\n(KG)", "kg"),
        ("Gross (kg)", "kg"),
        ("＊毛重【吨】", "吨"),
        ("毛重（必填）", None),
        ("毛重", None),
    ],
)
def test_a_heading_is_known_and_states_its_unit(written: str, unit: str | None) -> None:
    layout = headings.find([["姓名", written]], [TICKETS], "Sheet1")
    assert layout is not None
    assert layout.positions == {"name": 0, "gross": 1}
    assert layout.units.get("gross") == unit


def test_a_price_states_what_it_is_for() -> None:
    layout = headings.find([["姓名", "毛重", "单价（元/斤）"]], [TICKETS], "Sheet1")
    assert layout is not None
    assert layout.units["price"] == "元/斤"


def test_a_latin_title_is_not_taken_for_its_last_letter() -> None:
    assert headings.heading("weight").units == ()
    assert headings.heading("Weight (t)").units == ("t",)


def test_headings_are_found_below_titles_and_notes(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["二〇二六年过磅登记"],
        ["填表单位：", "某社", "电话", "023"],
        [],
        ["序号", "户主", "联系电话", "毛重（斤）"],
        [1, "王五", 13812345678, 104.6],
    ]
    ((number, values, codes),) = read_here(table(tmp_path / "a.xlsx", rows))
    assert (number, codes) == (5, {})
    assert values == {"name": "王五", "phone": "13812345678", "gross": 52_300}


def test_headings_over_two_merged_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["过磅登记"], ["姓名", "重量", None], [None, "毛重(斤)", "皮重"], ["王五", 104.6, 3]]:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    book.save(tmp_path / "a.xlsx")
    ((number, values, _),) = read_here(tmp_path / "a.xlsx")
    assert (number, values) == (4, {"name": "王五", "gross": 52_300})


def test_a_column_named_twice_is_refused_with_its_letters(tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read_here(table(tmp_path / "a.xlsx", [["姓名", "毛重(斤)", "毛重(公斤)"], ["王五", 1, 2]]))
    assert told.value.facts["letters"] == "B, C"


def test_the_title_itself_wins_over_another_name_for_it(tmp_path: Path) -> None:
    ((_, values, _),) = read_here(table(tmp_path / "a.xlsx", [["户主", "姓名", "毛重"], ["甲", "乙", 2]]))
    assert values["name"] == "乙"


def test_a_missing_required_column_is_named_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read_here(table(tmp_path / "a.xlsx", [["姓名", "电话"], ["王五", "13812345678"]]))
    assert told.value.facts["headings"] == "毛重 / Gross"


@pytest.mark.parametrize("rows", [[["甲", "乙"], [1, 2]], [["姓名"], ["王五"]], [[]]])
def test_a_workbook_without_our_headings_is_refused(tmp_path: Path, rows: list[list[Any]]) -> None:
    with pytest.raises(Refused, match="No sheet has the headings"):
        read_here(table(tmp_path / "a.xlsx", rows))


async def test_each_sheet_finds_its_declaration(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请填写"])
    for village, kilograms in (("一社", 3), ("二社", 4)):
        sheet = book.create_sheet(village)
        sheet.append(["姓名", "毛重", "村民小组"])
        sheet.append(["王五", kilograms, "三组"])
    plots = book.create_sheet("Plots")
    plots.append(["地块名称", "面积(亩)"])
    plots.append(["屋后", 2.5])
    hidden = book.create_sheet("旧")
    hidden.append(["姓名", "毛重"])
    hidden.append(["不该读到", 1])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    staged, rows = await read(tmp_path / "a.xlsx", TICKETS, PLOTS)
    assert [(sheet.name, sheet.spec.key) for sheet in staged.sheets] == [
        ("一社", "tickets"),
        ("二社", "tickets"),
        ("Plots", "plots"),
    ]
    assert staged.ignored_sheets == ("说明",)
    assert [row.values.get("gross", row.values.get("area")) for row in rows] == [3000, 4000, 250]
    first = staged.sheets[0]
    assert (first.header_row, first.letters, first.ignored_headings) == (
        1,
        {"name": "A", "gross": "B"},
        ("村民小组",),
    )
    assert (first.units, first.assumed_units) == ({"gross": "公斤"}, frozenset({"gross"}))
    assert staged.sheets[2].assumed_units == frozenset()
