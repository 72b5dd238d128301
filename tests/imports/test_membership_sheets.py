"""Sheets of memberships: times in cooperatives that do not overlap, entered, ended, corrected, and undone exactly."""

from pathlib import Path

import pytest

from pepperchain.core import db
from pepperchain.imports import files
from pepperchain.imports.rules import State
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import NOW, REGISTRY, Cells, checked, committed, dump, undone, workbook
from tests.imports.test_sheets import problems

HEADINGS = ["户主", "电话", "合作社", "入社日期", "退社日期"]
HOME = ["罗大山", "19900000010"]


async def names() -> tuple[str, str, str]:
    """Cooperative A, cooperative B, and since when 罗大山 is in A."""
    a, b = [
        await db.scalar(
            "SELECT o.short_name FROM directory_organization o JOIN accounts_user u ON u.organization_id = o.id WHERE u.phone = :phone",
            phone=phone,
        )
        for phone in (cast.LEADER_A, cast.LEADER_B)
    ]
    since = await db.scalar(
        "SELECT m.started_on FROM directory_membership m JOIN directory_household h ON h.id = m.household_id"
        " JOIN directory_person p ON p.id = h.head_id WHERE p.name = '罗大山' AND m.ended_on IS NULL"
    )
    return a, b, str(since)


async def test_a_past_one_an_end_and_a_new_one_in_one_sheet_and_back(village: str, tmp_path: Path) -> None:
    admin = await cast.actor(cast.ADMIN)
    a, b, since = await names()
    before = await dump(*REGISTRY)
    lines: list[Cells] = [
        [*HOME, b, "2001-05-01", "2002-04-30"],
        [*HOME, a, since, "2026-06-30"],
        [*HOME, b, "2026-07-01", None],
    ]
    batch = await committed(admin, "memberships", workbook(tmp_path / "m.xlsx", HEADINGS, lines))
    assert (batch.creates, batch.updates) == (2, 1)
    now_in = await db.scalar(
        "SELECT o.short_name FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " JOIN directory_organization o ON o.id = h.cooperative_id WHERE p.name = '罗大山'"
    )
    assert now_in == b
    again = await checked(admin, "memberships", workbook(tmp_path / "n.xlsx", HEADINGS, lines))
    assert (again.unchanged, again.wrong) == (3, 0)
    after = await undone(admin, batch)
    assert after.state is State.UNDONE, (after.message, after.facts)
    assert await dump(*REGISTRY) == before


async def test_days_that_are_taken_or_cannot_be_are_refused(village: str, tmp_path: Path) -> None:
    admin = await cast.actor(cast.ADMIN)
    a, b, since = await names()
    for line, letter in (
        ([*HOME, b, since, None], "D"),
        ([*HOME, b, "2002-05-01", "2001-04-30"], "E"),
        ([*HOME, b, "2199-05-01", None], "D"),
        ([*HOME, "没有这个社", "2001-05-01", "2002-04-30"], "C"),
        ([*HOME, None, "2001-05-01", "2002-04-30"], "C"),
        ([*HOME, a, None, None], "D"),
        (["没有人", None, a, "2001-05-01", None], "A"),
    ):
        batch = await checked(admin, "memberships", workbook(tmp_path / "m.xlsx", HEADINGS, [line]))
        assert letter in {told for _, told, _ in await problems(batch)}, line
    twice = [[*HOME, b, "2001-05-01", "2002-04-30"]] * 2
    batch = await checked(admin, "memberships", workbook(tmp_path / "t.xlsx", HEADINGS, twice))
    assert (batch.creates, batch.wrong) == (1, 1)


async def test_a_cooperatives_people_bring_their_own_alone(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    _, b, since = await names()
    past = [*HOME, None, "2001-05-01", "2002-04-30"]
    other = [*HOME, b, "2003-05-01", "2004-04-30"]
    batch = await checked(leader, "memberships", workbook(tmp_path / "m.xlsx", HEADINGS, [past, other]))
    assert (batch.creates, batch.wrong) == (1, 1)
    stranger = await cast.actor(cast.LEADER_B)
    batch = await checked(stranger, "memberships", workbook(tmp_path / "n.xlsx", HEADINGS, [past]))
    assert batch.wrong == 1
    before = await dump(*REGISTRY)
    ended = await committed(
        leader, "memberships", workbook(tmp_path / "e.xlsx", HEADINGS, [[*HOME, None, since, "2026-06-30"]])
    )
    assert (await undone(leader, ended)).state is State.UNDONE
    assert await dump(*REGISTRY) == before


async def test_a_household_that_went_elsewhere_since_stops_the_undo(village: str, tmp_path: Path) -> None:
    admin = await cast.actor(cast.ADMIN)
    a, b, since = await names()
    ended = await committed(
        admin, "memberships", workbook(tmp_path / "e.xlsx", HEADINGS, [[*HOME, a, since, "2026-06-30"]])
    )
    joined = workbook(tmp_path / "j.xlsx", HEADINGS, [[*HOME, b, "2026-07-02", None]])
    later = NOW.replace(microsecond=0) if NOW.microsecond else NOW
    await committed(admin, "memberships", joined, now=later)
    refused = await undone(admin, ended)
    assert refused.state in (State.COMMITTED, State.UNDONE)
    assert refused.conflicts == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
async def test_memberships_that_went_out_come_back_unchanged(
    village: str, tmp_path: Path, ending: str
) -> None:
    for phone in (cast.LEADER_A, cast.ADMIN):
        person = await cast.actor(phone)
        path = tmp_path / f"{phone}.{ending}"
        count = await take(person, "memberships", path)
        outcome = await files.run(person, "memberships", path, dry_run=True, now=NOW)
        assert (outcome.batch.unchanged, outcome.batch.wrong) == (count, 0), outcome.mistakes[:3]
