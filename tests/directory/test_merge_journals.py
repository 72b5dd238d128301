"""The journal of a merge: what it wrote, and what of it can be put back."""

import pytest

from pepperchain.core import db
from pepperchain.directory.merge_journals import Journal, play_back
from tests.directory.registry import NOW, Registry, household

pytestmark = pytest.mark.usefixtures("database")


async def _kept(journal: Journal, home: int) -> int:
    """The journal in the database, under a merge of its own."""
    township = await db.scalar("SELECT township_id FROM directory_household WHERE id = :id", id=home)
    other = await db.scalar("SELECT MAX(id) FROM directory_household")
    merge_id = await db.insert_id(
        "directory_merge", request_id="00000000-0000-7000-8000-000000000001", kind="household", household_id=home,
        loser_household_id=other, township_id=township, reason="-", moved="{}", decided="[]", made_at=NOW, made_by_name="-",
    )  # fmt: skip
    await journal.write(merge_id)
    return merge_id


async def _address(home: int) -> tuple[object, ...]:
    rows = await db.tuples("SELECT address, note FROM directory_household WHERE id = :id", id=home)
    return rows[0]


@db.unit_of_work
async def _changed_and_back(home: int, meanwhile: str | None) -> list[tuple[str, str]]:
    journal = Journal()
    before = {"address": "1号", "note": None}
    await journal.put("directory_household", home, before, {"address": "2号", "note": "靠河"})
    await journal.put("directory_household", home, before, before)  # nothing differs, nothing is noted
    assert len(journal.changes) == 2
    assert journal.moved() == {"directory_household": 1}
    merge_id = await _kept(journal, home)
    if meanwhile is not None:
        await db.execute(
            "UPDATE directory_household SET note = :note WHERE id = :id", note=meanwhile, id=home
        )
    return await play_back(merge_id)


async def test_what_was_written_is_put_back_column_by_column(registry: Registry) -> None:
    home = (await household(registry.clerk_a, registry.baoping, "罗大山", address="1号")).id
    await household(registry.clerk_a, registry.baoping, "何素芳")
    assert await _changed_and_back(home, None) == []
    assert await _address(home) == ("1号", None)


async def test_a_column_that_was_changed_since_is_left_and_named(registry: Registry) -> None:
    home = (await household(registry.clerk_a, registry.baoping, "罗大山", address="1号")).id
    await household(registry.clerk_a, registry.baoping, "何素芳")
    assert await _changed_and_back(home, "搬走了") == [("directory_household", "note")]
    assert await _address(home) == ("1号", "搬走了")


@db.unit_of_work
async def _gone_meanwhile(home: int, plot: int) -> list[tuple[str, str]]:
    journal = Journal()
    await journal.put("directory_plot", plot, {"name": "坡上"}, {"name": "坡下"})
    merge_id = await _kept(journal, home)
    await db.execute("DELETE FROM directory_plot WHERE id = :id", id=plot)
    return await play_back(merge_id)


@db.unit_of_work
async def _plot(home: int) -> int:
    return await db.insert_id(
        "directory_plot", household_id=home, village_id=await _of(home, "village_id"), cultivar="jiuyeqing", name="坡上",
        township_id=await _of(home, "township_id"), area_centimu=100, created_at=NOW,
    )  # fmt: skip


async def _of(home: int, column: str) -> int:
    return int(await db.scalar(f"SELECT {column} FROM directory_household WHERE id = :id", id=home))


async def test_a_row_that_is_gone_is_named(registry: Registry) -> None:
    home = (await household(registry.clerk_a, registry.baoping, "罗大山")).id
    await household(registry.clerk_a, registry.baoping, "何素芳")
    assert await _gone_meanwhile(home, await _plot(home)) == [("directory_plot", "name")]
