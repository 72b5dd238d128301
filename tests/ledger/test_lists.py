"""Lists of transactions: some statements for all of them, and the same rules as for one."""

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.ledger import books, lists
from pepperchain.ledger.lists import Entry
from pepperchain.ledger.rules import Leg
from pepperchain.ledger.transactions import Overdrawn
from tests.ledger.books import BOOK, NOW, TODAY, Books, available, opened


def entries(at: Books, *amounts: int, id=None) -> list[Entry]:
    return [Entry(id or new_id(), BOOK, [Leg(at.floor, at.source, amount)], TODAY) for amount in amounts]


async def post_all(some: list[Entry]) -> None:
    await lists.post_many(SYSTEM, some, kind="list", now=NOW)


async def test_a_list_moves_the_sum_of_its_entries(database: str) -> None:
    at = await opened()
    await post_all(entries(at, *range(1, 101)))
    assert await available(at.floor) == 5_050
    assert await books.findings() == []


async def test_one_wrong_entry_stops_all(database: str) -> None:
    at = await opened()
    too_much = Entry(new_id(), BOOK, [Leg(at.lot, at.floor, 1_000)], TODAY)
    with pytest.raises(Overdrawn):
        await post_all([*entries(at, 400, 500), too_much])
    assert await available(at.floor) == 0


async def test_an_id_that_stands_is_a_conflict(database: str) -> None:
    at, id = await opened(), new_id()
    await post_all(entries(at, 5, id=id))
    with pytest.raises(Conflict):
        await post_all([*entries(at, 7), *entries(at, 5, id=id)])
    assert await available(at.floor) == 5


async def test_a_list_is_taken_back_entry_by_entry_once(database: str) -> None:
    at = await opened()
    some = entries(at, 100, 200, 300)
    await post_all(some)

    async def back() -> None:
        await lists.reverse_many(
            SYSTEM,
            [(new_id(), entry.id) for entry in some],
            kind="undo",
            effective_on=TODAY,
            reason="undone",
            now=NOW,
        )

    await back()
    assert await available(at.floor) == 0
    with pytest.raises((Conflict, Refused)):
        await back()
    assert await books.findings() == []


async def test_what_is_not_there_cannot_be_taken_back(database: str) -> None:
    await opened()
    with pytest.raises(Missing):
        await lists.reverse_many(
            SYSTEM, [(new_id(), new_id())], kind="undo", effective_on=TODAY, reason="undone", now=NOW
        )
