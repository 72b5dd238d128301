"""Handing in, agreeing, signing; and that book is count afterwards."""

import random
from datetime import timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts, holds, periods
from pepperchain.ledger import queries as ledger
from pepperchain.stocktakes import closing, counts, queries
from pepperchain.stocktakes.rules import Block, State
from pepperchain.storage import lots, mergers
from pepperchain.storage import queries as rooms
from tests.stocktakes.shelf import (
    EVENING,
    LATER,
    allow,
    begin,
    clerk,
    committee,
    count,
    hand_in,
    leader,
    line,
    row,
    sign,
    surely,
    variance,
)
from tests.storage.store import NOW, Store, all_fits


async def test_what_differs_is_posted_to_the_sites_variance(store: Store) -> None:
    less, more, same = await store.lot(500), await store.lot(300), await store.lot(200)
    id = await begin(store)
    await surely(store, id, less, 497)
    await surely(store, id, more, 301)
    await surely(store, id, same, 200)
    await hand_in(store, id)
    found = await row(store, id)
    assert (found.lost_grams, found.found_grams, found.over_tolerance) == (3_000, 1_000, False)
    await sign(store, id)
    assert [await store.on_hand(each) for each in (less, more, same)] == [497_000, 301_000, 200_000]
    assert await store.stock(store.chilled) == 998_000
    assert await variance(store.register.site_a) == 2_000
    found = await row(store, id)
    assert (found.state, found.reason) == (State.POSTED, "夜里失水")
    await all_fits()


async def test_signed_twice_it_is_posted_once_and_the_room_can_be_counted_again(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 497)
    await hand_in(store, id)
    await hand_in(store, id)
    await sign(store, id)
    await sign(store, id)
    assert await store.on_hand(lot) == 497_000
    with pytest.raises(Refused):
        await hand_in(store, id)
    await begin(store, now=EVENING)


async def test_nothing_is_handed_in_before_all_is_counted(store: Store) -> None:
    one, two = await store.lot(50), await store.lot(30)
    id = await begin(store)
    await count(store, id, one, 50)
    with pytest.raises(Refused, match="1 lots are still to be counted"):
        await hand_in(store, id)
    assert await count(store, id, two, 20)
    with pytest.raises(Refused, match="1 lots are still to be counted"):
        await hand_in(store, id)
    assert not await count(store, id, two, 20)
    await hand_in(store, id)
    with pytest.raises(Refused, match="handed in"):
        await count(store, id, two, 30)


