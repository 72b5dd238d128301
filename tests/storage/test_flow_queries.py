"""What went from one organization to another, and what one keeps for another."""

from datetime import timedelta

from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import arrivals, consignment_queries, flow_queries, queries
from tests.storage.road import LATER, cargo, sent
from tests.storage.store import NOW, Store


async def test_what_arrived_counts_and_what_lies_there_is_kept(store: Store) -> None:
    today = clock.local_day(NOW)
    done = await sent(store, await store.lot(50))
    row = await consignment_queries.consignment(store.clerk, done.id)
    keeper = (await queries.room(store.storekeeper, store.cold)).operator_id
    pair = (row.cooperative_id, keeper)
    stranger = (row.cooperative_id, 10**9)
    assert await flow_queries.arrived(store.clerk, [pair], today) == {}
    (lot,) = await cargo(store, done.id)
    received = {lot.lot_id: Grams(49_500)}
    await arrivals.receive(
        store.storekeeper, id=new_id(), consignment_id=done.id, received=received, reason="磨损", document="BP-1", now=LATER
    )  # fmt: skip
    assert await flow_queries.arrived(store.clerk, [pair, stranger], today) == {pair: 49_500}
    assert await flow_queries.kept(store.clerk, [pair, stranger], today) == {pair: 49_500}
    next_year = today + timedelta(days=365)
    assert await flow_queries.arrived(store.clerk, [pair], next_year) == {}
    assert await flow_queries.arrived(store.buyer, [pair], today) == {}
    assert await flow_queries.kept(store.buyer, [pair], today) == {}
