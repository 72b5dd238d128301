"""Taking back what was done to lots, and the sum of it all over any sequence of it."""

import asyncio
from random import Random
from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused, Told
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import weighins
from pepperchain.storage import lot_queries, lots, movements, receipt_queries
from tests.harvest.register import floor
from tests.storage.store import NOW, Store, all_fits


async def test_a_receipt_taken_back_puts_the_slips_on_the_floor_again(store: Store) -> None:
    slip = await store.weigh(50)
    done = await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)
    with pytest.raises(Refused):
        await weighins.void(store.leader, id=new_id(), of=slip, reason="错了", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="放错了", now=NOW)
    assert await floor(store.register.site_a) == 50_000
    assert await store.stock(store.chilled) == 0
    assert not (await lot_queries.lot(store.clerk, done.lot_id)).is_open
    (heap,) = await receipt_queries.heaps(store.clerk)
    assert heap.slips == 1
    await all_fits()
    again = await lots.receive(store.clerk, id=new_id(), room_id=store.cold, slip_ids=[slip], now=NOW)
    assert again.lot_id != done.lot_id
    await all_fits()


async def test_a_receipt_whose_pepper_has_moved_on_cannot_be_taken_back(store: Store) -> None:
    slip = await store.weigh(50)
    done = await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)
    issued = await lots.issue(
        store.clerk, id=new_id(), lot_id=done.lot_id, grams=Grams(1_000), reason="样品", now=NOW
    )
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="放错了", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="没要", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="放错了", now=NOW)
    await all_fits()


async def test_a_movement_is_taken_back_once(store: Store) -> None:
    lot_id = await store.lot(50)
    issued = await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    request = new_id()
    first = await movements.reverse(store.clerk, id=request, of=issued.id, reason="退回", now=NOW)
    again = await movements.reverse(store.clerk, id=request, of=issued.id, reason="退回", now=NOW)
    assert (first.repeated, again.repeated) == (False, True)
    with pytest.raises(Conflict):
        await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="退回", now=NOW)
    with pytest.raises(Refused):
        await movements.reverse(store.clerk, id=new_id(), of=request, reason="退回", now=NOW)
    assert await store.on_hand(lot_id) == 50_000


async def test_of_many_who_take_the_same_back_at_once_one_does(store: Store) -> None:
    lot_id = await store.lot(50)
    issued = await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    outcomes = await asyncio.gather(
        *(
            movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="退回", now=NOW)
            for _ in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert await store.stock(store.chilled) == 50_000
    await all_fits()


async def test_a_lot_carried_to_the_wrong_room_comes_back_with_its_clock_as_it_was(store: Store) -> None:
    lot_id = await store.lot(50)
    before = await lot_queries.lot(store.clerk, lot_id)
    moved = await lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=moved.id, reason="走错了", now=NOW)
    assert await lot_queries.lot(store.clerk, lot_id) == before
    await all_fits()


async def test_a_part_that_was_split_off_joins_its_lot_again(store: Store) -> None:
    lot_id = await store.lot(50)
    split = await lots.move(
        store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, grams=Grams(20_000), now=NOW
    )
    await movements.reverse(store.clerk, id=new_id(), of=split.id, reason="不分了", now=NOW)
    assert await store.on_hand(lot_id) == 50_000
    assert (await store.stock(store.chilled), await store.stock(store.cold)) == (50_000, 0)
    await all_fits()


async def test_nothing_comes_back_into_a_room_that_has_filled_up_since(store: Store) -> None:
    lot_id = await store.lot(50, room_id=store.small)
    issued = await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    await store.lot(55, room_id=store.small)
    with pytest.raises(Refused) as refused:
        await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="退回", now=NOW)
    assert refused.value.facts["free"] == 5_000


async def test_movements_of_others_are_not_there_and_counts_need_the_right(store: Store) -> None:
    lot_id = await store.lot(50)
    counted = await lots.adjust(
        store.leader, id=new_id(), lot_id=lot_id, counted=Grams(49_000), reason="失水", now=NOW
    )
    with pytest.raises(Missing):
        await movements.reverse(store.leader_b, id=new_id(), of=counted.id, reason="试试", now=NOW)
    with pytest.raises(NotYours):
        await movements.reverse(store.clerk, id=new_id(), of=counted.id, reason="试试", now=NOW)
    await movements.reverse(store.leader, id=new_id(), of=counted.id, reason="数错了", now=NOW)
    assert await store.on_hand(lot_id) == 50_000


async def test_movements_are_never_changed_or_removed(store: Store) -> None:
    await store.lot(50)

    @db.unit_of_work
    async def forge(sql: str) -> None:
        await db.execute(sql)

    for sql in ("UPDATE storage_movement SET grams = 1", "DELETE FROM storage_movement"):
        with pytest.raises(db.Violation):
            await forge(sql)


async def test_whatever_is_done_rooms_lots_ledger_and_offers_agree(store: Store) -> None:
    """Sequences drawn with a fixed seed; each step may be refused, and no refusal leaves a trace."""
    random = Random(20260610)
    rooms = (store.chilled, store.small, store.cold)
    made: list[int] = []
    done: list[Any] = []
    counts = {"done": 0, "refused": 0}
    for _ in range(160):
        step = random.choice(["receive", "receive", "move", "split", "issue", "adjust", "reverse"])
        kg, room = random.randint(1, 60), random.choice(rooms)
        lot_id = random.choice(made) if made else 0
        try:
            if step == "receive" or not made:
                slip = await store.weigh(kg)
                result = await lots.receive(store.leader, id=new_id(), room_id=room, slip_ids=[slip], now=NOW)
                made.append(result.lot_id)
            elif step == "move":
                result = await lots.move(store.leader, id=new_id(), lot_id=lot_id, to_room_id=room, now=NOW)
            elif step == "split":
                result = await lots.move(
                    store.leader, id=new_id(), lot_id=lot_id, to_room_id=room, grams=Grams(kg * 500), now=NOW
                )
            elif step == "issue":
                result = await lots.issue(
                    store.leader, id=new_id(), lot_id=lot_id, grams=Grams(kg * 700), reason="加工", now=NOW
                )
            elif step == "adjust":
                result = await lots.adjust(
                    store.leader, id=new_id(), lot_id=lot_id, counted=Grams(kg * 900), reason="盘点", now=NOW
                )
            else:
                result = await movements.reverse(
                    store.leader, id=new_id(), of=random.choice(done).id, reason="撤销", now=NOW
                )
            done.append(result)
            made += [result.other_lot_id] if result.other_lot_id and result.other_lot_id not in made else []
            counts["done"] += 1
        except Told:
            counts["refused"] += 1
        if counts["done"] % 20 == 0:
            await all_fits()
    await all_fits()
    assert counts["done"] > 60
    assert counts["refused"] > 10
    total = await db.scalar("SELECT SUM(debits - credits) FROM ledger_account")
    assert int(total) == 0
