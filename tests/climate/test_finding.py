"""Which runs of readings are breaches, and what becomes of them when later readings tell another story."""

import asyncio
from datetime import timedelta

from pepperchain.climate import breach_queries
from pepperchain.climate import breaches as verbs
from pepperchain.climate.code_rules import BreachState, Cause, SensorKind
from pepperchain.core import db
from tests.climate.cold import NOW, Cold, breaches


async def found(sensor_id: int) -> list[tuple[int, int, str]]:
    rows = await db.tuples(
        "SELECT id, version, state FROM climate_breach WHERE sensor_id = :id AND void_at IS NULL ORDER BY started_at",
        id=sensor_id,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_a_room_that_is_too_warm_for_half_an_hour_is_one_breach(cold: Cold) -> None:
    await cold.take([(0, 20), (10, 45), (20, 60), (30, 50), (40, 45), (50, 20)])
    assert await breaches(cold.chilled) == [("too_warm", 10, 40, 50, 45, 60, 5 + 20 + 10 + 5, "open")]


async def test_a_shorter_one_is_none(cold: Cold) -> None:
    await cold.take([(0, 20), (10, 45), (30, 60), (39, 20)])
    assert await breaches(cold.chilled) == []


async def test_a_chilled_room_can_be_too_cold(cold: Cold) -> None:
    await cold.take([(0, -5), (20, -30), (40, -5)])
    assert [row[0] for row in await breaches(cold.chilled)] == ["too_cold"]


async def test_a_frozen_room_above_fifteen_below_is_a_breach_at_once(cold: Cold) -> None:
    await cold.take([(0, -180), (10, -149), (11, -180)], sensor="F1", actor=cold.keeper)
    assert [row[:4] for row in await breaches(cold.frozen)] == [("thawing", 10, 10, 11)]


async def test_a_frozen_room_a_little_too_warm_has_half_an_hour(cold: Cold) -> None:
    await cold.take([(0, -180), (10, -155), (30, -155), (35, -180)], sensor="F1", actor=cold.keeper)
    assert await breaches(cold.frozen) == []
    await cold.take([(100, -155), (120, -155), (140, -180)], sensor="F1", actor=cold.keeper)
    assert [row[0] for row in await breaches(cold.frozen)] == ["too_warm"]


async def test_colder_than_needed_harms_nothing_frozen(cold: Cold) -> None:
    await cold.take([(0, -300), (60, -300)], sensor="F1", actor=cold.keeper)
    assert await breaches(cold.frozen) == []


async def test_dry_pepper_in_damp_air_is_a_breach_after_an_hour(cold: Cold) -> None:
    await cold.take([(0, 700), (30, 710), (60, 720)], sensor="H1", kind=SensorKind.HUMIDITY)
    assert [row[0] for row in await breaches(cold.damp)] == ["humid"]


async def test_zero_degrees_is_a_value(cold: Cold) -> None:
    await cold.take([(0, 0), (40, 0)])
    assert await breaches(cold.chilled) == []
    assert await db.scalar("SELECT COUNT(*) FROM climate_reading WHERE value = 0") == 2


async def test_a_late_reading_within_bounds_cuts_a_breach_in_two(cold: Cold) -> None:
    await cold.take(
        [(0, 20), (10, 60), (20, 60), (30, 60), (40, 60), (60, 60), (80, 60), (100, 60), (110, 20)]
    )
    breach = (await found(cold.chilled))[0]
    await verbs.acknowledge(cold.leader, id=breach[0], version=breach[1], now=NOW)
    await cold.take([(50, 20)])
    assert [row[:4] for row in await breaches(cold.chilled)] == [
        ("too_warm", 10, 40, 50),
        ("too_warm", 60, 100, 110),
    ]
    assert [row[2] for row in await found(cold.chilled)] == ["acknowledged", "acknowledged"]


async def test_an_earlier_reading_lengthens_a_breach_that_somebody_explained(cold: Cold) -> None:
    await cold.take([(0, 20), (30, 60), (50, 60), (70, 20)])
    id, version, _ = (await found(cold.chilled))[0]
    await verbs.explain(cold.leader, id=id, version=version, cause=Cause.DOOR, done="门已关好", now=NOW)
    await cold.take([(20, 90)])
    assert await breaches(cold.chilled) == [("too_warm", 20, 50, 70, 60, 90, 50 + 40 + 40, "explained")]
    assert [row[0] for row in await found(cold.chilled)] == [id]
    assert (await breach_queries.breach(cold.leader, id)).done == "门已关好"


async def test_what_turns_out_to_be_none_goes_unless_somebody_dealt_with_it(cold: Cold) -> None:
    await cold.take([(0, 20), (10, 60), (45, 60), (50, 20)])
    await cold.take([(100, 20), (110, 60), (145, 60), (150, 20)])
    first, second = await found(cold.chilled)
    await verbs.acknowledge(cold.leader, id=second[0], version=second[1], now=NOW)
    await cold.take([(25, 20), (125, 20)])
    assert await breaches(cold.chilled) == []
    assert await db.scalar("SELECT void_at IS NOT NULL FROM climate_breach WHERE id = :id", id=second[0])
    assert await db.scalar("SELECT 1 FROM climate_breach WHERE id = :id", id=first[0]) is None


async def test_a_breach_that_goes_on_grows_in_place(cold: Cold) -> None:
    for minute in range(0, 120, 10):
        await cold.take([(minute, 60)])
    assert len(await found(cold.chilled)) == 1
    assert (await breaches(cold.chilled))[0][:4] == ("too_warm", 0, 110, None)


async def test_a_door_counts_by_the_clock(cold: Cold) -> None:
    await cold.take(
        [(0, 1)], sensor="D1", kind=SensorKind.DOOR, now=NOW - timedelta(days=2) + timedelta(minutes=5)
    )
    assert await breaches(cold.door) == []
    await cold.take([(16, 0)], sensor="D1", kind=SensorKind.DOOR)
    assert [row[:4] for row in await breaches(cold.door)] == [("door_open", 0, 0, 16)]


async def test_two_clients_at_once_come_to_one_breach(cold: Cold) -> None:
    await asyncio.gather(*(cold.take([(minute, 60), (minute + 1, 60)]) for minute in range(0, 80, 5)))
    assert [row[:4] for row in await breaches(cold.chilled)] == [("too_warm", 0, 76, None)]
    assert BreachState((await found(cold.chilled))[0][2]) is BreachState.OPEN
