"""New lots that are made of others, and what is remembered of it."""

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lot_queries, lots, parts, queries, trace_queries
from tests.storage.store import NOW, Store


async def test_a_part_is_like_its_lot_but_for_its_code_and_account(store: Store) -> None:
    lot = await lot_queries.lot(store.clerk, await store.lot(50))
    room = await queries.room(store.clerk, store.cold)

    @db.unit_of_work
    async def split_off() -> parts.Part:
        return await parts.split_off(lot, room, fresh_until=lot.fresh_until, now=NOW)

    made = await lot_queries.lot(store.clerk, (await split_off()).lot_id)
    assert (made.product_id, made.cooperative_id, made.picked_at) == (
        lot.product_id,
        lot.cooperative_id,
        lot.picked_at,
    )
    assert (made.room_id, made.site_id, made.on_hand_grams) == (store.cold, store.cold_site, 0)
    assert made.code != lot.code
    assert made.account_id != lot.account_id


async def test_what_was_remembered_is_found_from_both_ends(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await lots.split(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(10_000), now=NOW)
    assert done.other_lot_id is not None
    again = await lots.split(store.clerk, id=new_id(), lot_id=done.other_lot_id, grams=Grams(1_000), now=NOW)
    assert [lot.id for lot in await trace_queries.made_into(store.clerk, lot_id)] == [
        done.other_lot_id,
        again.other_lot_id,
    ]
    assert again.other_lot_id is not None
    assert [lot.id for lot in await trace_queries.made_of(store.clerk, again.other_lot_id)] == [
        lot_id,
        done.other_lot_id,
    ]
