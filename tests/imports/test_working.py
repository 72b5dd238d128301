"""The timer's part: what waits is done, what is old is tidied away."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from pepperchain.accounts import users
from pepperchain.core import db
from pepperchain.imports import batches, uploads, working
from pepperchain.imports.rules import State
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, NOW, REGISTRY, brought, checked, committed, dump, workbook, worked
from tests.imports.test_checking import MEMBER, member


async def test_everything_that_waits_is_done_in_turn(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    for number in range(3):
        await brought(
            leader, "households", workbook(tmp_path / f"{number}.xlsx", HOUSEHOLDS, [member(number)])
        )
    assert await working.work(now=NOW) == 3
    assert await working.work(now=NOW) == 0
    assert await db.scalar("SELECT COUNT(*) FROM imports_batch WHERE state = 'checked'") == 3


async def test_old_files_are_removed_and_undecided_ones_discarded(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    done = await committed(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    await brought(leader, "households", workbook(tmp_path / "n.xlsx", HOUSEHOLDS, [member(4)]))
    await working.work(now=NOW)
    assert done.file_token is not None
    later = NOW + timedelta(days=30)
    for _ in range(2):
        await working.tidy(now=later)
    assert not uploads.path_of(done.file_token).exists()
    states = {state for (state,) in await db.tuples("SELECT state FROM imports_batch")}
    assert states == {State.COMMITTED.value, State.DISCARDED.value}


async def test_nothing_more_is_done_for_whoever_has_no_account_any_longer(
    village: str, tmp_path: Path
) -> None:
    admin, leader = await cast.actor(cast.ADMIN), await cast.actor(cast.LEADER_A)
    looked = await checked(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    before = await dump(*REGISTRY)
    await batches.approve(leader, id=UUID(looked.id), now=NOW)
    await users.disable(admin, user_id=leader.user_id or 0, now=NOW)
    stopped = await worked(looked.id)
    assert stopped.message == "The account of whoever asked for this was closed."
    assert (await worked(looked.id)).state is State.FAILED
    assert await dump(*REGISTRY) == before
