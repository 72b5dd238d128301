"""What storage's pages show of the climate: how warm a room is, and how warm a lot was kept."""

from datetime import timedelta

from pepperchain.climate import marks
from pepperchain.core.ids import new_id
from pepperchain.storage import lots
from tests.climate.cold import NOW, Cold

NEAR = 2 * 1440


async def test_a_room_says_how_warm_it_is_now_or_was_last(cold: Cold) -> None:
    assert await marks.of_rooms(cold.leader, [cold.store.chilled], now=NOW) == {}
    await cold.take([(NEAR - 2, 21)])
    mark = (await marks.of_rooms(cold.leader, [cold.store.chilled], now=NOW))[cold.store.chilled]
    assert "2.1 °C" in mark.words
    assert mark.kind == "good"
    stale = (await marks.of_rooms(cold.leader, [cold.store.chilled], now=NOW + timedelta(hours=2)))[
        cold.store.chilled
    ]
    assert stale.kind == "soon"


async def test_a_room_in_breach_says_so_and_strangers_hear_nothing(cold: Cold) -> None:
    await cold.take([(NEAR - 40, 60), (NEAR - 2, 65)])
    mark = (await marks.of_rooms(cold.leader, [cold.store.chilled], now=NOW))[cold.store.chilled]
    assert mark.kind == "bad"
    assert "6.5 °C" in mark.words
    assert await marks.of_rooms(cold.store.leader_b, [cold.store.chilled], now=NOW) == {}


async def test_a_lot_remembers_how_warm_it_was_kept(cold: Cold) -> None:
    lot = await cold.store.lot(50, now=NOW - timedelta(hours=5), picked_at=NOW - timedelta(hours=8))
    # Two degrees too warm for two hours, of which the lot was there for all.
    await cold.take([(NEAR - 240 + minute, 60) for minute in range(0, 121, 10)] + [(NEAR - 110, 20)])
    said = await marks.of_lot(cold.leader, lot, now=NOW)
    assert "260" in said[0].words
    assert said[0].url


async def test_a_lot_that_came_later_was_not_too_warm(cold: Cold) -> None:
    await cold.take([(NEAR - 240 + minute, 60) for minute in range(0, 121, 10)] + [(NEAR - 110, 20)])
    lot = await cold.store.lot(50, now=NOW)
    assert await marks.of_lot(cold.leader, lot, now=NOW) == []
    await lots.move(
        cold.leader, id=new_id(), lot_id=lot, to_room_id=cold.store.small, now=NOW + timedelta(minutes=1)
    )
    assert await marks.of_lot(cold.leader, lot, now=NOW + timedelta(hours=1)) == []
