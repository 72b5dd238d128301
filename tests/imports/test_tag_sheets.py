"""Sheets of tags: put on households that a card, a phone or a name tells, refused where something is unknown, undone exactly."""

from pathlib import Path
from uuid import UUID

from pepperchain.core import db
from pepperchain.imports import batches
from pepperchain.imports.rules import State
from pepperchain.segments import tags
from tests.harness import cast
from tests.imports.files import NOW, Cells, checked, committed, dump, rows, undone, workbook, worked
from tests.imports.test_sheets import problems
from tests.segments.finding import home_of, tag, tagged

HEADINGS = ["椒农卡号", "户主", "电话", "标签"]


async def _card(name: str) -> str:
    sql = "SELECT h.card_number FROM directory_household h JOIN directory_person p ON p.id = h.head_id WHERE p.name = :name"
    return str(await db.scalar(sql, name=name))


async def test_tags_are_put_on_by_card_phone_and_name_and_taken_back_exactly(
    village: str, tmp_path: Path
) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    one, other, third = await home_of("罗大山"), await home_of("仇玉兰"), await home_of("张桂英")
    model, short = await tag(clerk, "示范户"), await tag(clerk, "缺人手")
    await tags.put_on(clerk, household_id=other, tag_id=model, now=NOW)
    before = await dump("segments_tagging")
    lines: list[Cells] = [
        [await _card("仇玉兰"), None, None, "示范户，缺人手"],
        [None, "罗大山", "19900000010", "缺人手、缺人手;"],
        [None, "张桂英", None, "示范户"],
        [None, "张桂英", None, "示范户"],
    ]
    path = workbook(tmp_path / "t.xlsx", HEADINGS, lines)
    looked = await checked(clerk, "tags", path)
    assert (looked.updates, looked.unchanged, looked.wrong) == (3, 1, 0)
    first = (await rows(looked))[0]
    assert [(each.before, each.after) for each in first.changes] == [("示范户", "示范户、缺人手")]
    batch = await committed(clerk, "tags", path)
    assert (await tagged(model), await tagged(short)) == ({other, third}, {one, other})
    again = await checked(clerk, "tags", path)
    assert again.unchanged == len(lines)
    # One is put on anew by hand: it is somebody else's now, and stays.
    await tags.take_off(clerk, household_id=one, tag_id=short, now=NOW)
    await tags.put_on(clerk, household_id=one, tag_id=short, now=NOW)
    assert (await undone(clerk, batch)).state is State.UNDONE
    assert (await tagged(model), await tagged(short)) == ({other}, {one})
    await tags.take_off(clerk, household_id=one, tag_id=short, now=NOW)
    assert await dump("segments_tagging") == before


async def test_unknown_tags_and_other_peoples_households_are_named(village: str, tmp_path: Path) -> None:
    clerk, other = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_B)
    await tag(other, "别社的")
    await tag(clerk, "示范户")
    theirs = await db.scalar(
        "SELECT h.card_number FROM directory_household h WHERE h.cooperative_id = :org AND h.ended_on IS NULL ORDER BY h.id LIMIT 1",
        org=other.organization_id,
    )
    lines: list[Cells] = [
        [None, "罗大山", "19900000010", "别社的"],
        [theirs, None, None, "示范户"],
        [None, None, None, "示范户"],
        [None, "罗大山", "19900000010", None],
    ]
    batch = await checked(clerk, "tags", workbook(tmp_path / "t.xlsx", HEADINGS, lines))
    assert batch.wrong == len(lines)
    assert {(row, column) for row, column, _ in await problems(batch)} >= {(2, "D"), (3, "A"), (5, "D")}
    assert await db.scalar("SELECT COUNT(*) FROM segments_tagging") == 0


async def test_a_tag_that_was_removed_meanwhile_leaves_nothing_half_done(
    village: str, tmp_path: Path
) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    kept, removed = await tag(clerk, "示范户"), await tag(clerk, "缺人手")
    path = workbook(tmp_path / "t.xlsx", HEADINGS, [[None, "罗大山", "19900000010", "示范户、缺人手"]])
    looked = await checked(clerk, "tags", path)
    await tags.remove(clerk, id=removed, now=NOW)
    await batches.approve(clerk, id=UUID(looked.id), now=NOW)
    stopped = await worked(looked.id)
    assert (stopped.state, stopped.message) == (State.UPLOADED, tags.REMOVED)
    assert (await tagged(kept), await tagged(removed)) == (set(), set())
