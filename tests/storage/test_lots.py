"""Moving, splitting, issuing, counting and pricing lots."""

import pytest

from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.storage import blocks, lot_queries, lots, movements, trace_queries
from tests.storage.store import HOUR, NOW, Store, all_fits


async def test_a_lot_moves_whole_and_keeps_its_code(store: Store) -> None:
    lot_id = await store.lot(50)
    before = await lot_queries.lot(store.clerk, lot_id)
    done = await lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, now=NOW)
    after = await lot_queries.lot(store.clerk, lot_id)
    assert done.other_lot_id is None
    assert (after.code, after.room_id, after.site_id) == (before.code, store.cold, store.cold_site)
    assert (await store.stock(store.chilled), await store.stock(store.cold)) == (0, 50_000)
    await all_fits()


async def test_a_part_that_moves_becomes_a_lot_of_its_own(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await lots.move(
        store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, grams=Grams(20_000), now=NOW
    )
    assert done.other_lot_id is not None
    part = await lot_queries.lot(store.clerk, done.other_lot_id)
    assert (part.parent_id, part.on_hand_grams, part.room_id) == (lot_id, 20_000, store.cold)
    assert await trace_queries.ancestors(part.id) == [part.id, lot_id]
    assert await store.on_hand(lot_id) == 30_000
    await all_fits()


async def test_a_part_is_split_off_where_it_lies_and_joined_again(store: Store) -> None:
    lot_id, request = await store.lot(50), new_id()
    for _ in range(2):
        done = await lots.split(store.clerk, id=request, lot_id=lot_id, grams=Grams(20_000), now=NOW)
    assert done.repeated
    assert done.other_lot_id is not None
    part = await lot_queries.lot(store.clerk, done.other_lot_id)
    assert (part.room_id, part.on_hand_grams, part.parent_id) == (store.chilled, 20_000, lot_id)
    assert await store.stock(store.chilled) == 50_000
    await all_fits()
    await movements.reverse(store.clerk, id=new_id(), of=request, reason="不分了", now=NOW)
    assert await store.on_hand(lot_id) == 50_000
    assert await trace_queries.ancestors(part.id) == [part.id]
    await all_fits()


@pytest.mark.parametrize("grams", [0, 50_000, 50_001])
async def test_nothing_all_or_more_is_not_split_off(store: Store, grams: int) -> None:
    lot_id = await store.lot(50)
    with pytest.raises(Refused):
        await lots.split(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(grams), now=NOW)


async def test_the_cold_gives_fresh_pepper_more_time_but_never_back(store: Store) -> None:
    in_time = await store.lot(10, picked_at=NOW - 3 * HOUR)
    too_late = await store.lot(10, picked_at=NOW - 20 * HOUR)
    assert (await lot_queries.lot(store.clerk, in_time)).freshness(NOW).level == "green"
    late = (await lot_queries.lot(store.clerk, too_late)).freshness(NOW)
    assert (late.level, late.left_seconds) == ("red", -8 * 3600)


async def test_more_than_is_there_cannot_be_moved_or_issued(store: Store) -> None:
    lot_id = await store.lot(50)
    with pytest.raises(Refused) as refused:
        await lots.issue(
            store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(50_001), reason="加工厂", now=NOW
        )
    assert (refused.value.field, refused.value.facts["available"]) == ("grams", 50_000)
    with pytest.raises(Refused):
        await lots.move(
            store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, grams=Grams(60_000), now=NOW
        )


async def test_issuing_says_to_whom_and_empties_the_lot(store: Store) -> None:
    lot_id = await store.lot(50)
    with pytest.raises(Refused):
        await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason=" ", now=NOW)
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(20_000), reason="椒源加工", now=NOW)
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.on_hand_grams, lot.is_open) == (0, False)
    with pytest.raises(Refused, match="empty"):
        await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    assert await store.stock(store.chilled) == 0
    await all_fits()


