"""Posting and reversing: once, whole, never below zero, never on a closed day."""

import asyncio

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.ledger import books, transactions
from pepperchain.ledger.rules import Leg
from pepperchain.ledger.transactions import Overdrawn
from tests.ledger.books import BOOK, NOW, TODAY, available, opened, post


async def test_a_transfer_takes_from_one_account_what_it_gives_to_another(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 50_200)
    await post(at.lot, at.floor, 20_000)
    assert [await available(account) for account in (at.floor, at.lot, at.source)] == [30_200, 20_000, 50_200]


async def test_the_same_id_again_is_the_same_transaction(database: str) -> None:
    at, id = await opened(), new_id()
    first = await post(at.floor, at.source, 500, id=id)
    again = await post(at.floor, at.source, 500, id=id)
    assert (first.repeated, again.repeated) == (False, True)
    assert await available(at.floor) == 500


async def test_the_same_id_with_another_content_is_a_conflict(database: str) -> None:
    at, id = await opened(), new_id()
    await post(at.floor, at.source, 500, id=id)
    with pytest.raises(Conflict):
        await post(at.floor, at.source, 501, id=id)
    assert await available(at.floor) == 500


async def test_one_id_from_ten_phones_at_once_is_one_transaction(database: str) -> None:
    at = await opened()
    for _ in range(20):
        id = new_id()
        answers = await asyncio.gather(*(post(at.floor, at.source, 100, id=id) for _ in range(10)))
        assert sorted(answer.repeated for answer in answers) == [False] + [True] * 9
    assert await available(at.floor) == 2_000


async def test_a_guarded_account_cannot_be_overdrawn(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    with pytest.raises(Overdrawn) as refused:
        await post(at.lot, at.floor, 1_001)
    assert (refused.value.available, refused.value.account_id) == (1_000, at.floor)
    assert await available(at.floor) == 1_000


async def test_many_takers_of_the_last_grams_get_exactly_those(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 20_000)
    answers = await asyncio.gather(
        *(post(at.lot, at.floor, 1_000) for _ in range(60)), return_exceptions=True
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 20
    assert all(isinstance(answer, Overdrawn) for answer in answers if isinstance(answer, Exception))
    assert (await available(at.floor), await available(at.lot)) == (0, 20_000)


async def test_opposite_directions_never_wait_for_each_other_in_a_ring(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 100_000)
    await post(at.lot, at.floor, 50_000)
    ways = [(at.lot, at.floor), (at.floor, at.lot)]
    await asyncio.wait_for(asyncio.gather(*(post(*ways[turn % 2], 10) for turn in range(400))), timeout=30)
    assert (await available(at.floor), await available(at.lot)) == (50_000, 50_000)


async def test_legs_are_all_posted_or_none(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    with pytest.raises(Overdrawn):
        await transactions.post(
            SYSTEM, id=new_id(), kind="test", book=BOOK, effective_on=TODAY, now=NOW,
            legs=[Leg(at.lot, at.floor, 900), Leg(at.lot, at.floor, 200)],
        )  # fmt: skip
    assert (await available(at.floor), await available(at.lot)) == (1_000, 0)


async def test_a_reversal_mirrors_and_happens_once(database: str) -> None:
    at, id = await opened(), new_id()
    await post(at.floor, at.source, 700, id=id)
    undo = new_id()
    await transactions.reverse(SYSTEM, id=undo, of=id, effective_on=TODAY, reason="weighed twice", now=NOW)
    repeated = await transactions.reverse(
        SYSTEM, id=undo, of=id, effective_on=TODAY, reason="weighed twice", now=NOW
    )
    assert repeated.repeated
    assert await available(at.floor) == 0
    with pytest.raises(Conflict):
        await transactions.reverse(SYSTEM, id=new_id(), of=id, effective_on=TODAY, reason="again", now=NOW)


async def test_two_reversals_at_once_are_one(database: str) -> None:
    """Of 50 transactions each taken back twice at the same moment, exactly 50 reversals stand."""
    at = await opened()
    ids = [new_id() for _ in range(50)]
    for id in ids:
        await post(at.floor, at.source, 100, id=id)

    async def undo(of):
        return await transactions.reverse(
            SYSTEM, id=new_id(), of=of, effective_on=TODAY, reason="twice", now=NOW
        )

    answers = await asyncio.gather(*(undo(id) for id in ids for _ in range(2)), return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 50
    assert sum(not isinstance(answer, Exception) for answer in answers) == 50
    assert await available(at.floor) == 0
    assert await books.findings() == []


async def test_what_was_used_since_cannot_be_taken_back(database: str) -> None:
    at, id = await opened(), new_id()
    await post(at.floor, at.source, 700, id=id)
    await post(at.lot, at.floor, 600)
    with pytest.raises(Overdrawn):
        await transactions.reverse(SYSTEM, id=new_id(), of=id, effective_on=TODAY, reason="late", now=NOW)


async def test_a_reversal_cannot_be_reversed_and_needs_something_to_reverse(database: str) -> None:
    at, id, undo = await opened(), new_id(), new_id()
    await post(at.floor, at.source, 700, id=id)
    await transactions.reverse(SYSTEM, id=undo, of=id, effective_on=TODAY, reason="wrong", now=NOW)
    with pytest.raises(Refused):
        await transactions.reverse(SYSTEM, id=new_id(), of=undo, effective_on=TODAY, reason="wrong", now=NOW)
    with pytest.raises(Missing):
        await transactions.reverse(
            SYSTEM, id=new_id(), of=new_id(), effective_on=TODAY, reason="wrong", now=NOW
        )
