"""Opening stock becomes lots out of an account of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lot_queries, movements, opening_queries, openings
from pepperchain.storage.openings import Pile
from tests.storage.store import NOW, Store, all_fits

DAY = clock.local_day(NOW) - timedelta(days=2)


def pile(store: Store, kg: int = 500, **changes: object) -> Pile:
    usual = Pile(
        room_id=store.cold, cooperative_id=store.register.cooperative_a, origin_township_id=store.register.townships[0],
        form="fresh", grade="grade_1", cultivar="jiuyeqing", picked_on=DAY, grams=Grams(kg * 1000), label="7",
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


async def test_it_lies_in_its_room_as_if_it_had_always_been_there(store: Store) -> None:
    id = new_id()
    done = await openings.lay_down(store.storekeeper, id=id, pile=pile(store), now=NOW)
    lot = await lot_queries.lot(store.leader, done.lot_id)
    assert (lot.on_hand_grams, lot.free_grams, lot.slips) == (500_000, 500_000, 0)
    assert lot.picked_at == clock.day_start(DAY)
    assert await store.stock(store.cold) == 500_000
    await all_fits()
    again = await openings.lay_down(store.storekeeper, id=id, pile=pile(store), now=NOW)
    assert again.repeated
    with pytest.raises(Conflict):
        await openings.lay_down(store.storekeeper, id=id, pile=pile(store, 400), now=NOW)
    await movements.reverse(store.storekeeper, id=new_id(), of=id, reason="弄错了", now=NOW)
    assert await store.stock(store.cold) == 0
    assert await db.scalar("SELECT SUM(credits - debits) FROM ledger_account WHERE kind = 'opening'") == 0
    assert await opening_queries.openings(store.storekeeper, limit=9) == []
    await all_fits()


async def test_what_cannot_lie_there_is_refused(store: Store) -> None:
    for wrong in (
        pile(store, 9_000),
        pile(store, form="dry", grade="grade_1"),
        pile(store, picked_on=DAY + timedelta(days=9)),
        pile(store, picked_on=DAY - timedelta(days=4_000)),
        pile(store, grade="ungraded"),
        pile(store, cooperative_id=store.register.cooperative_b),
    ):
        with pytest.raises(Refused):
            await openings.lay_down(store.storekeeper, id=new_id(), pile=wrong, now=NOW)
    assert await store.stock(store.cold) == 0
    await all_fits()


async def test_only_who_runs_a_room_says_what_lies_in_it(store: Store) -> None:
    with pytest.raises(NotYours):
        await openings.lay_down(store.leader, id=new_id(), pile=pile(store, room_id=store.public), now=NOW)
    with pytest.raises(Missing):
        await openings.lay_down(store.leader, id=new_id(), pile=pile(store, room_id=store.of_b), now=NOW)
    with pytest.raises(NotYours):
        await openings.lay_down(store.clerk, id=new_id(), pile=pile(store), now=NOW)
