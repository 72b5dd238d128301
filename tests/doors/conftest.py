"""The furnished village, with everybody at its doors."""

from collections.abc import AsyncIterator

import pytest

from tests.doors.furniture import furnish
from tests.doors.visitors import Visitors, visitors


@pytest.fixture
async def house(village: str) -> AsyncIterator[Visitors]:
    await furnish()
    async with visitors() as everybody:
        yield everybody
