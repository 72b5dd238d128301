"""kill -9 in the middle of an import: all of the file is there or none of it, and another worker brings it to its end."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from pepperchain.core import clock, db
from pepperchain.imports import batches, queries, uploads
from pepperchain.imports.rules import State, bounds
from pepperchain.ledger import books
from tests.harness import cast
from tests.imports.files import SLIPS, checked, table, worked

KILLS = 5
SLIPS_BROUGHT = 2_000
ROOT = Path(__file__).parents[2]


async def interrupted(url: str, seconds: float) -> None:
    """A worker of its own process that begins, and is killed after a while."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.imports.committer", url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    await asyncio.sleep(seconds)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def slips(batch_id: str) -> int:
    count = await db.scalar(
        "SELECT COUNT(*) FROM harvest_weighin w WHERE EXISTS"
        " (SELECT 1 FROM imports_row r WHERE r.batch_id = :batch AND r.target_id = CAST(w.id AS VARCHAR(36)))",
        batch=batch_id,
    )
    return int(count)


@pytest.mark.slow
async def test_a_killed_import_is_there_whole_or_not_at_all(village: str, tmp_path: Path) -> None:
    chance = random.Random(4)
    leader = await cast.actor(cast.LEADER_A)
    now = clock.now()
    day = clock.local_day(now - timedelta(days=3))
    lines = [
        [f"K{number:05}", "保坪", day, "18:00", "罗大山", "19900000010", "鲜", "一级", "52.3", "2.1", "8.5"]
        for number in range(SLIPS_BROUGHT)
    ]
    batch = await checked(leader, "weighins", table(tmp_path / "s.csv", SLIPS, lines), now=now)
    assert (batch.creates, batch.wrong) == (SLIPS_BROUGHT, 0)
    await batches.approve(leader, id=UUID(batch.id), now=now)
    uploads.forget_progress(batch.id)
    for _ in range(KILLS):
        await interrupted(village, chance.uniform(0.02, 0.9))
        there = await queries.at_work(batch.id)
        assert there is not None
        assert await slips(batch.id) == (SLIPS_BROUGHT if there.state is State.COMMITTED else 0)
        assert await books.findings() == []
        # The next worker need not wait for the lease of the dead one here.
        await _forget_lease(batch.id)
    ended = await worked(batch.id, now=clock.now() + bounds().lease * 2)
    assert ended.state in (State.COMMITTED, State.FAILED)
    assert await slips(batch.id) == (SLIPS_BROUGHT if ended.state is State.COMMITTED else 0)
    assert await books.findings() == []


@db.unit_of_work
async def _forget_lease(batch_id: str) -> None:
    await db.execute(
        "UPDATE imports_batch SET lease_until_at = NULL, attempts = 0 WHERE id = :id AND state = 'committing'",
        id=batch_id,
    )
