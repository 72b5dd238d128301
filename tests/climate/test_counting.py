"""Whatever the order and the batches in which readings come, the same buckets, breaches and standing follow from them."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepperchain.climate import readings
from pepperchain.climate.rules import clusters
from pepperchain.core import db
from tests.climate.cold import NOW, Cold, breaches, buckets, minutes, state

STEP = st.tuples(st.sampled_from([1, 5, 10, 15, 25, 45, 700]), st.sampled_from([-10, 20, 20, 41, 60, 95]))


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[list[tuple[int, int]]]]:
    """Readings in the order of time, and the same ones as they may arrive: in any order, in any batches, some twice."""
    at, in_order = 0, []
    for step, value in draw(st.lists(STEP, min_size=1, max_size=20)):
        at += step
        in_order.append((at, value))
    shuffled = draw(st.permutations(in_order))
    again = draw(st.lists(st.sampled_from(in_order), max_size=3))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    return in_order, [
        *(shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)),
        again,
    ]


@db.unit_of_work
async def forget() -> None:
    for table in ("climate_alarm", "climate_reading", "climate_bucket", "climate_batch"):
        await db.execute(f"DELETE FROM {table}")
    await db.execute(
        "UPDATE climate_state SET last_at = NULL, last_value = NULL, side = 0, since_at = NULL, run_low = NULL, run_high = NULL,"
        " run_excess = 0, cut_at = NULL, breach_id = NULL, silence_id = NULL"
    )
    await db.execute("DELETE FROM climate_breach")


async def outcome(cold: Cold, batches: list[list[tuple[int, int]]]) -> tuple[Any, ...]:
    await forget()
    for batch in batches:
        if batch:
            await cold.take(batch)
    return await breaches(cold.chilled), await buckets(cold.chilled), await state(cold.chilled)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delivered=deliveries())
async def test_any_order_and_any_batches_of_readings_come_to_the_same(
    cold: Cold, delivered: tuple[list[tuple[int, int]], list[list[tuple[int, int]]]]
) -> None:
    in_order, batches = delivered
    expected = await outcome(cold, [in_order])
    assert await outcome(cold, batches) == expected
    assert await outcome(cold, [[each] for each in in_order]) == expected


async def test_a_bucket_keeps_extremes_sums_and_the_time_beyond_the_bounds(cold: Cold) -> None:
    await cold.take([(0, 20), (5, 60), (10, 10), (70, 20)])
    fine = [row for row in await buckets(cold.chilled) if row[0] == 10]
    assert [row[2:6] for row in fine] == [(20, 60, 80, 2), (10, 10, 10, 1), (20, 20, 20, 1)]
    assert fine[0][6] == 5 * 60_000
    day = [row for row in await buckets(cold.chilled) if row[0] == 1440]
    assert [row[2:6] for row in day] == [(10, 60, 110, 4)]


async def test_readings_taken_back_leave_nothing_behind(cold: Cold) -> None:
    await cold.take([(0, 20), (10, 20)])
    before = await buckets(cold.chilled), await state(cold.chilled)
    await cold.take([(20, 60), (40, 70), (60, 70), (80, 20)])
    assert len(await breaches(cold.chilled)) == 1
    gone = [(cold.chilled, minutes(minute)) for minute in (20, 40, 60, 80)]
    await readings.take_back(cold.leader, readings=gone, now=NOW)
    assert await breaches(cold.chilled) == []
    assert (await buckets(cold.chilled), await state(cold.chilled)) == before


def test_moments_far_apart_are_counted_apart() -> None:
    assert clusters([5, 1, 3, 50], apart_ms=10) == [(1, 5), (50, 50)]
