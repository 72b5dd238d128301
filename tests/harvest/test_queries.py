"""Lists of slips: whose they are, in what order, page by page, narrowed without losing any."""

from datetime import timedelta

import pytest

from pepperchain.access.policy import Role
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import queries, weighins
from pepperchain.harvest.queries import Filters
from tests.harvest.register import NOW, TODAY, Register


async def fill(register: Register) -> None:
    """Seven slips of A on seven days, one of them Li's and void, one of grade two with a price; two of B."""
    for step in range(7):
        at = NOW - timedelta(days=step)
        grade, price = ("grade_2", 900) if step == 3 else ("grade_1", None)
        whose = register.li if step == 2 else register.zhang
        slip = await register.weigh(
            weighed_at=at, picked_at=at, household_id=whose.household_id, grade=grade, price_fen_per_kg=price,
            gross=Grams(10_000 + step),
        )  # fmt: skip
        if step == 2:
            await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="称错了", now=NOW)
    for _ in range(2):
        await register.weigh(
            register.leader_b, site_id=register.site_b, household_id=register.stranger.household_id
        )


async def test_everyone_sees_their_own(register: Register) -> None:
    await fill(register)
    li = register.actor(Role.GROWER, household_id=register.li.household_id)
    both = register.actor(Role.TECHNICIAN, township_ids=register.townships)
    seen = {
        "leader": register.leader, "other leader": register.leader_b, "committee": register.committee,
        "grower": li, "technician of both": both,
        "technician of one": register.actor(Role.TECHNICIAN, township_ids=(register.townships[1],)),
        "technician of none": register.actor(Role.TECHNICIAN),
        "buyer": register.actor(Role.PROCESSOR, organization_id=register.cooperative_a),
        "storekeeper": register.actor(Role.STOREKEEPER, organization_id=register.cooperative_a),
    }  # fmt: skip
    counts = {who: len((await queries.slips(actor, Filters(), limit=50)).rows) for who, actor in seen.items()}
    assert counts == {
        "leader": 7, "other leader": 2, "committee": 9, "grower": 1, "technician of both": 9,
        "technician of one": 2, "technician of none": 0, "buyer": 0, "storekeeper": 0,
    }  # fmt: skip


async def test_pages_follow_one_another_without_loss(register: Register) -> None:
    await fill(register)
    seen: list[str] = []
    before = None
    for _ in range(9):
        found = await queries.slips(register.committee, Filters(), limit=2, before=before)
        seen += [row.id for row in found.rows]
        before = found.before
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 9
    everything = await queries.slips(register.committee, Filters(), limit=50)
    assert seen == [row.id for row in everything.rows]


async def test_filters_narrow(register: Register) -> None:
    await fill(register)
    wanted = {
        Filters(first_day=TODAY, last_day=TODAY): 1,
        Filters(first_day=TODAY - timedelta(days=2), last_day=TODAY): 3,
        Filters(household_id=register.li.household_id): 1,
        Filters(household_id=register.stranger.household_id): 0,
        Filters(site_id=register.site_b): 0,
        Filters(site_id=register.site_a): 7,
        Filters(grade="grade_2"): 1,
        Filters(unpriced=True): 5,
        Filters(voided=True): 1,
        Filters(voided=False, form="fresh"): 6,
    }
    for filters, count in wanted.items():
        found = await queries.slips(register.leader, filters, limit=50)
        assert (filters, len(found.rows)) == (filters, count)


async def test_the_committee_narrows_by_cooperative_and_township(register: Register) -> None:
    await fill(register)
    for filters in (
        Filters(cooperative_id=register.cooperative_b),
        Filters(township_id=register.townships[1]),
        Filters(cooperative_id=register.cooperative_b, township_id=register.townships[1]),
    ):
        assert len((await queries.slips(register.committee, filters, limit=50)).rows) == 2


async def test_a_search_that_stops_at_its_limit_says_where_to_go_on(register: Register) -> None:
    await fill(register)
    found = await queries.slips(register.leader, Filters(grade="grade_2"), limit=5, scan=2)
    assert (list(found.rows), found.exhausted) == ([], False)
    found = await queries.slips(
        register.leader, Filters(grade="grade_2"), limit=5, scan=2, before=found.before
    )
    assert [row.grade for row in found.rows] == ["grade_2"]


async def test_one_slip_is_missing_for_strangers(register: Register) -> None:
    slip = await register.weigh()
    shown = await queries.slip(register.clerk, slip.id)
    assert (shown.code, shown.name, shown.site, shown.net_grams) == ("BP0001", "张青山", "保坪点", 50_200)
    zhang = register.actor(Role.GROWER, household_id=register.zhang.household_id)
    assert (await queries.slip(zhang, slip.id)).id == shown.id
    li = register.actor(Role.GROWER, household_id=register.li.household_id)
    for stranger in (register.leader_b, li, register.actor(Role.PROCESSOR)):
        with pytest.raises(Missing):
            await queries.slip(stranger, slip.id)
