"""The engine fails in the middle of sampling or of waiting for space: both are whole or not there."""

import pytest

from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, samples, waiting
from pepperchain.storage.quality_rules import Item
from tests.harness.faults import fails_cleanly_everywhere
from tests.storage.store import NOW, Store, all_fits
from tests.storage.test_samples import GOOD, TODAY, dried
from tests.storage.test_waiting import MINUTE, ask, book

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


async def test_a_sample_and_a_test_that_blocks_is_whole_or_not_there(store: Store) -> None:
    lot_id, taking, noting = await dried(store), new_id(), new_id()
    await fails_cleanly_everywhere(
        lambda: samples.take(store.clerk, id=taking, lot_id=lot_id, grams=Grams(500), now=NOW)
    )
    taken = await samples.take(store.clerk, id=taking, lot_id=lot_id, grams=Grams(500), now=NOW)
    await fails_cleanly_everywhere(
        lambda: samples.note_test(
            store.clerk, id=noting, sample_id=taken.id, laboratory="区检验所", certificate="JC-1", tested_on=TODAY,
            results={**GOOD, Item.MOISTURE: 131}, block_reason="不合格", now=NOW,
        )
    )  # fmt: skip
    await all_fits()


async def test_releasing_space_that_somebody_waits_for_is_whole_or_not_there(store: Store) -> None:
    booking = await book(store.clerk, store.public, 4_000)
    first = await ask(store.leader_b, store.public, 3_000, now=NOW + MINUTE)
    await fails_cleanly_everywhere(lambda: bookings.release(store.clerk, id=booking, now=NOW + 3 * MINUTE))
    await fails_cleanly_everywhere(lambda: waiting.accept(store.leader_b, id=first, now=NOW + 5 * MINUTE))
    await all_fits()
