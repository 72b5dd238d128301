"""The unit of work: all or nothing, joined when nested, never a lock left behind, whatever is cancelled and when."""

import asyncio
import random
import sqlite3
import time

import asyncpg
import pytest

from pepperchain.core import counters, db, migrating, sqlite_engine

SCOPE = "test"


@db.unit_of_work
async def number() -> int:
    return await counters.following(SCOPE)


@db.unit_of_work
async def number_then_fail() -> None:
    await counters.following(SCOPE)
    raise LookupError("after the write")


@db.unit_of_work
async def slow_number(pauses: int) -> int:
    taken = await counters.following(SCOPE)
    for _ in range(pauses):
        await asyncio.sleep(0)
    return taken


async def last_number() -> int:
    return int(await db.scalar("SELECT value FROM core_counter WHERE scope = :scope", scope=SCOPE) or 0)


async def test_a_failed_unit_leaves_nothing(database: str) -> None:
    await number()
    with pytest.raises(LookupError):
        await number_then_fail()
    assert await last_number() == 1
    assert await number() == 2


async def test_a_unit_inside_a_unit_falls_with_it(database: str) -> None:
    @db.unit_of_work
    async def outer() -> None:
        await number()
        raise LookupError("after the inner unit")

    with pytest.raises(LookupError):
        await outer()
    assert await last_number() == 0


async def test_swallowing_the_failure_of_an_inner_unit_is_our_own_mistake(database: str) -> None:
    @db.unit_of_work
    async def outer() -> None:
        try:
            await number_then_fail()
        except LookupError:
            pass

    with pytest.raises(AssertionError, match="swallowed"):
        await outer()
    assert await last_number() == 0


@db.unit_of_work
async def scopes_together(*scopes: str) -> int:
    """Writes that wait for one another's company, a number taken among them, and a look at what is there before the end."""
    async with db.together():
        await db.insert("core_counter", scope=scopes[0], value=3)
        taken = await counters.following(SCOPE)
        for scope in scopes[1:]:
            await db.execute_many(
                "INSERT INTO core_counter (scope, value) VALUES (:scope, :value)",
                [{"scope": scope, "value": 5}],
            )
        assert await db.scalar("SELECT COUNT(*) FROM core_counter") == len(scopes) + 1
        await db.insert("core_counter", scope="last", value=7)
    return taken


async def test_writes_that_travel_together_all_arrive(database: str) -> None:
    assert await scopes_together("a", "b", "c") == 1
    rows = await db.tuples("SELECT scope, value FROM core_counter ORDER BY scope")
    assert rows == [("a", 3), ("b", 5), ("c", 5), ("last", 7), (SCOPE, 1)]


async def test_writes_that_travel_together_fall_together(database: str) -> None:
    await number()
    with pytest.raises(db.Violation):
        await scopes_together("a", SCOPE)
    assert await db.tuples("SELECT scope, value FROM core_counter") == [(SCOPE, 1)]


async def test_writing_outside_a_unit_is_refused(database: str) -> None:
    with pytest.raises(AssertionError, match="outside a unit"):
        await db.execute("UPDATE core_counter SET value = 9")
    with pytest.raises(AssertionError, match="outside a unit"):
        await counters.following(SCOPE)


async def test_a_task_started_inside_a_unit_cannot_write_into_it(database: str) -> None:
    @db.unit_of_work
    async def outer() -> None:
        await asyncio.create_task(number())

    with pytest.raises(AssertionError, match="task"):
        await outer()


async def test_a_failed_unit_takes_no_neighbour_with_it(database: str) -> None:
    """On SQLite they share a transaction: the savepoint of one is rolled back, the others are committed."""
    results = await asyncio.gather(
        *(number_then_fail() if turn % 3 == 0 else number() for turn in range(60)), return_exceptions=True
    )
    numbers = sorted(result for result in results if isinstance(result, int))
    assert numbers == list(range(1, 41))
    assert await last_number() == 40


