"""Undoing: what a file created is gone and what it changed is as it was, or nothing is undone."""

from datetime import timedelta
from pathlib import Path

from pepperchain.core import clock, db
from pepperchain.imports.rules import State
from pepperchain.ledger import books
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, NOW, REGISTRY, SLIPS, committed, dump, undone, workbook
from tests.imports.test_checking import MEMBER, member
from tests.visits.dealing import home_of, visit


async def test_a_file_with_new_and_changed_members_is_undone_exactly(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    await committed(leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [MEMBER]))
    before = await dump(*REGISTRY)
    changed = [*MEMBER[:5], "4", *MEMBER[6:7], "3.2", *MEMBER[8:]]
    batch = await committed(
        leader, "households", workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [changed, member(9)])
    )
    assert (batch.creates, batch.updates) == (1, 1)
    assert await dump(*REGISTRY) != before
    after = await undone(leader, batch)
    assert after.state is State.UNDONE, (after.message, after.facts)
    assert await dump(*REGISTRY) == before


async def test_what_was_used_since_stops_all_of_it_and_is_named(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await committed(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, member(9)])
    )
    site = await db.scalar(
        "SELECT name FROM directory_site WHERE operator_id = :id AND kind = 'collecting_point' ORDER BY id LIMIT 1",
        id=leader.organization_id,
    )
    slip = [
        "P9",
        site,
        f"{NOW:%Y-%m-%d}",
        "00:05",
        "周新芽",
        "19900090001",
        "鲜花椒",
        "一级",
        "52.3",
        "2.1",
        None,
    ]
    slips = await committed(leader, "weighins", workbook(tmp_path / "s.xlsx", SLIPS, [slip]))
    refused = await undone(leader, batch)
    assert (refused.state, refused.conflicts) == (State.COMMITTED, 1)
    assert (await undone(leader, slips)).state is State.UNDONE
    said = "SELECT COUNT(*) FROM harvest_weighin WHERE void_reason = :reason"
    assert await db.scalar(said, reason="导入撤销") == 1, "in the language of whoever undid it"
    assert await books.findings() == []
    voided = await db.scalar(
        "SELECT COUNT(*) FROM harvest_weighin WHERE voided_at IS NOT NULL AND void_reason IS NOT NULL"
    )
    assert voided >= 1


async def test_a_household_that_somebody_visited_since_is_not_taken_back(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await committed(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, member(9)])
    )
    await visit(
        leader, await home_of("周新芽"), happened_at=clock.now() - timedelta(hours=1), now=clock.now()
    )
    refused = await undone(leader, batch)
    assert (refused.state, refused.conflicts) == (State.COMMITTED, 1)
