"""What the clock finds by itself: silent sensors and open doors, once each; and what is swept away."""

from datetime import timedelta

from pepperchain.climate import breaches, jobs, watching
from pepperchain.climate.code_rules import Cause, SensorKind
from pepperchain.core import db
from tests.climate.cold import NOW, START, Cold
from tests.climate.cold import breaches as found


async def kinds() -> list[str]:
    return await db.fetch(str, "SELECT kind FROM climate_breach ORDER BY id")


async def heard(cold: Cold, minute: int) -> None:
    """All sensors but B's say something that is as it should be."""
    now = START + timedelta(minutes=minute)
    await cold.take([(minute, 20)], now=now)
    await cold.take([(minute, -180)], sensor="F1", actor=cold.keeper, now=now)
    await cold.take([(minute, 0)], sensor="D1", kind=SensorKind.DOOR, now=now)
    await cold.take([(minute, 500)], sensor="H1", kind=SensorKind.HUMIDITY, now=now)
    await cold.take([(minute, 20)], actor=cold.store.leader_b, now=now)


async def test_a_silent_sensor_is_found_once_and_is_over_when_it_is_heard(cold: Cold) -> None:
    await heard(cold, 0)
    await jobs.watch(now=START + timedelta(minutes=29))
    assert await kinds() == []
    await heard(cold, 20)
    await cold.take([(40, 20)], now=START + timedelta(minutes=40))
    for minute in (51, 52, 200):
        await jobs.watch(now=START + timedelta(minutes=minute))
    assert sorted(await kinds()) == ["silent"] * 5
    await cold.take([(201, 20)], now=START + timedelta(minutes=201))
    assert (await found(cold.chilled))[0][:4] == ("silent", 40, 201, 201)
    await jobs.watch(now=START + timedelta(minutes=240))
    assert len(await found(cold.chilled)) == 2


async def test_a_silence_that_was_settled_is_not_told_again(cold: Cold) -> None:
    await heard(cold, 0)
    await jobs.watch(now=START + timedelta(minutes=31))
    id = await db.scalar("SELECT id FROM climate_breach WHERE sensor_id = :id", id=cold.chilled)
    await breaches.explain(cold.leader, id=id, version=1, cause=Cause.SENSOR, done="换电池", now=NOW)
    await breaches.close(cold.leader, id=id, version=2, now=NOW)
    await jobs.watch(now=NOW + timedelta(days=2))
    assert await db.scalar("SELECT COUNT(*) FROM climate_breach WHERE sensor_id = :id", id=cold.chilled) == 1


async def test_a_door_that_nobody_closes_is_found_by_the_clock(cold: Cold) -> None:
    await heard(cold, 0)
    await cold.take([(5, 1)], sensor="D1", kind=SensorKind.DOOR, now=START + timedelta(minutes=5))
    await watching.doors(now=START + timedelta(minutes=19))
    assert await kinds() == []
    for minute in (20, 21):
        await watching.doors(now=START + timedelta(minutes=minute))
    assert await kinds() == ["door_open"]
    await cold.take([(45, 0)], sensor="D1", kind=SensorKind.DOOR, now=START + timedelta(minutes=45))
    assert [row[:4] for row in await found(cold.door)] == [("door_open", 5, 5, 45)]


async def test_sensors_out_of_use_are_not_missed(cold: Cold) -> None:
    await _out_of_use()
    await jobs.watch(now=NOW)
    assert await kinds() == []


@db.unit_of_work
async def _out_of_use() -> None:
    await db.execute("UPDATE climate_sensor SET active_until = '2026-01-02'")


async def test_old_readings_go_and_their_buckets_stay(cold: Cold) -> None:
    await cold.take([(minute, 20) for minute in range(0, 100, 10)])
    assert await jobs.sweep(now=NOW) == 0
    assert (
        await jobs.sweep(now=NOW + timedelta(days=798, minutes=30)) == 4
    )  # three that are too old, and the batch
    assert await jobs.sweep(now=NOW + timedelta(days=900)) == 7
    assert await db.scalar("SELECT COUNT(*) FROM climate_bucket WHERE step = 10") == 10
