"""The marked copy: every mistake found again at its cell, nothing else changed, and fit to be uploaded again."""

import random
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

from pepperchain.excel.mistakes import error_workbook
from pepperchain.excel.problems import Mistake
from pepperchain.excel.reader import StagedRow
from tests.excel.workbooks import TICKETS, good_rows, read, table


def mistakes_of(rows: list[StagedRow]) -> list[Mistake]:
    return [Mistake(row.sheet.name, row.row_number, problem) for row in rows for problem in row.problems]


async def marked(path: Path, rows: list[StagedRow], more: list[Mistake] | None = None) -> Any:
    content = await error_workbook(
        path,
        [TICKETS],
        mistakes_of(rows) + (more or []),
        language="zh",
        translate=lambda message: f"译：{message}",
    )
    path.with_name("marked.xlsx").write_bytes(content)
    return openpyxl.load_workbook(BytesIO(content))


async def test_wrong_cells_are_red_and_say_why_beside_the_row_and_in_the_summary(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["登记"], *good_rows(4)]
    rows[3][1] = "123"
    rows[4][0] = None
    path = table(tmp_path / "a.xlsx", rows)
    _, staged = await read(path)
    whole_row = staged[0].problem("", "Known already.")
    book = await marked(path, staged, [Mistake("过磅单", 3, whole_row)])
    summary, sheet = book.worksheets
    assert summary.title == "错误汇总"
    assert [[cell.value for cell in row[:4]] for row in summary["A5:D7"]] == [
        ["过磅单", "4", "B", "电话"],
        ["过磅单", "5", "A", "姓名"],
        ["过磅单", "3", "", ""],
    ]
    assert sheet["G2"].value == "错误说明"
    assert sheet["G3"].value == "译：Known already."
    assert sheet["G4"].value.startswith("电话：译：")
    assert sheet["B4"].fill.fgColor.rgb == "FFF9D9D3"
    assert "译：" in sheet["B4"].comment.text
    assert sheet["B3"].fill.fgColor.rgb != "FFF9D9D3"
    assert [cell.value for cell in sheet[6]][:6] == rows[5]


async def test_id_and_card_numbers_are_not_in_the_summary_and_are_kept_in_their_cells(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["姓名", "毛重", "身份证号", "银行卡号"],
        ["王五", 1, "50011619900101", "62284800"],
    ]
    path = table(tmp_path / "a.xlsx", rows)
    _, staged = await read(path)
    book = await marked(path, staged)
    summary, sheet = book.worksheets
    shown = " ".join(str(cell.value) for row in summary.iter_rows() for cell in row)
    assert "5001161" not in shown
    assert "62284800" not in shown
    assert (sheet["C2"].value, sheet["C2"].number_format) == ("50011619900101", "@")


async def test_a_marked_copy_is_uploaded_again_with_the_same_mistakes_and_one_column_of_reasons(
    tmp_path: Path,
) -> None:
    chance = random.Random(137)
    rows: list[list[Any]] = list(good_rows(1000))
    wrong = sorted(chance.sample(range(1, 1001), 137))
    for index in wrong:
        position = chance.choice([0, 1, 2, 3, 4])
        rows[index][position] = {0: None, 1: "12", 2: 500116199001011234, 3: "x", 4: "2026.2.30"}[position]
    path = table(tmp_path / "a.xlsx", rows)
    _, staged = await read(path)
    found = [(row.row_number, each.column_key, each.code) for row in staged for each in row.problems]
    assert [number for number, _, _ in found] == [index + 1 for index in wrong]
    again = path
    for _ in range(2):
        book = await marked(again, staged)
        again = path.with_name("marked.xlsx").rename(path.with_name(f"again{again.stem}.xlsx"))
        _, staged = await read(again)
        assert [
            (row.row_number, each.column_key, each.code) for row in staged for each in row.problems
        ] == found
    assert [cell.value for cell in book.worksheets[1][1]].count("错误说明") == 1


async def test_a_text_table_gets_a_workbook_of_mistakes_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,毛重\n=1+1,x\n", encoding="utf-8")
    _, staged = await read(path)
    book = await marked(path, staged)
    assert book.worksheets[1]["A2"].data_type == "s"
    assert book.worksheets[1]["C2"].value.startswith("毛重：")


async def test_formulas_come_back_as_values(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", [["姓名", "毛重"], ["王五", "=1+1"]])
    _, staged = await read(path)
    assert staged[0].problems[0].code == "formula"
    book = await marked(path, staged)
    assert book.worksheets[1]["B2"].value is None
