"""Many rows at once: what is written comes back as it was, in its order, and a wrong row takes all others with it."""

import asyncio
import random

import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.migrating import spelled

COLUMNS = ("id", "day", "sealed", "words", "said", "count")
ODD = ["", "\\N", "\\.", "a\tb\nc\rd\\", "花椒\u2028\u3000", "\\x00", "\b\f\v", "'\"", '{"a":"\\n"}', "NULL"]


async def table() -> None:
    """A table with a column of each kind, gone with the unit of work that it is made in."""
    (sql,) = spelled(
        "CREATE TABLE core_odd (number {id}, id {uuid} UNIQUE, day DATE, sealed {bytes}, words VARCHAR(40), said {text_c},"
        " count INTEGER)",
        db.dialect(),
    )
    await db.execute(sql)


class Seen(Exception):
    """Ends a unit of work that leaves nothing."""


async def test_values_come_back_as_they_were_and_in_order(database: str) -> None:
    rows: list[tuple[object, ...]] = [
        (str(new_id()), "2026-06-10", bytes(range(256)), words, words * 2, number)
        for number, words in enumerate(ODD)
    ]
    rows.append((None,) * len(COLUMNS))

    @db.unit_of_work
    async def written() -> None:
        await table()
        await db.insert_many("core_odd", COLUMNS, rows)
        found = await db.tuples(f"SELECT {', '.join(COLUMNS)} FROM core_odd ORDER BY number")
        assert found == rows
        raise Seen

    with pytest.raises(Seen):
        await written()


async def test_an_empty_list_writes_nothing(database: str) -> None:
    @db.unit_of_work
    async def written() -> None:
        await db.insert_many("core_counter", ("scope", "value"), [])

    await written()
    assert await db.scalar("SELECT COUNT(*) FROM core_counter") == 0


@pytest.mark.parametrize("wrong", [("s3", 1), ("s500", None)])
async def test_one_wrong_row_refuses_all(database: str, wrong: tuple[str, int | None]) -> None:
    @db.unit_of_work
    async def written() -> None:
        rows = [(f"s{number}", number) for number in range(500)]
        await db.insert_many("core_counter", ("scope", "value"), [*rows, wrong])

    with pytest.raises(db.Violation):
        await written()
    assert await db.scalar("SELECT COUNT(*) FROM core_counter") == 0


async def test_what_waits_to_travel_together_arrives_before_a_list(database: str) -> None:
    @db.unit_of_work
    async def written() -> None:
        async with db.together():
            await db.insert("core_counter", scope="first", value=1)
            await db.insert_many("core_counter", ("scope", "value"), [("second", 2), ("third", 3)])

    await written()
    assert await db.scalar("SELECT COUNT(*) FROM core_counter") == 3


async def test_a_list_cancelled_anywhere_leaves_no_row_and_no_lock(database: str) -> None:
    chance = random.Random(7)

    @db.unit_of_work
    async def written(count: int) -> None:
        await db.insert_many(
            "core_counter", ("scope", "value"), [(f"s{number}", 1) for number in range(count)]
        )
        await asyncio.sleep(0.005)
        raise Seen

    for _ in range(100):
        task = asyncio.create_task(written(chance.choice((1, 2_000))))
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0 if chance.random() < 0.7 else 0.001)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Seen)):
            await task
    assert await db.scalar("SELECT COUNT(*) FROM core_counter") == 0
    with pytest.raises(Seen):
        await asyncio.wait_for(written(2_000), timeout=5)
