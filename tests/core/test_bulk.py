"""A load: all or nothing, with every index, guard and reference back in its place."""

import pytest

from pepperchain.core import bulk, db
from pepperchain.core.db import Violation

TABLES = ("audit_entry", "directory_area")
AREA = ("id", "parent_id", "kind", "code", "name", "name_en", "pinyin", "initials")
DISTRICT = (1, None, "district", "500116", "江津区", "Jiangjin District", "jiangjin", "jj")


async def _aside() -> set[str]:
    if db.dialect() == "sqlite":
        rows = await db.tuples(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%'"
        )
    else:
        rows = await db.tuples(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT conrelid::regclass::text || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
            " UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
        )
    return {row[0] for row in rows}


async def test_a_load_leaves_every_index_guard_and_reference_as_it_was(database: str) -> None:
    before = await _aside()
    async with bulk.loading(TABLES) as loader:
        assert await _count(loader) == 0
        assert await loader.copy("directory_area", AREA, [DISTRICT]) == 1
        assert await loader.next_id("directory_area") == 2
    assert await _aside() == before
    assert await db.scalar("SELECT name FROM directory_area") == "江津区"


async def _count(loader: bulk.Loader) -> int:
    ((count,),) = await loader.tuples("SELECT COUNT(*) FROM directory_area")
    return int(count)


async def test_a_load_that_fails_leaves_nothing(database: str) -> None:
    before = await _aside()
    with pytest.raises(RuntimeError, match="enough"):
        await _break_off()
    assert await _aside() == before
    assert await db.scalar("SELECT COUNT(*) FROM directory_area") == 0


async def _break_off() -> None:
    async with bulk.loading(TABLES) as loader:
        await loader.copy("directory_area", AREA, [DISTRICT])
        raise RuntimeError("enough")


async def test_a_row_without_its_parent_fails_the_whole_load(database: str) -> None:
    orphan = (2, 99, "township", "50011601", "先锋镇", "Xianfeng Town", "xianfeng", "xf")
    with pytest.raises(Exception, match=r"parent|foreign key"):
        await _load([DISTRICT, orphan])
    assert await db.scalar("SELECT COUNT(*) FROM directory_area") == 0


async def _load(rows: list[bulk.Row]) -> None:
    async with bulk.loading(TABLES) as loader:
        await loader.copy("directory_area", AREA, rows)


async def test_ids_go_on_after_a_load(database: str) -> None:
    async with bulk.loading(TABLES) as loader:
        await loader.copy("directory_area", AREA, [DISTRICT])
    assert await _enter() == 2


@db.unit_of_work
async def _enter() -> int:
    return await db.insert_id(
        "directory_area", parent_id=1, kind="township", code="50011601", name="先锋镇", name_en="Xianfeng Town",
        pinyin="xianfeng", initials="xf",
    )  # fmt: skip


async def test_guards_stand_again_after_a_load(database: str) -> None:
    columns = ("at", "actor_name", "role", "verb", "subject", "subject_id", "facts")
    async with bulk.loading(TABLES) as loader:
        await loader.copy("audit_entry", columns, [(1, "system", "system", "test", "test", "1", "{}")])
    with pytest.raises(Violation):
        await _tamper()


@db.unit_of_work
async def _tamper() -> None:
    await db.execute("UPDATE audit_entry SET verb = 'other'")


async def test_a_load_stands_outside_units_of_work(database: str) -> None:
    with pytest.raises(AssertionError):
        await _nested()


@db.unit_of_work
async def _nested() -> None:
    async with bulk.loading(TABLES):
        pass
