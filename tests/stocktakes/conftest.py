"""The rooms that every test of this room starts from."""

import pytest

from tests.storage.store import Store, open_store


@pytest.fixture
async def store(database: str) -> Store:
    """A migrated database with two cooperatives, a cold store, and rooms in them."""
    return await open_store()
