"""Holds that have run out free what they held, oldest first, as often as somebody looks."""

from datetime import timedelta

from pepperchain.core import db
from pepperchain.ledger import books, expiry
from tests.ledger.books import NOW, available, opened, post
from tests.ledger.test_holds import HOUR, held


async def test_only_what_has_run_out_is_ended(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    await held(at, 300, expires_at=NOW + timedelta(minutes=5))
    await held(at, 400, expires_at=NOW + HOUR)
    assert await expiry.expire_due(now=NOW + timedelta(minutes=10)) == 1
    assert await available(at.floor) == 600
    assert await expiry.expire_due(now=NOW + timedelta(minutes=10)) == 0


async def test_a_timer_ends_a_few_at_a_time_and_all_in_the_end(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 1_000)
    for minutes in range(1, 8):
        await held(at, 10, expires_at=NOW + timedelta(minutes=minutes))
    ended = [await expiry.expire_due(now=NOW + HOUR, limit=3) for _ in range(4)]
    assert ended == [3, 3, 1, 0]
    assert await available(at.floor) == 1_000
    assert await db.scalar("SELECT COUNT(*) FROM ledger_hold_outcome WHERE outcome = 'expired'") == 7
    assert await books.findings() == []
