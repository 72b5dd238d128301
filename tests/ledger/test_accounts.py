"""Commodities and accounts: opened by whoever needs them first, and only once."""

import asyncio

import pytest

from pepperchain.core.errors import Missing
from pepperchain.ledger import accounts, queries


async def test_accounts_and_commodities_open_once_however_many_ask(database: str) -> None:
    commodities = await asyncio.gather(*(accounts.commodity("dry/one", "grams") for _ in range(20)))
    assert len(set(commodities)) == 1
    opened_ids = await asyncio.gather(
        *(
            accounts.find_or_open("lot", "lot:9", commodities[0], side="debit", guarded=True)
            for _ in range(20)
        )
    )
    assert len(set(opened_ids)) == 1


async def test_an_account_that_is_not_there_is_missing(database: str) -> None:
    with pytest.raises(Missing):
        await queries.balance(999)
