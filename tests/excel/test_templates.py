"""The workbook people fill in: what it offers, and that the reader takes what was filled in."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pepperchain.core.errors import Refused
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words, from_plain, to_plain
from pepperchain.excel.templates import EXAMPLE_ROW, HEADING_ROW, template
from tests.excel.workbooks import PLOTS, TICKETS, read

TOWNS = tuple(Choice(str(code), Words(f'第{code}镇, "甲"', f"Town {code}")) for code in range(60))
PLACES = SheetSpec(
    "places",
    Words("镇街", "Townships"),
    (
        Column("town", Words("镇街", "Township"), Kind.CHOICE, choices=TOWNS),
        Column("note", Words("备注", "Note")),
    ),
)


def opened(language: str = "zh", *specs: SheetSpec) -> Any:
    return openpyxl.load_workbook(BytesIO(template(specs or (TICKETS,), language)))


def test_a_sheet_has_a_title_a_note_headings_with_units_and_an_example() -> None:
    book = opened()
    sheet = book["过磅单"]
    assert sheet["A1"].value == "过磅单"
    assert "每车一行。" in sheet["A2"].value
    headings = [cell.value for cell in sheet[HEADING_ROW]]
    assert headings[:6] == ["* 姓名", "身份证号", "电话", "银行卡号", "等级", "* 毛重(公斤)"]
    assert sheet.cell(EXAMPLE_ROW, 1).value == "示例：王小明"
    assert sheet.freeze_panes == f"A{EXAMPLE_ROW}"
    assert "身份证" in sheet.cell(HEADING_ROW, 2).comment.text
    assert book.sheetnames == ["过磅单", "填写说明"]


def test_it_speaks_english_too() -> None:
    book = opened("en", TICKETS, PLOTS)
    assert book.sheetnames == ["Weigh tickets", "Plots", "How to fill in"]
    assert book["Weigh tickets"].cell(HEADING_ROW, 6).value == "* Gross(kg)"
    assert book["Weigh tickets"].cell(EXAMPLE_ROW, 1).value == "Example: 王小明"


def test_long_numbers_are_text_in_every_row() -> None:
    sheet = opened()["过磅单"]
    for position in (2, 3, 4):
        letter = sheet.cell(HEADING_ROW, position).column_letter
        assert sheet.column_dimensions[letter].number_format == "@"
        assert sheet.cell(EXAMPLE_ROW + 1, position).number_format == "@"


def test_choices_are_drop_downs() -> None:
    rules = {
        str(rule.sqref).partition(":")[0]: rule.formula1
        for rule in opened()["过磅单"].data_validations.dataValidation
    }
    assert rules["E5"] == '"净椒,油椒"'
    assert rules["O5"] == '"是,否"'


def test_long_lists_stand_on_a_hidden_sheet() -> None:
    book = opened("zh", PLACES)
    (rule,) = book["镇街"].data_validations.dataValidation
    assert rule.formula1 == "'_lists'!$A$1:$A$60" or rule.formula1 == "_lists!$A$1:$A$60"
    assert book["_lists"].sheet_state == "veryHidden"
    assert book["_lists"]["A60"].value == '第59镇, "甲"'


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_untouched_template_holds_no_row_and_a_filled_one_is_read(
    tmp_path: Path, language: str
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(template((TICKETS, PLOTS), language))
    staged, rows = await read(path, TICKETS, PLOTS)
    assert rows == []
    assert [why for _, _, why in staged.skipped] == ["example", "example"]
    assert all(not sheet.assumed_units and not sheet.ignored_headings for sheet in staged.sheets)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(EXAMPLE_ROW + 1, 1).value = "王五"
    book.worksheets[0].cell(EXAMPLE_ROW + 1, 6).value = 52.3
    book.save(path)
    _, (row,) = await read(path, TICKETS, PLOTS)
    assert (row.values["name"], row.values["gross"], row.problems) == ("王五", 52_300, ())


async def test_a_template_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(template((PLACES,), "zh"))
    with pytest.raises(Refused, match="No sheet has the headings"):
        await read(tmp_path / "a.xlsx", TICKETS)


def test_a_declaration_survives_the_way_to_the_reading_process() -> None:
    for spec in (TICKETS, PLOTS, PLACES):
        assert from_plain(to_plain(spec)) == spec