async def test_a_count_corrects_the_book_both_ways_with_a_reason(store: Store) -> None:
    lot_id = await store.lot(50)
    await lots.adjust(store.leader, id=new_id(), lot_id=lot_id, counted=Grams(48_500), reason="失水", now=NOW)
    assert await store.on_hand(lot_id) == 48_500
    await lots.adjust(
        store.leader, id=new_id(), lot_id=lot_id, counted=Grams(49_000), reason="重新称过", now=NOW
    )
    assert await store.stock(store.chilled) == 49_000
    with pytest.raises(Refused, match="already"):
        await lots.adjust(
            store.leader, id=new_id(), lot_id=lot_id, counted=Grams(49_000), reason="再数", now=NOW
        )
    with pytest.raises(NotYours):
        await lots.adjust(store.clerk, id=new_id(), lot_id=lot_id, counted=Grams(1), reason="再数", now=NOW)
    await all_fits()


async def test_a_count_can_empty_a_lot_but_not_overfill_its_room(store: Store) -> None:
    lot_id = await store.lot(50, room_id=store.small)
    with pytest.raises(Refused):
        await lots.adjust(
            store.leader, id=new_id(), lot_id=lot_id, counted=Grams(60_001), reason="重新称过", now=NOW
        )
    await lots.adjust(store.leader, id=new_id(), lot_id=lot_id, counted=Grams(0), reason="全坏了", now=NOW)
    assert await store.on_hand(lot_id) == 0
    await all_fits()


async def test_a_count_made_before_the_book_changed_is_not_taken(store: Store) -> None:
    lot_id = await store.lot(50)
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(10_000), reason="椒源加工", now=NOW)
    with pytest.raises(Refused) as refused:
        await lots.adjust(
            store.leader,
            id=new_id(),
            lot_id=lot_id,
            counted=Grams(49_000),
            seen=Grams(50_000),
            reason="数了",
            now=NOW,
        )
    assert refused.value.facts["book"] == 40_000


async def test_the_owner_asks_a_price_and_its_keeper_does_not(store: Store) -> None:
    lot_id = await store.lot(50, room_id=store.cold)
    await lots.ask(store.clerk, lot_id=lot_id, fen_per_kg=Fen(980), now=NOW)
    assert (await lot_queries.lot(store.clerk, lot_id)).asking_fen_per_kg == 980
    with pytest.raises(NotYours):
        await lots.ask(store.storekeeper, lot_id=lot_id, fen_per_kg=Fen(1), now=NOW)
    with pytest.raises(Refused):
        await lots.ask(store.clerk, lot_id=lot_id, fen_per_kg=Fen(9_999_999), now=NOW)
    await lots.ask(store.clerk, lot_id=lot_id, fen_per_kg=None, now=NOW)
    assert (await lot_queries.lot(store.clerk, lot_id)).asking_fen_per_kg is None


async def test_the_lots_of_others_are_not_there(store: Store) -> None:
    lot_id = await store.lot(50)
    for stranger in (store.leader_b, store.storekeeper):
        with pytest.raises(Missing):
            await lot_queries.lot(stranger, lot_id)
        with pytest.raises(Missing):
            await lots.issue(stranger, id=new_id(), lot_id=lot_id, reason="试试", now=NOW)
        assert (await lot_queries.lots(stranger, lot_queries.LotsWanted())).rows == []


async def test_lists_show_what_has_least_time_left_first_and_page_without_gaps(store: Store) -> None:
    made = [await store.lot(5, picked_at=NOW - hours * HOUR) for hours in (1, 5, 3, 7, 2)]
    wanted, cursor = lot_queries.LotsWanted(), None
    seen: list[int] = []
    while True:
        page = await lot_queries.lots(store.clerk, wanted, cursor=cursor, limit=2)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [made[3], made[1], made[2], made[4], made[0]]


async def test_what_runs_out_first_is_named_before_another_leaves(store: Store) -> None:
    old, young = await store.lot(5, picked_at=NOW - 9 * HOUR), await store.lot(5, picked_at=NOW - HOUR)
    await store.lot(5, picked_at=NOW - 10 * HOUR, grade="grade_2")
    row = await lot_queries.lot(store.clerk, young)
    assert [lot.id for lot in await lot_queries.due_before(store.clerk, row)] == [old]
    assert await lot_queries.due_before(store.clerk, await lot_queries.lot(store.clerk, old)) == []
    await blocks.block(store.clerk, id=new_id(), lot_id=old, reason="待检", now=NOW)
    assert await lot_queries.due_before(store.clerk, row) == []
