"""Holds: they lower what is available at once, and end exactly once."""

import asyncio
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.ledger import books, holds, queries
from pepperchain.ledger.rules import Balance
from pepperchain.ledger.transactions import Overdrawn
from tests.ledger.books import BOOK, NOW, TODAY, Books, available, opened, post

HOUR = timedelta(hours=1)


async def held(at: Books, amount: int, *, id=None, expires_at=NOW + HOUR):
    return await holds.place(
        SYSTEM, id=id or new_id(), debit=at.lot, credit=at.floor, amount=amount, purpose="order",
        expires_at=expires_at, now=NOW,
    )  # fmt: skip


async def committed(hold, amount: int, *, transaction_id=None, now=NOW):
    return await holds.commit(
        SYSTEM, id=hold, transaction_id=transaction_id or new_id(), amount=amount, kind="sale", book=BOOK,
        effective_on=TODAY, now=now,
    )  # fmt: skip


async def test_a_hold_lowers_what_is_available_and_nothing_else(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    await held(at, 400)
    assert await queries.balance(at.floor) == Balance(posted=1_000, held=400)
    with pytest.raises(Overdrawn) as refused:
        await post(at.lot, at.floor, 601)
    assert refused.value.available == 600


async def test_part_is_committed_and_the_rest_is_free(database: str) -> None:
    at, transaction_id = await opened(), new_id()
    await post(at.floor, at.source, 1_000)
    hold = (await held(at, 1_000)).id
    await committed(hold, 300, transaction_id=transaction_id)
    assert (await available(at.floor), await available(at.lot)) == (700, 300)
    assert (await committed(hold, 300, transaction_id=transaction_id)).repeated
    with pytest.raises(Conflict):
        await committed(hold, 300)
    with pytest.raises(Conflict):
        await holds.release(SYSTEM, id=hold, now=NOW)


async def test_no_more_is_committed_than_was_held(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    hold = (await held(at, 300)).id
    with pytest.raises(Refused):
        await committed(hold, 301)
    assert await available(at.floor) == 700


async def test_a_released_hold_frees_all_of_it_once(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    hold = (await held(at, 1_000)).id
    await holds.release(SYSTEM, id=hold, now=NOW)
    await holds.release(SYSTEM, id=hold, now=NOW)
    assert await available(at.floor) == 1_000
    with pytest.raises(Conflict):
        await committed(hold, 1)
    with pytest.raises(Missing):
        await holds.release(SYSTEM, id=new_id(), now=NOW)


async def test_a_hold_that_ran_out_frees_what_it_held_with_or_without_the_timer(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    hold = (await held(at, 1_000)).id
    later = NOW + 2 * HOUR
    with pytest.raises(Conflict, match="run out"):
        await committed(hold, 1, now=later)
    second = await holds.place(
        SYSTEM,
        id=new_id(),
        debit=at.lot,
        credit=at.floor,
        amount=1_000,
        purpose="order",
        expires_at=later + HOUR,
        now=later,
    )
    assert not second.repeated
    assert await holds.expire_due(now=later) == 0
    assert await holds.expire_due(now=later + HOUR) == 1
    assert await available(at.floor) == 1_000


async def test_the_same_hold_again_is_the_same_and_another_content_a_conflict(database: str) -> None:
    at, id = await opened(), new_id()
    await post(at.floor, at.source, 1_000)
    await held(at, 400, id=id)
    assert (await held(at, 400, id=id, expires_at=NOW + 2 * HOUR)).repeated
    with pytest.raises(Conflict):
        await held(at, 401, id=id)
    assert await available(at.floor) == 600


async def test_fifty_buyers_racing_for_the_last_grams_hold_exactly_those(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 20_000)
    answers = await asyncio.gather(*(held(at, 1_000) for _ in range(50)), return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 20
    assert await available(at.floor) == 0


async def test_racing_commit_release_and_expiry_have_one_outcome(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 100_000)
    for _ in range(25):
        hold = (await held(at, 1_000)).id
        answers = await asyncio.gather(
            committed(hold, 1_000), holds.release(SYSTEM, id=hold, now=NOW),
            holds.expire_due(now=NOW + 2 * HOUR), committed(hold, 500),
            return_exceptions=True,
        )  # fmt: skip
        assert all(not isinstance(answer, Exception) or isinstance(answer, Conflict) for answer in answers)
    balance = await queries.balance(at.floor)
    assert balance.held == 0
    assert balance.posted + await available(at.lot) == 100_000
    assert await books.findings() == []


async def test_a_hold_must_end_in_the_future(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    with pytest.raises(Refused):
        await held(at, 1, expires_at=NOW)
