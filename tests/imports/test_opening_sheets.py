"""The sheet of opening stock: judged with its rows named, written once, taken back, and given out as it came."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.excel.judging import Verdict
from pepperchain.imports import batches, queries
from pepperchain.imports.rules import State
from pepperchain.storage import doctor, lots
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import NOW, checked, committed, dump, rows, undone, workbook, worked

HEADINGS = ["冷库", "库房", "货主", "品类", "等级", "采摘日期", "重量(公斤)", "原批号"]
PICKED = (clock.local_day(NOW) - timedelta(days=40)).isoformat()
TABLES = (
    "storage_room", "storage_available",
)  # fmt: skip


async def place(actor: Actor, form: str) -> tuple[str, str, int]:
    """A site and room of the actor's that take a form, and what is free in it."""
    found = await db.tuples(
        "SELECT s.name, r.name, r.capacity_grams - r.stock_grams FROM storage_room r JOIN directory_site s ON s.id = r.site_id"
        " WHERE s.operator_id = :id AND r.forms LIKE :form ORDER BY r.id LIMIT 1",
        id=actor.organization_id,
        form=f"%{form}%",
    )
    return found[0]


async def owner() -> str:
    """A cooperative that stores at the storekeeper's."""
    keeper = await cast.actor(cast.STOREKEEPER)
    name: str = await db.scalar(
        "SELECT o.short_name FROM directory_organization_relation r JOIN directory_organization o ON o.id = r.from_id"
        " WHERE r.to_id = :id AND r.kind = 'stores_at' AND r.ended_on IS NULL ORDER BY o.id LIMIT 1",
        id=keeper.organization_id,
    )
    return name


async def books_fit() -> None:
    found = await doctor.findings()
    assert not found, found


async def test_what_lies_there_becomes_lots_once_and_can_be_taken_back(village: str, tmp_path: Path) -> None:
    keeper, whose = await cast.actor(cast.STOREKEEPER), await owner()
    site, room, _ = await place(keeper, "preserved_fresh")
    before = await dump(*TABLES)
    lines = [
        [site, room, whose, "保鲜", "一级", PICKED, 125, ""],
        [site, room, whose, "保鲜", "一级", PICKED, 80, "甲"],
    ]
    path = workbook(tmp_path / "open.xlsx", HEADINGS, lines)
    batch = await committed(keeper, "opening", path)
    assert (batch.state, batch.creates) == (State.COMMITTED, 2)
    made = await db.tuples(
        "SELECT l.on_hand_grams, l.free_grams, l.slips, l.fresh_until_at > l.picked_at FROM storage_lot l"
        " JOIN storage_opening o ON o.lot_id = l.id ORDER BY l.id"
    )
    assert [tuple(int(each) for each in row) for row in made] == [
        (125_000, 125_000, 0, 1),
        (80_000, 80_000, 0, 1),
    ]
    opened = await db.scalar("SELECT SUM(credits - debits) FROM ledger_account WHERE kind = 'opening'")
    assert opened == 205_000
    await books_fit()
    again = await checked(keeper, "opening", path)
    assert (again.creates, again.unchanged, again.wrong) == (0, 2, 0)
    assert (await undone(keeper, batch)).state is State.UNDONE
    await books_fit()
    after = await dump(*TABLES)
    assert after["storage_room"] == before["storage_room"]
    anew = await committed(keeper, "opening", path)
    assert anew.creates == 2
    await books_fit()


async def test_two_files_of_the_same_checked_together_are_counted_once(village: str, tmp_path: Path) -> None:
    keeper, whose = await cast.actor(cast.STOREKEEPER), await owner()
    site, room, _ = await place(keeper, "preserved_fresh")
    path = workbook(tmp_path / "open.xlsx", HEADINGS, [[site, room, whose, "保鲜", "一级", PICKED, 125, ""]])
    one, two = await checked(keeper, "opening", path), await checked(keeper, "opening", path)
    for batch in (one, two):
        await batches.approve(keeper, id=UUID(batch.id), now=NOW)
        await worked(batch.id)
    assert await db.scalar("SELECT COUNT(*) FROM storage_opening") == 1
    await books_fit()


