"""Checking: every row judged, every mistake told by sheet, row and column, and nothing written."""

from pathlib import Path

import pytest

from pepperchain.core import db
from pepperchain.excel.judging import Verdict
from pepperchain.imports import queries
from pepperchain.imports.rules import State
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, SLIPS, checked, committed, rows, table, workbook

MEMBER = ["周新芽", "19900090001", None, "先锋镇", "保坪村", "3", "屋后", "2.5", "九叶青", None]


def member(number: int, **changes: object) -> list[object]:
    cells: list[object] = [
        f"周{'芽禾苗穗实'[number % 5]}{number}",
        f"1990009{number:04}",
        None,
        "先锋镇",
        "保坪村",
        "3",
        "屋后",
        "2.5",
        "九叶青",
        None,
    ]
    for name, value in changes.items():
        cells[HOUSEHOLDS.index(name)] = value
    return cells


async def test_a_file_says_what_it_would_do_and_does_nothing(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    before = await db.scalar("SELECT COUNT(*) FROM directory_household")
    batch = await checked(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    assert (batch.state, batch.creates, batch.wrong) == (State.CHECKED, 1, 0)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == before


async def test_every_mistake_is_told_with_its_row_and_column(village: str, tmp_path: Path) -> None:
    """137 wrong cells among 10,000 rows: exactly those, each where it is, and nothing written."""
    leader = await cast.actor(cast.LEADER_A)
    wrong = {row: ("手机", "123") if row % 2 else ("村", "桃花源村") for row in range(5, 5 + 137 * 70, 70)}
    lines = [member(row, **({wrong[row][0]: wrong[row][1]} if row in wrong else {})) for row in range(10_000)]
    before = await db.scalar("SELECT COUNT(*) FROM directory_household")
    batch = await checked(leader, "households", table(tmp_path / "m.csv", HOUSEHOLDS, lines))
    told = await queries.mistakes(batch.id, limit=1_000)
    assert {(mistake.row_number, mistake.problem.letter) for mistake in told} == {
        (row + 2, "B" if column == "手机" else "E") for row, (column, _) in wrong.items()
    }
    assert (batch.wrong, len(told)) == (137, 137)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == before


async def test_the_same_file_again_changes_nothing(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, member(7)])
    await committed(leader, "households", path)
    again = await checked(leader, "households", path)
    assert (again.creates, again.updates, again.unchanged) == (0, 0, 2)


async def test_a_change_is_shown_with_what_was_there(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    await committed(leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [MEMBER]))
    changed = [*MEMBER[:7], "3.2", *MEMBER[8:]]
    batch = await checked(leader, "households", workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [changed]))
    (row,) = await rows(batch, Verdict.UPDATE)
    assert len(row.changes) == 1
    assert (str(row.changes[0].before), str(row.changes[0].after)) != ("", "")


@pytest.mark.parametrize(
    ("cells", "heading"),
    [
        ({"户主": None}, "户主"),
        ({"面积(亩)": "-1"}, "面积(亩)"),
        ({"面积(亩)": "=1+1"}, "面积(亩)"),
        ({"身份证号": "11010519491231002Y"}, "身份证号"),
        ({"身份证号": 500116199001011230}, "身份证号"),
        ({"品种": "苹果"}, "品种"),
        ({"镇街": "不夜镇"}, "镇街"),
    ],
)
async def test_what_cannot_be_is_told_at_its_cell(
    village: str, tmp_path: Path, cells: dict[str, object], heading: str
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(1, **cells)])
    )
    letters = {mistake.problem.letter for mistake in await queries.mistakes(batch.id, limit=10)}
    assert "ABCDEFGHIJ"[HOUSEHOLDS.index(heading)] in letters


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, b"\x00\xff" * 500],
)
async def test_what_is_no_sheet_is_told_so(village: str, tmp_path: Path, content: bytes) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = tmp_path / "m.xlsx"
    path.write_bytes(content or b"\n")
    batch = await checked(leader, "households", path)
    assert batch.state is State.FAILED
    assert batch.message


async def test_slips_that_weigh_nothing_or_come_from_nobody_are_told(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    lines = [
        ["P1", None, "2026-06-10", "18:42", "无此人", "19900000999", "鲜花椒", "一级", "52.3", "2.1", None],
        ["P2", None, "2026-06-10", "18:43", "无此人", "19900000999", "鲜花椒", "一级", "2.1", "52.3", None],
    ]
    batch = await checked(leader, "weighins", workbook(tmp_path / "s.xlsx", SLIPS, lines))
    assert batch.wrong == 2