async def test_a_number_is_never_skipped_or_given_twice_under_many_clients(database: str) -> None:
    numbers = await asyncio.gather(*(number() for _ in range(300)))
    assert sorted(numbers) == list(range(1, 301))


async def test_readers_do_not_see_a_unit_before_its_commit(database: str) -> None:
    seen: list[int] = []
    inside, go_on = asyncio.Event(), asyncio.Event()

    @db.unit_of_work
    async def writer() -> None:
        await counters.following(SCOPE)
        inside.set()
        await go_on.wait()

    task = asyncio.create_task(writer())
    await inside.wait()
    seen.append(await last_number())
    go_on.set()
    await task
    seen.append(await last_number())
    assert seen == [0, 1]


@pytest.mark.parametrize("seed", range(4))
async def test_cancelling_anywhere_leaves_no_lock_and_no_open_transaction(database: str, seed: int) -> None:
    """600 units a seed, each cancelled after a random number of steps; then the next one must not wait."""
    chance = random.Random(seed)

    async def cancelled_unit() -> None:
        task = asyncio.create_task(slow_number(chance.randrange(4)))
        for _ in range(chance.randrange(14)):
            await asyncio.sleep(0 if chance.random() < 0.9 else 0.0005)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass

    for _ in range(30):
        await asyncio.gather(*(cancelled_unit() for _ in range(20)))
    before = await last_number()
    started = time.perf_counter()
    assert await number() == before + 1
    assert time.perf_counter() - started < 1


async def test_cancelling_the_wait_for_the_turn_leaves_the_queue_in_order(database: str) -> None:
    holding = asyncio.create_task(slow_number(50))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(number()) for _ in range(20)]
    await asyncio.sleep(0)
    for task in waiting[::2]:
        task.cancel()
    results = await asyncio.gather(holding, *waiting, return_exceptions=True)
    assert all(isinstance(result, int | asyncio.CancelledError) for result in results)
    kept = [result for result in results if isinstance(result, int)]
    assert len(set(kept)) == len(kept) >= 11
    assert await number() == await last_number()


async def test_closing_waits_for_the_unit_that_runs(blank_url: str) -> None:
    await migrating.migrate(blank_url)
    await db.open(blank_url, migrating.apps())
    running = asyncio.create_task(slow_number(5))
    await asyncio.sleep(0)
    assert await running == 1
    await db.close()
    await db.open(blank_url, migrating.apps())
    assert await last_number() == 1
    await db.close()


@pytest.mark.sqlite
async def test_a_begin_that_fails_gives_the_turn_back(database: str) -> None:
    """Another process holds the file for longer than we wait: the unit fails, and the next one works."""
    client = db._database().client
    assert isinstance(client, sqlite_engine.Client)
    client.writer.connection.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(client.filename, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Exception, match="locked"):
        await number()
    failures = await asyncio.gather(number(), number(), return_exceptions=True)
    assert all("locked" in str(failure) for failure in failures)
    other.execute("ROLLBACK")
    other.close()
    assert await number() == 1


@pytest.mark.sqlite
async def test_the_writer_waits_for_the_disk(database: str) -> None:
    """WAL with synchronous=FULL: an answered write survives a power cut."""
    client = db._database().client
    assert isinstance(client, sqlite_engine.Client)
    settings = [
        client.writer.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous")
    ]
    assert settings == ["wal", 2]


@pytest.mark.postgres
async def test_a_deadlock_or_a_serialization_failure_runs_the_whole_verb_again(database: str) -> None:
    attempts = 0

    @db.unit_of_work
    async def verb() -> int:
        nonlocal attempts
        attempts += 1
        taken = await counters.following(SCOPE)
        if attempts < 3:
            raise asyncpg.DeadlockDetectedError("as PostgreSQL would say")
        return taken

    assert await verb() == 1
    assert attempts == 3