async def test_whoever_handed_it_in_does_not_sign(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    await count(store, id, lot, 50)
    await hand_in(store, id, actor=leader(store))
    with pytest.raises(Refused, match="somebody else signs"):
        await sign(store, id)
    with pytest.raises(NotYours):
        await sign(store, id, actor=clerk(store))
    with pytest.raises(Missing):
        await sign(store, id, actor=store.leader_b)
    await allow(store, id)
    await sign(store, id)  # the committee was the second person
    assert (await row(store, id)).state is State.POSTED


async def test_the_database_itself_refuses_one_person_in_both_parts(store: Store) -> None:
    id = await begin(store)
    await hand_in(store, id, actor=leader(store))

    @db.unit_of_work
    async def forge() -> None:
        await db.execute(
            "UPDATE stocktakes_stocktake SET state = 'posted', ended_at = 1, ended_by = handed_in_by WHERE id = :id",
            id=id,
        )

    with pytest.raises(db.Violation):
        await forge()


async def test_where_much_differs_the_committee_agrees_first(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 450)
    await hand_in(store, id)
    assert (await row(store, id)).waits_for_committee
    with pytest.raises(Refused, match="committee"):
        await sign(store, id)
    with pytest.raises(NotYours):
        await closing.allow(leader(store), id=id, version=2, now=EVENING)
    await allow(store, id)
    await allow(store, id)
    await sign(store, id)
    assert await store.on_hand(lot) == 450_000
    await all_fits()


async def test_what_was_found_does_not_make_up_for_what_was_lost(store: Store) -> None:
    one, two = await store.lot(500), await store.lot(500)
    id = await begin(store)
    await surely(store, id, one, 460)
    await surely(store, id, two, 540)
    await hand_in(store, id)
    assert (await row(store, id)).over_tolerance


async def test_given_back_it_is_counted_again(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 450)
    await hand_in(store, id)
    version = (await row(store, id)).version
    await closing.give_back(leader(store), id=id, version=version, reason="漏了两袋", now=EVENING)
    found = await row(store, id)
    assert (found.state, found.handed_in_at, found.over_tolerance) == (State.COUNTING, None, False)
    with pytest.raises(Refused):
        await closing.give_back(leader(store), id=id, version=found.version, reason="再来", now=EVENING)
    await count(store, id, lot, 500)
    await hand_in(store, id)
    await sign(store, id)
    assert await store.on_hand(lot) == 500_000


async def test_a_version_that_was_not_seen_is_a_conflict(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await count(store, id, lot, 500)
    with pytest.raises(Conflict):
        await closing.hand_in(clerk(store), id=id, version=99, now=EVENING)


async def test_a_difference_asks_for_a_reason(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 497)
    await hand_in(store, id)
    with pytest.raises(Refused) as refused:
        await sign(store, id, reason="")
    assert refused.value.field == "reason"


async def test_movements_after_the_count_do_not_change_what_was_found(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 498)
    await lots.issue(
        clerk(store), id=new_id(), lot_id=lot, reason="卖给张三", grams=Grams(100_000), now=EVENING
    )
    await lots.move(
        clerk(store), id=new_id(), lot_id=lot, to_room_id=store.cold, now=EVENING, grams=Grams(50_000)
    )
    await hand_in(store, id)
    await sign(store, id)
    assert await store.on_hand(lot) == 348_000
    (moves,) = (await queries.moved_since(await row(store, id), [lot])).values()
    assert [each.kind for each in moves] == ["issue", "split"]
    await all_fits()


async def test_a_lot_that_was_merged_after_its_count_is_counted_again(store: Store) -> None:
    into, gone = await store.lot(500), await store.lot(300)
    id = await begin(store)
    await surely(store, id, into, 500)
    await surely(store, id, gone, 299)
    await mergers.merge(clerk(store), id=new_id(), lot_id=into, with_lots=[gone], now=EVENING)
    await hand_in(store, id)
    assert await blocked(store, id) == {(await line(store, id, gone)).id: Block.EMPTIED}
    with pytest.raises(Refused, match="cannot be posted"):
        await sign(store, id)
    version = (await row(store, id)).version
    await closing.give_back(leader(store), id=id, version=version, reason="已并批", now=EVENING)
    await count(store, id, gone, 0)
    await count(store, id, into, 799)
    await hand_in(store, id)
    await sign(store, id)
    assert (await store.on_hand(into), await store.on_hand(gone)) == (799_000, 0)
    await all_fits()


async def blocked(store: Store, id: int) -> dict[int, Block]:
    found = await row(store, id)
    return await closing.blocks(await queries.lines(found), site_id=found.site_id)


async def test_what_is_held_for_an_order_is_named(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 497)
    account = await db.scalar("SELECT account_id FROM storage_lot WHERE id = :id", id=lot)
    commodity = (await ledger.states([account]))[account].commodity_id
    order = await accounts.find_or_open("order", "order:1", commodity, side="debit", guarded=False)
    await holds.place(
        clerk(store), id=new_id(), debit=order, credit=account, amount=499_000, purpose="order", now=LATER,
        expires_at=NOW + timedelta(days=2),
    )  # fmt: skip
    await hand_in(store, id)
    assert set((await blocked(store, id)).values()) == {Block.HELD}
    with pytest.raises(Refused, match="cannot be posted"):
        await sign(store, id)


async def test_what_is_at_another_site_since_is_named(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 499)
    await lots.move(clerk(store), id=new_id(), lot_id=lot, to_room_id=store.cold, now=EVENING)
    await hand_in(store, id)
    assert set((await blocked(store, id)).values()) == {Block.ELSEWHERE}
    with pytest.raises(Refused):
        await sign(store, id)
    assert (await row(store, id)).state is State.HANDED_IN


async def test_over_a_closed_day_it_is_posted_on_the_open_one(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await surely(store, id, lot, 499)
    next_day = NOW + timedelta(days=1)
    book = f"site:{store.register.site_a}"
    await periods.close(committee(store), book=book, through=clock.local_day(NOW), now=next_day)
    await hand_in(store, id, now=next_day)
    await sign(store, id, now=next_day)
    dated = await db.scalar("SELECT effective_on FROM ledger_transaction WHERE kind = 'adjust'")
    assert str(dated) == clock.local_day(next_day).isoformat()
    await all_fits()


async def test_a_room_too_full_for_what_was_found_takes_nothing(store: Store) -> None:
    lot = await store.lot(59, room_id=store.small)
    id = await begin(store, room_id=store.small)
    await surely(store, id, lot, 60)
    await hand_in(store, id)
    await _shrink(store.small)
    with pytest.raises(Refused):
        await sign(store, id)
    assert await store.on_hand(lot) == 59_000
    assert (await rooms.room(leader(store), store.small)).stock_grams == 59_000


@db.unit_of_work
async def _shrink(room_id: int) -> None:
    await db.execute("UPDATE storage_room SET capacity_grams = 59500 WHERE id = :id", id=room_id)


async def test_a_thousand_counts_end_with_book_and_count_in_agreement(store: Store) -> None:
    """Twenty lots, counted by two people in any order while some of them move, over many rounds."""
    drawn = random.Random(7)
    here = [await store.lot(100 + place) for place in range(20)]
    people = [clerk(store), leader(store)]
    made = 0
    for turn in range(25):
        now = LATER + timedelta(minutes=turn)
        id = await begin(store, now=now)
        truth = {lot: await store.on_hand(lot) + drawn.randint(-900, 900) for lot in here}
        done: set[int] = set()
        for lot in drawn.sample(here * 2, 40):
            if drawn.random() < 0.1:
                await lots.issue(
                    clerk(store), id=new_id(), lot_id=lot, reason="零售", grams=Grams(1_000), now=now
                )
                truth[lot] -= 1_000
            which = await line(store, id, lot)
            seen = Grams(max(truth[lot] + (0 if lot in done else drawn.choice((0, 0, 250, -700))), 0))
            await counts.record(
                drawn.choice(people), id=new_id(), stocktake_id=id, line_id=which.id, loose=seen, now=now
            )
            done.add(lot)
            made += 1
        await hand_in(store, id, now=now)
        if (await row(store, id)).waits_for_committee:
            await allow(store, id)
        await sign(store, id, now=now)
        assert {lot: await store.on_hand(lot) for lot in here} == truth
    assert made == 1_000
    await all_fits()
