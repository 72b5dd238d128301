"""Commands over a database that a test alone has."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.conftest import Bench
from tests.harness.pictures import VILLAGE


@pytest.fixture
def bare(blank_url: str, tmp_path: Path) -> Command:
    """The command where nothing was done yet."""
    return Command(tmp_path / "data", {"PEPPERCHAIN_DATABASE_URL": blank_url})


@pytest.fixture
async def pepperchain(bench: Bench, tmp_path: Path) -> AsyncIterator[Command]:
    """The command over a database with the village in it."""
    url = await bench.url(VILLAGE)
    yield Command(tmp_path / "data", {"PEPPERCHAIN_DATABASE_URL": url})
    await bench.forget(url)
