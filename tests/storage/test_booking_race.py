"""Twenty places and a hundred who want one, from several processes at once, round after round: twenty get one, never more or fewer.

`PEPPERCHAIN_TEST_ROUNDS=200` is the full figure; a change is tried with fewer.
"""

import asyncio
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, lots, queries, rooms, waiting
from tests.storage.store import NOW, Store, all_fits, room_facts

ROUNDS = int(os.environ.get("PEPPERCHAIN_TEST_ROUNDS", "12"))
PROCESSES, BOOKERS, PLACES, ROOMS = 4, 100, 20, 4
GRAMS = 3_000
TODAY = date(2026, 6, 10)


async def small_rooms(store: Store) -> list[int]:
    """Rooms with twenty places each."""
    made = [
        await rooms.enter(
            SYSTEM,
            id=new_id(),
            site_id=store.register.site_a,
            facts=room_facts(f"赛{number}", PLACES * GRAMS),
            now=NOW,
        )
        for number in range(ROOMS)
    ]
    return [each.id for each in made]


@pytest.mark.slow
async def test_several_processes_of_bookers_get_every_place_once(store: Store, database: str) -> None:
    contested = await small_rooms(store)
    here = str(Path(__file__).parents[2])
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).with_name("booking_process.py")), database, TODAY.isoformat(), str(ROUNDS),
            str(BOOKERS // PROCESSES), str(store.register.cooperative_a), *map(str, contested), cwd=here,
            env={**os.environ, "PYTHONPATH": here}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    got = 0
    for process in processes:
        said, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        got += int(said)
    assert got == ROUNDS * PLACES
    last = TODAY + timedelta(days=(ROUNDS - 1) // ROOMS)
    booked = await queries.booked_by_day(contested, TODAY, last)
    full = [booked[contested[number % ROOMS]][number // ROOMS] == PLACES * GRAMS for number in range(ROUNDS)]
    assert all(full)
    await all_fits()


async def test_corrections_downward_are_never_held_up_by_bookings(store: Store) -> None:
    lot = await store.lot(40, room_id=store.small)
    await bookings.place(
        store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(20_000), from_on=TODAY, to_on=TODAY, now=NOW
    )  # fmt: skip
    for counted in (39_999, 12_000, 0):
        await lots.adjust(
            store.leader, id=new_id(), lot_id=lot, counted=Grams(counted), reason="干耗", now=NOW
        )
    assert await store.stock(store.small) == 0
    await all_fits()


async def test_what_is_changed_released_and_booked_at_once_never_exceeds_the_room(store: Store) -> None:
    placed = [
        await bookings.place(
            store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(6_000), from_on=TODAY, to_on=TODAY, now=NOW
        )
        for _ in range(10)
    ]  # fmt: skip

    async def change(number: int) -> None:
        try:
            await bookings.change(
                store.clerk, id=new_id(), of=placed[number].id, version=1, grams=Grams(12_000), from_on=TODAY, to_on=TODAY, now=NOW
            )  # fmt: skip
        except Refused:
            pass

    async def book() -> None:
        try:
            await bookings.place(
                store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(3_000), from_on=TODAY, to_on=TODAY, now=NOW
            )  # fmt: skip
        except Refused:
            pass

    await asyncio.gather(
        *(bookings.release(store.clerk, id=each.id, now=NOW) for each in placed[:4]),
        *(change(number) for number in range(4, 10)),
        *(book() for _ in range(20)),
        waiting.run(now=NOW),
    )
    (booked,) = (await queries.booked_by_day([store.small], TODAY, TODAY))[store.small]
    assert 57_000 <= booked <= 60_000
    assert await db.scalar("SELECT COUNT(*) FROM storage_booking WHERE released_at IS NOT NULL") == 4
