"""Rows of a preview in people's words: headings, values with their units, what was and what would be."""

from pathlib import Path

from pepperchain.excel.judging import Verdict
from pepperchain.imports import kinds, showing
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, checked, committed, rows, workbook
from tests.imports.test_checking import MEMBER


async def test_a_change_is_shown_under_its_heading_in_the_readers_language(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    await committed(leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [MEMBER]))
    changed = [*MEMBER[:7], "3.2", *MEMBER[8:]]
    batch = await checked(leader, "households", workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [changed]))
    found = await rows(batch, Verdict.UPDATE)
    for language, heading in (("zh", "面积"), ("en", "Area")):
        (shown,) = showing.shown_rows(kinds.KINDS["households"], found, language)
        (change,) = shown.changes
        assert heading in change.title
        assert "2.5" in change.before
        assert "3.2" in change.after


async def test_a_template_is_drawn_in_either_language(village: str) -> None:
    for language in ("zh", "en"):
        assert (await showing.template_of(kinds.KINDS["households"], language))[:2] == b"PK"
