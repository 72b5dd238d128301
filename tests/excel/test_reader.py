"""Rows through the reading process, and the quirks of real files."""

import asyncio
import csv
import gc
import time as time_module
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pepperchain.core.errors import Refused
from pepperchain.excel import reader
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import Problem
from tests.excel.workbooks import TICKETS, TODAY, good_rows, handmade, read, read_here, table


async def test_rows_arrive_in_order_with_typed_values(tmp_path: Path) -> None:
    staged, rows = await read(table(tmp_path / "a.xlsx", list(good_rows(450))))
    assert [row.row_number for row in rows] == list(range(2, 452))
    assert not any(row.problems for row in rows)
    assert rows[3].values == {
        "name": "王3",
        "id_number": "50011619900101003X",
        "phone": "13800000003",
        "gross": 2250,
        "picked_on": "2026-06-01",
        "note": "清晨采",
    }
    assert rows[3].typed()["gross"] == "2.25"
    assert staged.row_count == 450


async def test_every_problem_of_a_row_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", [["电话", "姓名", "毛重"], ["12", None, "很多"]])
    _, (row,) = await read(path)
    assert [(p.column_key, p.letter, p.code) for p in row.problems] == [
        ("name", "B", "missing"),
        ("phone", "A", "phone"),
        ("gross", "C", "quantity"),
    ]
    assert row.values == {"name": None, "phone": None, "gross": None}
    assert Problem.from_plain(row.problems[2].as_plain()) == row.problems[2]
    own = row.problem("phone", "Taken by %(name)s.", name="王五")
    assert (own.letter, own.code, own.facts) == ("A", "form", {"name": "王五"})


async def test_a_spelled_row_can_be_typed_into_a_form(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["姓名", "毛重(斤)", "单价(元/斤)", "金额", "面积", "过磅时间", "是否培训", "袋数"],
        ["王五", 104.6, 4.85, 507.31, 2.5, datetime(2026, 6, 1, 18, 42), "是", 3],  # noqa: DTZ001
    ]
    _, (row,) = await read(table(tmp_path / "a.xlsx", rows))
    assert row.typed() == {
        "name": "王五",
        "gross": "52.3",
        "price": "9.7",
        "paid": "507.31",
        "area": "2.5",
        "weighed_at": "2026-06-01T18:42",
        "trained": "true",
        "bags": "3",
    }


def test_empty_rows_examples_totals_and_signatures_are_no_data(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["姓名", "毛重", "备注"],
        ["示例：王小明", 104.6, None],
        ["王五", 1, None],
        [None, None, None],
        ["  ", "", "\u3000"],
        ["合 计", 1, None],
        ["填表人：赵六", None, None],
        ["示例村的人", 2, None],
    ]
    assert [number for number, _, _ in read_here(table(tmp_path / "a.xlsx", rows))] == [3, 8]


def test_numbered_rows_nobody_filled_in_are_no_data(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["序号", "姓名", "毛重"], [1, "王五", 1], [2, None, None], [3, None, None]]
    assert len(read_here(table(tmp_path / "a.xlsx", rows))) == 1


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["姓名", "毛重", "采收日期", "过磅时间", "开秤时间"])
    book.active.append(["甲", 1, date(2026, 6, 1), datetime(2026, 6, 1, 18, 42), time(8, 5)])  # noqa: DTZ001
    book.active.append(["乙", 1, 44712, 44712.75, 0.25])
    book.save(tmp_path / "a.xlsx")
    rows = [values for _, values, _ in read_here(tmp_path / "a.xlsx")]
    assert [row["picked_on"] for row in rows] == ["2026-06-01", "2026-06-01"]
    assert [row["weighed_at"] for row in rows] == ["2026-06-01T18:42", "2026-06-01T18:00"]
    assert [row["opened"] for row in rows] == ["08:05", "06:00"]


def test_formulas_are_refused_cell_by_cell_and_only_where_they_matter(tmp_path: Path) -> None:
    data = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>毛重</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>王五</t></is></c><c r="B2"><f>1+1</f><v>2</v></c>'
        '<c r="D2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>李四</t></is></c><c r="B3"><v>5</v></c><c r="D3"><f>9</f></c></row>'
        '<row r="4"><c r="A4" t="inlineStr"><is><t>赵六</t></is></c><c r="B4" t="e"><v>#REF!</v></c></row>'
    )
    after = '<extLst><ext xmlns:xm="urn:x"><xm:f>Sheet2!$A$1</xm:f></ext></extLst>'  # a rule, not a cell
    rows = read_here(handmade(tmp_path / "a.xlsx", data, after=after))
    assert [codes for _, _, codes in rows] == [{"gross": "formula"}, {}, {"gross": "failure"}]


def test_cells_merged_over_rows_are_told_and_not_guessed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["姓名", "毛重"], ["王五", 1], [None, 2]]:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    assert [codes for _, _, codes in read_here(tmp_path / "a.xlsx")] == [{}, {"name": "merged"}]


def test_styled_cells_far_below_the_table_cost_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["姓名", "毛重"], ["王五", 1]]:
        book.active.append(row)
    book.active["B1048576"].number_format = "0.00"
    book.save(tmp_path / "a.xlsx")
    assert len(read_here(tmp_path / "a.xlsx")) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_in_the_encodings_people_have(tmp_path: Path, encoding: str, delimiter: str) -> None:
    with (tmp_path / "a.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows(
            [["姓名", "电话", "毛重(斤)"], ["王五", "13812345678", "1,204.6"], ["李四", "1.38E+10", "2"]]
        )
    rows = read_here(tmp_path / "a.csv")
    assert rows[0][1] == {"name": "王五", "phone": "13812345678", "gross": 602_300}
    assert rows[1][2] == {"phone": "rounded"}


async def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", list(good_rows(60)))
    with pytest.raises(Refused, match="too far down"):
        await read(path, limits=Limits(rows=50))


async def test_leaving_early_ends_the_reading_process(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", list(good_rows(2000)))
    async with reader.stage(path, [TICKETS], today=TODAY) as staged:
        async for _row in staged.rows():
            break
    assert staged.row_count is None
    assert staged._child._process.returncode is not None


async def test_nobody_waits_while_a_large_file_is_read(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", list(good_rows(4000)))
    turns: list[int] = []

    async def listen() -> None:
        # Counted in our own processor time, so that a busy machine says nothing.
        before = time_module.thread_time_ns()
        while True:
            await asyncio.sleep(0)
            turns.append(time_module.thread_time_ns() - before)
            before = time_module.thread_time_ns()

    # What the tests before this one left behind is not swept up meanwhile.
    gc.collect()
    gc.freeze()
    listening = asyncio.create_task(listen())
    _, rows = await read(path)
    listening.cancel()
    gc.unfreeze()
    assert len(rows) == 4000
    assert max(turns) <= 50_000_000
