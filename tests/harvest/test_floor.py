"""The floor: what was weighed in and not yet put into a room, by product, and each slip into one lot only."""

import pytest

from pepperchain.core import db
from pepperchain.core.clock import to_ms
from pepperchain.core.errors import Conflict
from pepperchain.core.ids import new_id
from pepperchain.harvest import floor, floor_queries, weighins
from tests.harvest.register import HOUR, NOW, Register


@db.unit_of_work
async def take_in(*slips: weighins.Recorded, lot_id: int = 1) -> None:
    await floor.take_in([str(slip.id) for slip in slips], lot_id=lot_id)


async def test_what_lies_on_the_floor_is_told_by_product_with_the_oldest_picking(register: Register) -> None:
    await register.weigh(picked_at=NOW - 9 * HOUR, weighed_at=NOW - HOUR)
    await register.weigh()
    await register.weigh(grade="grade_2")
    heaps = {
        heap.grade: (heap.net_grams, heap.picked_at) for heap in await floor_queries.heaps(register.site_a)
    }
    assert heaps == {
        "grade_1": (100_400, to_ms(NOW - 9 * HOUR)),
        "grade_2": (50_200, to_ms(NOW - 3 * HOUR)),
    }
    assert await floor_queries.heaps(register.site_b) == []


async def test_a_slip_goes_into_one_lot_and_a_void_one_into_none(register: Register) -> None:
    first, second, void = [await register.weigh() for _ in range(3)]
    await weighins.void(register.clerk, id=new_id(), of=void.id, reason="称错了", now=NOW)
    await take_in(first)
    for slips in ((first, second), (void,)):
        with pytest.raises(Conflict):
            await take_in(*slips, lot_id=2)
    assert await db.scalar("SELECT lot_id FROM harvest_weighin WHERE id = :id", id=second.id) is None


async def test_what_is_given_back_lies_on_the_floor_again(register: Register) -> None:
    slip = await register.weigh()
    await take_in(slip)

    @db.unit_of_work
    async def give_back() -> None:
        await floor.give_back([str(slip.id)], lot_id=1)

    await give_back()
    await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="称错了", now=NOW)
