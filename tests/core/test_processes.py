"""Several processes on one SQLite file: nobody is turned away, nothing is lost."""

import asyncio
import sys
from pathlib import Path

import pytest

from pepperchain.core import db

PROCESSES, TIMES = 4, 300


@db.unit_of_work
async def begin_at_zero() -> None:
    await db.insert("core_counter", scope="shared", value=0)


@pytest.mark.sqlite
@pytest.mark.slow
async def test_four_processes_reading_then_writing_lose_nothing(database: str) -> None:
    await begin_at_zero()
    script = Path(__file__).with_name("stress_process.py")
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(script), database, str(TIMES), cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": str(Path(__file__).parents[2])}, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for process in processes:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    assert await db.scalar("SELECT value FROM core_counter WHERE scope = 'shared'") == PROCESSES * TIMES
