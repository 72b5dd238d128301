"""Batches: whose they are, sent twice, decided on once."""

from pathlib import Path
from uuid import UUID

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.imports import batches
from pepperchain.imports.rules import State
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, NOW, brought, checked, workbook
from tests.imports.test_checking import MEMBER, member


async def test_the_same_form_twice_is_one_batch_and_with_another_file_a_conflict(
    village: str, tmp_path: Path
) -> None:
    leader, id = await cast.actor(cast.LEADER_A), new_id()
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    assert await brought(leader, "households", path, id=id) == await brought(
        leader, "households", path, id=id
    )
    with pytest.raises(Conflict):
        await brought(leader, "households", workbook(tmp_path / "n.xlsx", HOUSEHOLDS, [member(2)]), id=id)
    assert await db.scalar("SELECT COUNT(*) FROM imports_batch") == 1


async def test_a_batch_is_for_the_own_organization_alone(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    assert (await batches.find(await cast.actor(cast.CLERK_A), batch.id)).id == batch.id
    with pytest.raises(Missing):
        await batches.find(await cast.actor(cast.LEADER_B), batch.id)
    with pytest.raises(Missing):
        await batches.approve(await cast.actor(cast.LEADER_B), id=UUID(batch.id), now=NOW)


async def test_a_wrong_file_cannot_be_approved(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(1, 手机="12")])
    )
    with pytest.raises(Refused):
        await batches.approve(leader, id=UUID(batch.id), now=NOW)


async def test_a_discarded_file_leaves_no_rows_and_cannot_be_imported(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    await batches.discard(leader, id=UUID(batch.id), now=NOW)
    await batches.discard(leader, id=UUID(batch.id), now=NOW)
    assert (await batches.find(leader, batch.id)).state is State.DISCARDED
    assert await db.scalar("SELECT COUNT(*) FROM imports_row") == 0
    with pytest.raises(Conflict):
        await batches.approve(leader, id=UUID(batch.id), now=NOW)


async def test_a_kind_that_is_not_the_actors_is_not_there(village: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    with pytest.raises(Missing):
        await brought(await cast.actor(cast.LEADER_A), "organizations", path)
    with pytest.raises(Missing):
        await brought(await cast.actor(cast.STOREKEEPER), "households", path)
