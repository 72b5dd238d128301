"""A generated community, made once and copied for every test that asks for it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from pepperchain.core import db, migrating
from pepperchain.seeds import generator
from pepperchain.seeds.sizes import HAMLET
from tests.conftest import Bench
from tests.harness.pictures import Picture

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


async def _generate() -> None:
    await generator.generate(HAMLET, now=NOW)


COMMUNITY = Picture("community", _generate)


@pytest.fixture
async def community(bench: Bench) -> AsyncIterator[str]:
    """A database with the village and a hamlet's worth around it, open; its address."""
    url = await bench.url(COMMUNITY)
    await db.open(url, migrating.apps())
    yield url
    await db.close()
    await bench.forget(url)