async def test_what_cannot_be_is_wrong_row_by_row(village: str, tmp_path: Path) -> None:
    keeper, whose = await cast.actor(cast.STOREKEEPER), await owner()
    site, room, free = await place(keeper, "preserved_fresh")
    tomorrow = (clock.local_day(NOW) + timedelta(days=1)).isoformat()
    lines = [
        [site, room, whose, "保鲜", "一级", PICKED, free // 1000, ""],
        [site, room, whose, "保鲜", "二级", PICKED, 10, ""],  # the row before filled it
        [site, room, whose, "保鲜", "一级", PICKED, 5, ""],  # the first again
        ["哪里", room, whose, "保鲜", "一级", PICKED, 5, ""],
        [site, "没有", whose, "保鲜", "一级", PICKED, 5, ""],
        [site, room, "没有合作社", "保鲜", "一级", PICKED, 5, ""],
        [site, room, whose, "保鲜", "油椒", PICKED, 5, ""],
        [site, room, whose, "保鲜", "一级", tomorrow, 5, "a"],
        [site, room, whose, "保鲜", "一级", "2001-01-01", 5, "b"],
        [site, room, whose, "保鲜", "一级", PICKED, 0, "c"],
        [site, room, whose, "保鲜", "一级", PICKED, 5, "长" * 41],
    ]
    batch = await checked(keeper, "opening", workbook(tmp_path / "open.xlsx", HEADINGS, lines))
    wrong = [row.row_number for row in await rows(batch) if row.verdict is Verdict.WRONG]
    assert wrong == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    told = {each.row_number: each.problem.letter for each in await queries.mistakes(batch.id, limit=50)}
    assert told[3] == "G"


async def test_what_was_used_since_is_not_taken_back(village: str, tmp_path: Path) -> None:
    keeper, whose = await cast.actor(cast.STOREKEEPER), await owner()
    site, room, _ = await place(keeper, "preserved_fresh")
    line = [site, room, whose, "保鲜", "一级", PICKED, 125, ""]
    batch = await committed(keeper, "opening", workbook(tmp_path / "open.xlsx", HEADINGS, [line]))
    lot = await db.scalar("SELECT lot_id FROM storage_opening")
    await lots.issue(keeper, id=new_id(), lot_id=lot, grams=Grams(1000), reason="卖给客户", now=NOW)
    kept = await undone(keeper, batch)
    assert (kept.state, kept.conflicts) == (State.COMMITTED, 1)
    changed = [*line[:6], 900, ""]
    other = await checked(keeper, "opening", workbook(tmp_path / "other.xlsx", HEADINGS, [changed]))
    assert other.wrong == 1
    await books_fit()


async def test_given_out_it_changes_nothing_when_it_comes_back(village: str, tmp_path: Path) -> None:
    keeper, whose = await cast.actor(cast.STOREKEEPER), await owner()
    site, room, _ = await place(keeper, "preserved_fresh")
    lines = [
        [site, room, whose, "保鲜", "一级", PICKED, 125, ""],
        [site, room, whose, "保鲜", "二级", PICKED, 80, "7"],
    ]
    batch = await committed(keeper, "opening", workbook(tmp_path / "open.xlsx", HEADINGS, lines))
    for name in ("out.xlsx", "out.csv"):
        assert await take(keeper, "opening", tmp_path / name) == 2
        back = await checked(keeper, "opening", tmp_path / name)
        assert (back.unchanged, back.creates, back.wrong) == (2, 0, 0)
    stranger = await cast.actor(cast.LEADER_B)
    assert await take(stranger, "opening", tmp_path / "theirs.csv") == 0
    assert (await undone(keeper, batch)).state is State.UNDONE
    assert await take(keeper, "opening", tmp_path / "none.csv") == 0
    anew = await committed(keeper, "opening", tmp_path / "out.xlsx")
    assert anew.creates == 2
