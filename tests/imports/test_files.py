"""Whole files from the command line, and back again."""

from pathlib import Path

import pytest

from pepperchain.core import db
from pepperchain.imports import files
from pepperchain.imports.rules import State
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, NOW, workbook
from tests.imports.test_checking import MEMBER, member


async def test_a_dry_run_checks_and_writes_nothing(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    before = await db.scalar("SELECT COUNT(*) FROM directory_household")
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    outcome = await files.run(leader, "households", path, dry_run=True, now=NOW)
    assert (outcome.batch.creates, list(outcome.mistakes)) == (1, [])
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == before


async def test_a_whole_file_is_imported_or_its_mistakes_are_told(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    good = await files.run(
        leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [MEMBER]), dry_run=False, now=NOW
    )
    assert good.batch.state is State.COMMITTED
    bad = workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [member(1), member(2, 手机="1")])
    wrong = await files.run(leader, "households", bad, dry_run=False, now=NOW)
    assert [mistake.row_number for mistake in wrong.mistakes] == [3]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
async def test_what_is_exported_changes_nothing_when_it_comes_back(
    village: str, tmp_path: Path, ending: str
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = tmp_path / f"all.{ending}"
    count = await take(leader, "households", path, now=NOW)
    outcome = await files.run(leader, "households", path, dry_run=True, now=NOW)
    assert outcome.batch.wrong == 0, outcome.mistakes[:3]
    assert (outcome.batch.creates, outcome.batch.updates) == (0, 0)
    assert outcome.batch.unchanged == count > 0
