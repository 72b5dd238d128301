"""Closed books: a day that is over and closed takes no more entries."""

from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.ledger import periods
from tests.ledger.books import BOOK, NOW, TODAY, opened, post


async def test_a_closed_day_takes_no_entry_and_an_open_one_does(database: str) -> None:
    at = await opened()
    yesterday = TODAY - timedelta(days=1)
    await post(at.floor, at.source, 100, on=yesterday)
    await periods.close(SYSTEM, book=BOOK, through=yesterday, now=NOW)
    with pytest.raises(Refused, match="closed"):
        await post(at.floor, at.source, 100, on=yesterday)
    await post(at.floor, at.source, 100)
    with pytest.raises(Conflict):
        await periods.close(SYSTEM, book=BOOK, through=yesterday, now=NOW)
    with pytest.raises(Refused):
        await periods.close(SYSTEM, book=BOOK, through=TODAY, now=NOW)
    moved = await db.scalar("SELECT trial FROM ledger_period WHERE book = :book", book=BOOK)
    assert '"moved": 100' in moved


async def test_closing_is_for_those_who_may_and_leaves_a_trace(database: str) -> None:
    yesterday = TODAY - timedelta(days=1)
    clerk = Actor(user_id=6, role=Role.COOP_CLERK, name="clerk", organization_id=1)
    with pytest.raises(NotYours):
        await periods.close(clerk, book=BOOK, through=yesterday, now=NOW)
    await periods.close(SYSTEM, book=BOOK, through=yesterday, now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'period.closed'") == 1


async def test_one_closed_book_closes_no_other(database: str) -> None:
    at, yesterday = await opened(), TODAY - timedelta(days=1)
    await periods.close(SYSTEM, book="site:2", through=yesterday, now=NOW)
    await post(at.floor, at.source, 100, on=yesterday)
