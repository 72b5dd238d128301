"""Committing: all of a file or none of it, once."""

import asyncio
from pathlib import Path
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.errors import Told
from pepperchain.imports import batches, working
from pepperchain.imports.rules import State
from pepperchain.ledger import books
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, NOW, SLIPS, checked, committed, workbook
from tests.imports.test_checking import MEMBER, member


async def test_members_are_entered_with_their_plots_and_found(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await committed(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, member(3)])
    )
    assert batch.state is State.COMMITTED
    found = await db.tuples(
        "SELECT p.name, h.cooperative_id, h.plots FROM directory_person p JOIN directory_household h ON h.head_id = p.id"
        " WHERE p.phone = '19900090001'"
    )
    assert found == [("周新芽", leader.organization_id, 1)]


async def test_slips_of_an_evening_come_onto_the_floor(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    await committed(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    prefix, site = (
        await db.tuples(
            "SELECT slip_prefix, name FROM directory_site WHERE operator_id = :id AND kind = 'collecting_point' ORDER BY id LIMIT 1",
            id=leader.organization_id,
        )
    )[0]
    day = f"{NOW:%Y-%m-%d}"
    lines = [
        [
            f"P{number}",
            site,
            day,
            f"00:1{number}",
            "周新芽",
            "19900090001",
            "鲜花椒",
            "一级",
            "52.3",
            "2.1",
            "9.80",
        ]
        for number in range(1, 4)
    ]
    batch = await committed(leader, "weighins", workbook(tmp_path / "s.xlsx", SLIPS, lines))
    assert (batch.creates, prefix != "") == (3, True)
    net = await db.scalar(
        "SELECT CAST(SUM(w.net_grams) AS BIGINT) FROM harvest_weighin w JOIN directory_household h ON h.id = w.household_id"
        " JOIN directory_person p ON p.id = h.head_id WHERE p.phone = '19900090001'"
    )
    assert net == 3 * 50_200
    assert await books.findings() == []


async def test_two_who_approve_at_once_import_it_once(village: str, tmp_path: Path) -> None:
    leader, clerk = await cast.actor(cast.LEADER_A), await cast.actor(cast.CLERK_A)
    batch = await checked(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    id = UUID(batch.id)
    answers = await asyncio.gather(
        *(batches.approve(who, id=id, now=NOW) for who in (leader, clerk, leader)), return_exceptions=True
    )
    assert all(not isinstance(answer, Exception) or isinstance(answer, Told) for answer in answers)
    await asyncio.gather(working.work(now=NOW), working.work(now=NOW))
    assert await db.scalar("SELECT COUNT(*) FROM directory_person WHERE phone = '19900090001'") == 1


async def test_what_changed_since_the_check_stops_all_of_it(village: str, tmp_path: Path) -> None:
    """Somebody enters the same member by hand before the import: nothing is written, and the file is checked again."""
    leader = await cast.actor(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, member(5)])
    first = await checked(leader, "households", path)
    await committed(leader, "households", workbook(tmp_path / "one.xlsx", HOUSEHOLDS, [MEMBER]))
    await batches.approve(leader, id=UUID(first.id), now=NOW)
    for _ in range(3):
        await working.work(now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM directory_person WHERE phone = '19900090001'") == 1
