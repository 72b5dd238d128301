"""The registry's whole way: a sheet is imported, who was in it twice is found and made one, and all of that is undone."""

from pathlib import Path
from uuid import uuid5

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.app import MOVERS
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import findings, household_lists, merge_queries, merges
from pepperchain.directory.household_lists import Newcomer
from pepperchain.directory.merges import Decision
from pepperchain.directory.people import Particulars
from pepperchain.imports.rules import State
from tests.harness import cast
from tests.harness.dumps import difference, dump
from tests.imports.files import HOUSEHOLDS, committed, table, undone
from tests.imports.test_checking import member

IMPORTED, TWICE = 160, 50


async def _entered_again(actor: Actor) -> None:
    """Some of the imported, as another list of the same people has them: one phone, hardly anything else."""
    rows = await db.tuples(
        "SELECT p.name, p.phone, h.village_id FROM directory_person p JOIN directory_household h ON h.head_id = p.id"
        " WHERE p.phone LIKE '1990009%' ORDER BY p.id LIMIT :most",
        most=TWICE,
    )
    root = new_id()
    again = [
        Newcomer(
            id=uuid5(root, phone), village_id=village, head=Particulars(name, phone=phone), note="第二张表"
        )
        for name, phone, village in rows
    ]
    await household_lists.enter_many(actor, again, now=clock.now())


@pytest.mark.slow
async def test_import_match_merge_and_undo_leave_the_registry_as_it_was(
    community: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = table(tmp_path / "members.csv", HOUSEHOLDS, [member(number) for number in range(IMPORTED)])
    batch = await committed(leader, "households", path)
    await _entered_again(leader)
    found = await findings.search(SYSTEM, now=clock.now())
    assert found.open >= TWICE
    pairs = await db.tuples(
        "SELECT d.household_id, d.other_id FROM directory_duplicate d WHERE d.state = 'open' ORDER BY d.points DESC, d.id"
    )
    before, living = await dump(), await _living()
    made, gone = [], set[int]()
    for one, other in pairs:
        if {one, other} & gone:
            continue
        decided = await merge_queries.compared(SYSTEM, one, other)
        if decided.needs_two:
            continue
        decision = Decision(
            survivor_id=one, loser_id=other, same=decided.same, reason="同一户", seen=decided.seen
        )
        merge = await merges.merge_households(
            SYSTEM, id=new_id(), decision=decision, movers=MOVERS, now=clock.now()
        )
        made.append(merge.id)
        gone.add(other)
    assert len(made) >= TWICE
    assert await _living() == living - len(made)
    # A sheet whose households were made one with others is not taken back over the heads of those who did it.
    assert (await undone(leader, batch)).state is State.COMMITTED
    assert (await findings.search(SYSTEM, now=clock.now())).open <= len(pairs) - len(made)
    for id in reversed(made):
        assert (await merges.undo(SYSTEM, id=id, movers=MOVERS, now=clock.now())).kept == []
    changed = difference(before, await dump())
    assert set(changed) <= {"directory_duplicate", "imports_batch", "imports_row"}
    assert await _living() == living


async def _living() -> int:
    return int(await db.scalar("SELECT COUNT(*) FROM directory_household WHERE ended_on IS NULL"))
