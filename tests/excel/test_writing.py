"""Exports: what is written is read back to the same values, and nothing in it ever runs."""

import asyncio
import csv
import tempfile
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.excel import cells, writing
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.problems import Unreadable
from tests.excel.workbooks import TICKETS, read_here

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1")',
    "http://127.0.0.1/x",
    "'=1",
    "''=1",
]


def sendable(text: str) -> str | None:
    """The text as the reader will give it, None for nothing."""
    return cells.cleaned(writing.plain_text(text)) or None


def _readable(text: str) -> bool:
    try:
        cleaned = cells.cleaned(text)
    except Unreadable:
        return False
    # Rows that begin like these are examples, totals and signatures.
    return cleaned == "" or cleaned[0] not in "示样例合总小共累填制审复经负单eEtTsS"


names = st.text(min_size=1, max_size=12).filter(lambda text: _readable(text) and bool(sendable(text)))
texts = st.one_of(st.sampled_from(DANGEROUS[:4]), st.text(max_size=40).filter(_readable))
days = st.dates(date(1921, 1, 1), date(2099, 12, 31))
digits = st.text("0123456789", min_size=1)
rows = st.fixed_dictionaries(
    {
        "name": names,
        "id_number": st.none() | st.from_regex(r"\A[0-9]{17}[0-9X]\Z"),
        "phone": st.none() | st.from_regex(r"\A1[0-9]{10}\Z") | st.from_regex(r"\A0[0-9]{9,11}\Z"),
        "card": st.none() | st.from_regex(r"\A[0-9]{12,19}\Z"),
        "grade": st.none() | st.sampled_from(["clean", "oil"]),
        "gross": st.integers(0, 10**12).map(Grams),
        "price": st.none() | st.integers(0, 10**7).map(Fen),
        "paid": st.none() | st.integers(0, 10**12).map(Fen),
        "area": st.none() | st.integers(0, 10**9).map(Centimu),
        "bags": st.none() | st.integers(-(10**9), 10**9),
        "moisture": st.none() | st.decimals(-100, 100, places=2).map(lambda number: format(number, "f")),
        "picked_on": st.none() | days,
        "opened": st.none() | st.times().map(lambda each: each.replace(microsecond=0)),
        "weighed_at": st.none()
        | st.datetimes(datetime(1921, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001
            lambda each: each.replace(microsecond=0)
        ),
        "trained": st.none() | st.booleans(),
        "note": st.none() | texts,
    }
)


def expected(row: dict[str, Any]) -> dict[str, Any]:
    """What a row should be read back into."""
    read = dict(row)
    read["name"] = sendable(row["name"])
    read["note"] = sendable(row["note"] or "")
    if row["moisture"] is not None:
        whole, _, part = row["moisture"].partition(".")
        read["moisture"] = (f"{whole}.{part}".rstrip("0").rstrip(".")).replace("-0", "-0")
        read["moisture"] = "0" if read["moisture"] in ("-0", "0") else read["moisture"]
    if row["picked_on"]:
        read["picked_on"] = row["picked_on"].isoformat()
    if row["opened"]:
        read["opened"] = row["opened"].isoformat("seconds" if row["opened"].second else "minutes")
    if row["weighed_at"]:
        read["weighed_at"] = row["weighed_at"].isoformat(
            timespec="seconds" if row["weighed_at"].second else "minutes"
        )
    return read


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(rows, min_size=1, max_size=4), st.sampled_from(["zh", "en"]), st.sampled_from([".xlsx", ".csv"])
)
def test_an_export_is_read_back_to_the_same_values(
    several: list[dict[str, Any]], language: str, suffix: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export{suffix}"
        if suffix == ".csv":
            count = asyncio.run(writing.export_csv(path, TICKETS.columns, several, language=language))
        else:
            count = asyncio.run(writing.export_xlsx(path, TICKETS.columns, several, language=language))
        assert count == len(several)
        back = read_here(path)
    assert [codes for _, _, codes in back] == [{}] * len(several)
    assert [values for _, values, _ in back] == [expected(row) for row in several]


async def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    columns = [Column("text", Words("文字", "Text"))]
    await writing.export_xlsx(
        tmp_path / "a.xlsx", columns, [{"text": text} for text in DANGEROUS], language="zh"
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in xml.replace("<fo", "")
    assert "hyperlink" not in xml
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert {cell.data_type for (cell,) in sheet.iter_rows(min_row=2)} == {"s"}


async def test_no_cell_of_a_text_table_begins_a_formula_but_numbers_stay_numbers(tmp_path: Path) -> None:
    columns = [Column("text", Words("=文字", "Text")), Column("bags", Words("袋数", "Bags"), Kind.INTEGER)]
    rows_ = [{"text": text, "bags": -3} for text in DANGEROUS]
    await writing.export_csv(tmp_path / "a.csv", columns, rows_, language="zh")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["'=文字", "袋数"]
    for text, bags in lines[1:]:
        assert text[0] not in "=+-@\t\r＝＋－＠"
        assert bags == "-3"


def test_the_guard_is_only_for_what_needs_it() -> None:
    assert writing.guarded("王五") == "王五"
    assert writing.guarded("'quoted'") == "'quoted'"
    assert writing.guarded("'=x") == "''=x"


async def test_long_numbers_are_text_cells_and_values_are_spelled_for_people(tmp_path: Path) -> None:
    row = {
        "name": "王五\x07",
        "id_number": "50011619900101123X",
        "phone": "013812345678",
        "card": "6228480000000000011",
        "grade": "clean",
        "gross": Grams(52_300),
        "weighed_at": datetime(2026, 6, 1, 10, 42, tzinfo=UTC),
        "picked_on": datetime(2026, 6, 1, 20, 0, tzinfo=UTC),
        "opened": time(8, 5),
        "trained": True,
    }
    await writing.export_xlsx(tmp_path / "a.xlsx", TICKETS.columns, [row], language="zh", title="过磅/单[1]")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    shown = {column.key: cell for column, cell in zip(TICKETS.columns, sheet[2], strict=True)}
    assert [shown[key].data_type for key in ("id_number", "phone", "card")] == ["s"] * 3
    assert (shown["gross"].value, shown["grade"].value, shown["name"].value) == (52.3, "净椒", "王五")
    assert shown["weighed_at"].value == datetime(2026, 6, 1, 18, 42)  # noqa: DTZ001  (the local wall clock)
    assert shown["picked_on"].value.date() == date(2026, 6, 2)
    assert sheet["F1"].value == "毛重(公斤)"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("title", ["", "过磅单:2026", "'x'", "很" * 40])
async def test_any_title_makes_a_sheet(tmp_path: Path, title: str) -> None:
    assert (
        await writing.export_xlsx(tmp_path / "a.xlsx", TICKETS.columns, [], language="en", title=title) == 0
    )
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames) == 1


async def test_rows_may_come_one_by_one_from_a_database(tmp_path: Path) -> None:
    async def coming() -> AsyncIterator[dict[str, Any]]:
        for index in range(1200):
            await asyncio.sleep(0)
            yield {"name": f"王{index}", "gross": Grams(index)}

    assert await writing.export_xlsx(tmp_path / "a.xlsx", TICKETS.columns, coming(), language="zh") == 1200
    assert [values["gross"] for _, values, _ in read_here(tmp_path / "a.xlsx")] == list(range(1200))
