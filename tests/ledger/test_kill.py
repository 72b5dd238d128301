"""kill -9 in a storm of postings: nothing that was answered is lost, nothing is half-written, a retry by id changes nothing."""

import asyncio
import random
import sys
from pathlib import Path
from uuid import UUID

import pytest

from pepperchain.core import db
from pepperchain.ledger import books
from tests.ledger.books import available, opened, post

KILLS = 12
ROOT = Path(__file__).parents[2]


async def storm(url: str, seconds: float) -> tuple[set[str], set[str]]:
    """Ids that were sent and ids that were answered until the kill."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ledger.poster", url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [await process.stdout.readline()]
    reading = asyncio.create_task(process.stdout.read())
    await asyncio.sleep(seconds)
    process.kill()
    lines += (await reading).splitlines()
    await process.wait()
    said = [line.decode().split() for line in lines]
    whole = [(words[0], words[1]) for words in said if len(words) == 2 and len(words[1]) == 36]
    return {id for word, id in whole if word == "sent"}, {id for word, id in whole if word == "done"}


@pytest.mark.slow
async def test_no_answered_posting_is_lost_over_many_kills(database: str) -> None:
    chance = random.Random(8)
    at = await opened()
    sent: set[str] = set()
    answered: set[str] = set()
    for _ in range(KILLS):
        more_sent, more_answered = await storm(database, chance.uniform(0.05, 0.4))
        sent |= more_sent
        answered |= more_answered
    assert len(answered) > KILLS
    there = {str(id) for (id,) in await db.tuples("SELECT id FROM ledger_transaction")}
    assert answered <= there <= sent
    assert await available(at.floor) == 10 * len(there)
    assert await books.findings() == []


@pytest.mark.slow
async def test_a_client_that_heard_nothing_sends_again_and_it_counts_once(database: str) -> None:
    at = await opened()
    sent, answered = await storm(database, 0.3)
    for id in sent - answered:
        from_storm = await db.scalar("SELECT kind FROM ledger_transaction WHERE id = :id", id=id)
        if from_storm is None:
            await post(at.floor, at.source, 10, id=UUID(id))
    assert await available(at.floor) == 10 * len(sent)
    assert await books.findings() == []
