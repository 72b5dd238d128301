"""Visits planned with all households of a segment, and called off again unless somebody did something with them."""

from uuid import UUID

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory.criterion_rules import Made
from pepperchain.visits import plan_actions, queries, visits
from tests.harness import cast
from tests.visits.dealing import NOW, home_of

ACTION = REPERTOIRE.actions["plan_visit"]
VALUES = {"kind": "call", "purpose": "quality", "day": "2026-12-01"}


@db.unit_of_work
async def _act(phone: str, homes: list[int], run_id: UUID) -> list[Made]:
    return list(await ACTION.act(await cast.actor(phone), homes, VALUES, run_id, NOW))


@db.unit_of_work
async def _undo(phone: str, made: list[Made], run_id: UUID) -> set[int]:
    return await ACTION.undo(await cast.actor(phone), made, VALUES, run_id, NOW)


async def test_a_turn_done_twice_plans_once(village: str) -> None:
    homes, run_id = [await home_of("罗大山"), await home_of("仇玉兰")], new_id()
    made = await _act(cast.CLERK_A, homes, run_id)
    assert [each.household_id for each in made] == homes
    assert await _act(cast.CLERK_A, homes, run_id) == []
    visit = await queries.get_visit(await cast.actor(cast.CLERK_A), int(made[0].thing or 0))
    assert (visit.kind, visit.purpose, visit.planned_on) == ("call", "quality", "2026-12-01")


async def test_what_was_visited_or_moved_since_is_left(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    homes, run_id = [await home_of(name) for name in ("罗大山", "仇玉兰", "张桂英")], new_id()
    made = await _act(cast.CLERK_A, homes, run_id)
    ids = [int(each.thing or 0) for each in made]
    await visits.report(clerk, id=ids[0], version=1, outcome="看了树", happened_at=NOW, now=NOW)
    assert await _undo(cast.CLERK_A, made, run_id) == {homes[0]}
    for id, is_off in zip(ids, (False, True, True), strict=True):
        assert ((await queries.get_visit(clerk, id)).called_off_at is not None) == is_off
    # Another cooperative's people see nothing of it, and so leave it.
    assert await _undo(cast.LEADER_B, made, run_id) == set(homes)


async def test_the_choices_are_those_of_a_plan(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    offered = {field.name: await field.options(clerk) for field in ACTION.fields if field.options is not None}
    assert dict(offered["kind"]).keys() == {"visit", "call"}
    assert "quality" in dict(offered["purpose"])
    assert plan_actions.FRESH == 1
    assert clock.local_day(NOW).isoformat() < VALUES["day"]
