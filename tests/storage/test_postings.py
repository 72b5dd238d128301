"""The accounts of lots and sites."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.ledger.rules import Leg
from pepperchain.storage import lot_queries, postings
from tests.storage.store import NOW, Store


async def test_a_site_has_one_account_of_a_kind_for_each_product(store: Store) -> None:
    one = await lot_queries.lot(store.clerk, await store.lot(10))
    other = await lot_queries.lot(store.clerk, await store.lot(10, grade="grade_2"))
    first, second = await postings.commodity_of(one), await postings.commodity_of(other)
    assert first != second
    opened = {
        await postings.site_account(postings.WASTE, one, first),
        await postings.site_account(postings.WASTE, one, first),
        await postings.site_account(postings.WASTE, one, second),
        await postings.site_account(postings.SEED, one, first),
    }
    assert len(opened) == 3


async def test_what_the_ledger_refuses_is_told_in_the_trades_words(store: Store) -> None:
    lot = await lot_queries.lot(store.clerk, await store.lot(10))

    @db.unit_of_work
    async def overdraw() -> None:
        waste = await postings.site_account(postings.WASTE, lot, await postings.commodity_of(lot))
        leg = Leg(debit=waste, credit=lot.account_id, amount=10_001)
        await postings.post(store.clerk, new_id(), "issue", lot, [leg], reason=None, now=NOW)

    with pytest.raises(Refused) as refused:
        await overdraw()
    assert refused.value.facts["available"] == 10_000
