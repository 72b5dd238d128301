"""The climate of the demo's rooms: the same each time, with its power cut and its breaches."""

from datetime import timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.seeds import cooling


@pytest.mark.parametrize("minutes", [0, 7, 13, 400])
async def test_the_village_is_measured_once(village: str, minutes: int) -> None:
    now = clock.now() + timedelta(minutes=minutes)
    assert await cooling.load(now=now)
    assert not await cooling.load(now=now)
    assert 5_000 < await db.scalar("SELECT COUNT(*) FROM climate_reading") < 20_000
    kinds = await db.fetch(str, "SELECT kind FROM climate_breach ORDER BY kind")
    assert kinds == ["thawing", "too_warm", "too_warm"]
    states = await db.fetch(str, "SELECT state FROM climate_breach ORDER BY state")
    assert states == ["acknowledged", "closed", "open"]
    assert await db.scalar("SELECT COUNT(*) FROM climate_equipment WHERE kind = 'power_cut'") == 1


async def test_without_a_village_there_is_nothing_to_measure(database: str) -> None:
    assert not await cooling.load(now=clock.now())
