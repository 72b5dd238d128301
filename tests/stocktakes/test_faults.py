"""The engine fails in the middle of a stocktake: what was counted and what is posted is whole or not there."""

import pytest

from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.stocktakes import closing, counts, stocktakes
from tests.harness.faults import fails_cleanly_everywhere
from tests.stocktakes import shelf
from tests.stocktakes.shelf import EVENING, LATER
from tests.storage.store import NOW, Store

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


async def test_every_act_of_a_stocktake_is_whole_or_not_there(store: Store) -> None:
    lots = [await store.lot(kg) for kg in (80, 45, 120)]
    opening, counting = new_id(), new_id()
    leader, clerk = shelf.leader(store), shelf.clerk(store)
    await fails_cleanly_everywhere(
        lambda: stocktakes.begin(leader, id=opening, room_id=store.chilled, now=NOW)
    )
    id = (await stocktakes.begin(leader, id=opening, room_id=store.chilled, now=NOW)).id
    line = await shelf.line(store, id, lots[0])
    await fails_cleanly_everywhere(
        lambda: counts.record(
            clerk, id=counting, stocktake_id=id, line_id=line.id, loose=Grams(79_900), now=LATER
        )
    )
    for lot_id, kg in ((lots[1], 45), (lots[2], 121)):
        await shelf.surely(store, id, lot_id, kg)
    version = (await shelf.row(store, id)).version
    await fails_cleanly_everywhere(lambda: closing.hand_in(clerk, id=id, version=version, now=EVENING))
    version = (await shelf.row(store, id)).version
    await fails_cleanly_everywhere(
        lambda: closing.sign(leader, id=id, version=version, reason="夜里失水", now=EVENING)
    )
    assert [await store.on_hand(lot_id) for lot_id in lots] == [79_900, 45_000, 121_000]
