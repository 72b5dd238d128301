"""The rooms with sensors that every test of this room starts from."""

import pytest

from tests.climate.cold import Cold, open_cold


@pytest.fixture
async def cold(database: str) -> Cold:
    """A migrated database with rooms and sensors in them."""
    return await open_cold()
