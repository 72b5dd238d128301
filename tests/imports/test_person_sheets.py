"""Sheets of people: recognised by their household and name, entered or brought up to date, and undone exactly."""

from pathlib import Path

import pytest

from pepperchain.core import db
from pepperchain.directory.people import PEOPLE_MAX
from pepperchain.imports import files
from pepperchain.imports.rules import State
from pepperchain.ledger import books
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import NOW, REGISTRY, checked, committed, dump, undone, workbook
from tests.imports.test_sheets import problems

HEADINGS = ["户主", "户主电话", "姓名", "身份", "性别", "出生日期", "手机", "身份证号", "银行卡号"]
ID_NUMBER = "110100197503250056"
HOME = ["罗大山", "19900000010"]
NEW = [*HOME, "罗小山", "成员", "男", "2001-02-03", "19900091111", None, None]


async def head() -> tuple[int, int]:
    """The household of 罗大山 and himself."""
    rows = await db.tuples(
        "SELECT h.id, h.head_id FROM directory_household h JOIN directory_person p ON p.id = h.head_id WHERE p.name = '罗大山'"
    )
    return rows[0][0], rows[0][1]


async def test_people_are_entered_and_brought_up_to_date(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    home, himself = await head()
    before = await db.scalar("SELECT people FROM directory_household WHERE id = :id", id=home)
    lines = [NEW, [*HOME, "罗大山", "户主", "男", "1975-03-25", None, ID_NUMBER, "6222020000000000001"]]
    batch = await committed(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, lines))
    assert (batch.creates, batch.updates) == (1, 1)
    assert await db.scalar("SELECT people FROM directory_household WHERE id = :id", id=home) == before + 1
    hint = await db.scalar("SELECT id_number_hint FROM directory_person WHERE id = :id", id=himself)
    assert hint.startswith("110*")
    found = await db.scalar("SELECT COUNT(*) FROM directory_term WHERE term = '罗小山'")
    assert found == 1
    again = await checked(leader, "people", workbook(tmp_path / "q.xlsx", HEADINGS, lines))
    assert (again.unchanged, again.creates, again.updates) == (2, 0, 0)
    told = await db.tuples("SELECT facts FROM audit_entry WHERE verb IN ('person.entered', 'person.changed')")
    assert not [facts for (facts,) in told if ID_NUMBER in facts or "6222020" in facts]


async def test_an_undone_sheet_of_people_leaves_no_trace(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    before = await dump(*REGISTRY)
    lines = [NEW, [*HOME, "罗大山", None, "男", "1975-03-25", "19900092222", ID_NUMBER, None]]
    batch = await committed(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, lines))
    assert await dump(*REGISTRY) != before
    after = await undone(leader, batch)
    assert after.state is State.UNDONE, (after.message, after.facts)
    now = await dump(*REGISTRY)
    for table in REGISTRY:
        if (
            table != "directory_person"
        ):  # sealed values are bound to a row's request, which stays once it is given
            assert now[table] == before[table], table
    assert len(now["directory_person"]) == len(before["directory_person"])
    assert await books.findings() == []


async def test_somebody_who_was_used_since_stops_the_undo(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await committed(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, [NEW]))
    home, _ = await head()

    @db.unit_of_work
    async def deliver() -> None:
        await db.execute(
            "UPDATE directory_household SET contact_person_id = (SELECT id FROM directory_person WHERE name = '罗小山') WHERE id = :id",
            id=home,
        )

    await deliver()
    refused = await undone(leader, batch)
    assert (refused.state, refused.conflicts) == (State.COMMITTED, 1)


@pytest.mark.parametrize(
    ("line", "letter"),
    [
        (["没有人", None, "罗小山", None, None, None, None, None, None], "A"),
        ([None, None, "罗小山", None, None, None, None, None, None], "A"),
        ([*HOME, None, None, None, None, None, None, None], "C"),
        ([*HOME, "罗小山", "户主", None, None, None, None, None], "D"),
        ([*HOME, "罗大山", "成员", None, None, None, None, None], "D"),
        ([*HOME, "罗小山", None, "女", None, None, ID_NUMBER, None], "E"),
        ([*HOME, "罗小山", None, None, None, None, ID_NUMBER[:-1] + "7", None], "H"),
        ([*HOME, "罗小山", None, None, "2199-01-01", None, None, None], "F"),
        ([*HOME, "罗小山", None, None, None, "12", None, None], "G"),
    ],
)
async def test_what_is_wrong_is_said_at_its_cell(
    village: str, tmp_path: Path, line: list[object], letter: str
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, [line]))
    assert batch.wrong == 1
    assert letter in {told for _, told, _ in await problems(batch)}


async def test_an_id_number_is_one_persons_and_a_name_in_a_household_one_rows(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    first = [*HOME, "罗大山", None, "男", "1975-03-25", None, ID_NUMBER, None]
    await committed(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, [first]))
    lines = [[*HOME, "罗小山", None, None, None, None, ID_NUMBER, None], NEW, NEW]
    batch = await checked(leader, "people", workbook(tmp_path / "q.xlsx", HEADINGS, lines))
    assert {(row, letter) for row, letter, _ in await problems(batch)} >= {(2, "H"), (4, "C")}


async def test_another_cooperatives_household_is_not_found(village: str, tmp_path: Path) -> None:
    other = await cast.actor(cast.LEADER_B)
    batch = await checked(other, "people", workbook(tmp_path / "p.xlsx", HEADINGS, [NEW]))
    assert batch.wrong == 1


async def test_no_household_grows_beyond_all_bounds(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    lines = [
        [*HOME, f"罗小山{'甲乙丙丁戊己庚辛壬癸'[at % 10]}{'子丑寅卯'[at // 10]}", *NEW[3:6], None, None, None]
        for at in range(35)
    ]
    batch = await checked(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, lines))
    assert 0 < batch.wrong < 35
    assert PEOPLE_MAX == 30


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
async def test_people_that_went_out_come_back_unchanged(village: str, tmp_path: Path, ending: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    await committed(leader, "people", workbook(tmp_path / "p.xlsx", HEADINGS, [NEW]))
    path = tmp_path / f"all.{ending}"
    born = await db.scalar(
        "SELECT MIN(born_on) FROM directory_person WHERE cooperative_id = :org", org=leader.organization_id
    )
    assert str(born) < "1950", "growers are old"
    count = await take(leader, "people", path)
    outcome = await files.run(leader, "people", path, dry_run=True, now=NOW)
    assert (outcome.batch.unchanged, outcome.batch.wrong) == (count, 0), outcome.mistakes[:3]
