"""Households of two cooperatives become one only when a second person agrees."""

from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.accounts import approval_queries, approvals, merge_approvals
from pepperchain.app import APPROVABLES, MOVERS
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import memberships, merge_queries, merges
from pepperchain.directory.merges import Decision
from tests.harness import cast
from tests.harness.dumps import difference, dump


async def _pair() -> tuple[int, int]:
    """A household of each cooperative."""
    rows = await db.tuples(
        "SELECT h.cooperative_id, MIN(h.id) FROM directory_household h WHERE h.cooperative_id IS NOT NULL"
        " GROUP BY h.cooperative_id ORDER BY h.cooperative_id LIMIT 2"
    )
    return rows[0][1], rows[1][1]


async def _decision(actor: Actor, one: int, other: int) -> Decision:
    found = await merge_queries.compared(actor, one, other)
    assert found.needs_two
    return Decision(survivor_id=one, loser_id=other, same={}, reason="两社登记的是同一户", seen=found.seen)


async def _merge(actor: Actor, decision: Decision, **more: Any) -> int | None:
    facts: dict[str, Any] = {"id": new_id(), "movers": MOVERS, "now": clock.now(), **more}
    return await merge_approvals.merge(actor, APPROVABLES[merge_approvals.WHAT], decision=decision, **facts)


async def _approve(actor: Actor, approval_id: int) -> None:
    await approvals.approve(actor, approval_id=approval_id, known=APPROVABLES, now=clock.now())


async def test_what_one_proposed_another_carries_out_and_it_can_be_undone(village: str) -> None:
    admin, officer = await cast.actor(cast.ADMIN), await cast.actor(cast.COMMITTEE)
    one, other = await _pair()
    before, id, decision = await dump(), new_id(), await _decision(admin, one, other)
    for _ in range(2):  # the same form again is one proposal
        assert await _merge(admin, decision, id=id) is None
    [row] = await approval_queries.approvals(officer, is_waiting=True, before=None, limit=9)
    assert row.changes == {"household": [None, other], "reason": [None, "两社登记的是同一户"]}
    with pytest.raises(Refused):
        await _approve(admin, row.id)
    for phone in (cast.LEADER_A, cast.LEADER_B):
        with pytest.raises(Missing):
            await _approve(await cast.actor(phone), row.id)
    for _ in range(2):
        await _approve(officer, row.id)
    [made] = await merge_queries.list_merges(admin, limit=9)
    assert (made.household_id, made.loser_household_id, made.proposed_by, made.cooperative_id) == (
        one, other, admin.user_id, None,
    )  # fmt: skip
    assert await merge_queries.survivor_of(admin, other) == one
    await merges.undo(admin, id=made.id, movers=MOVERS, now=clock.now())
    changed = difference(before, await dump())
    assert set(changed) == {"accounts_approval"}


async def test_a_pair_of_one_cooperative_needs_nobody_else(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    one, other = await db.fetch(
        int,
        "SELECT h.id FROM directory_household h WHERE h.cooperative_id = :own ORDER BY h.id LIMIT 2",
        own=leader.organization_id,
    )
    found = await merge_queries.compared(leader, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一户", seen=found.seen)
    id = new_id()
    made = await _merge(leader, decision, id=id)
    assert made is not None
    assert await _merge(leader, decision, id=id) == made
    with pytest.raises(NotYours):
        await _merge(await cast.actor(cast.TECHNICIAN), decision)


async def test_what_was_changed_since_it_was_proposed_is_not_carried_out(village: str) -> None:
    admin, officer = await cast.actor(cast.ADMIN), await cast.actor(cast.COMMITTEE)
    one, other = await _pair()
    await _merge(admin, await _decision(admin, one, other))
    now = clock.now()
    await memberships.leave(admin, household_id=other, on=clock.local_day(now), now=now)
    [row] = await approval_queries.approvals(officer, is_waiting=True, before=None, limit=9)
    with pytest.raises(Conflict):
        await _approve(officer, row.id)
    assert await merge_queries.list_merges(admin, limit=9) == []
