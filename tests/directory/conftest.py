"""The registry that every test of this room starts from."""

import pytest

from tests.directory import registry as registers
from tests.directory.registry import Registry


@pytest.fixture
async def registry(database: str) -> Registry:
    """Areas, two cooperatives and a processor in an otherwise empty database."""
    return await registers.registry()
