"""Turns: one worker does a batch; when it dies, another takes over."""

from pathlib import Path

from pepperchain.imports import queries, turns
from pepperchain.imports.rules import State
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, LATER, NOW, brought, workbook, worked
from tests.imports.test_checking import MEMBER


async def test_a_batch_is_claimed_once_until_its_worker_is_gone(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    id = await brought(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    assert await turns.claim(id, now=NOW) is State.CHECKING
    assert await turns.claim(id, now=NOW) is None
    assert await queries.due(now=NOW, limit=5) == []
    assert await turns.claim(id, now=NOW + LATER) is State.CHECKING


async def test_a_worker_that_died_half_way_leaves_nothing_behind(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    id = await brought(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    await turns.claim(id, now=NOW)
    batch = await worked(id, now=NOW + LATER)
    assert (batch.state, batch.creates) == (State.CHECKED, 1)
