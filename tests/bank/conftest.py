"""The bank that every test of this room starts from."""

import pytest

from tests.bank.vault import Vault, open_vault


@pytest.fixture
async def vault(database: str) -> Vault:
    """A migrated database with a store of dry pepper and the price of the day."""
    return await open_vault()
