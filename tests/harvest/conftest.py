"""The register that every test of this room starts from."""

import pytest

from tests.harvest.register import Register, settle


@pytest.fixture
async def register(database: str) -> Register:
    """A migrated database with two cooperatives in it."""
    return await settle()
