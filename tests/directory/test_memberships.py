"""A membership decides whose household it is: for lists, searches, plots and people alike."""

from datetime import date, timedelta
from functools import partial

import pytest

from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import memberships, queries
from pepperchain.directory.household_queries import get_household, memberships_of, plots_of
from pepperchain.directory.plots import Orchard
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, household


async def test_a_household_moves_from_one_scope_to_the_other(registry: Registry) -> None:
    plots = (Orchard("屋后坡", Centimu(320), "jiuyeqing"),)
    entered = await household(
        registry.leader_a, registry.baoping, "罗大山", plots=plots, joined_on=date(2024, 1, 1)
    )
    await memberships.leave(registry.leader_a, household_id=entered.id, on=date(2026, 5, 1), now=NOW)
    assert await queries.search_growers(registry.leader_a, "罗大山") == []
    assert (await get_household(ADMIN, entered.id)).cooperative_id is None
    request = new_id()
    for _ in range(2):
        await memberships.join(
            ADMIN,
            id=request,
            household_id=entered.id,
            organization_id=registry.cooperative_b,
            on=TODAY,
            now=NOW,
        )
    (hit,) = await queries.search_growers(registry.leader_b, "lds")
    assert (hit.household_id, hit.cooperative) == (entered.id, "云沙垭合作社")
    assert len(await plots_of(registry.leader_b, entered.id)) == 1
    assert [(m.started_on, m.ended_on) for m in await memberships_of(ADMIN, entered.id)] == [
        ("2026-06-10", None),
        ("2024-01-01", "2026-05-01"),
    ]


async def test_nobody_is_a_member_twice_or_before_an_earlier_membership_ended(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", joined_on=date(2024, 1, 1))
    join = {"household_id": entered.id, "organization_id": registry.cooperative_b, "now": NOW}
    with pytest.raises(Refused):
        await memberships.join(ADMIN, id=new_id(), on=TODAY, **join)  # type: ignore[arg-type]
    await memberships.leave(ADMIN, household_id=entered.id, on=date(2026, 5, 1), now=NOW)
    for day in (date(2026, 4, 30), TODAY + timedelta(days=1)):
        with pytest.raises(Refused):
            await memberships.join(ADMIN, id=new_id(), on=day, **join)  # type: ignore[arg-type]


async def test_leaving_before_joining_or_twice_is_refused(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", joined_on=TODAY)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused):
            await memberships.leave(registry.leader_a, household_id=entered.id, on=day, now=NOW)
    await memberships.leave(registry.leader_a, household_id=entered.id, on=TODAY, now=NOW)
    with pytest.raises(Missing):
        await memberships.leave(registry.leader_a, household_id=entered.id, on=TODAY, now=NOW)
    with pytest.raises(Refused):
        await memberships.leave(ADMIN, household_id=entered.id, on=TODAY, now=NOW)


async def test_the_days_of_memberships_are_corrected_as_they_were(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", joined_on=date(2024, 1, 1))
    await memberships.leave(registry.leader_a, household_id=entered.id, on=date(2026, 5, 1), now=NOW)
    await memberships.join(
        ADMIN, id=new_id(), household_id=entered.id, organization_id=registry.cooperative_b, on=TODAY, now=NOW
    )
    later, earlier = await memberships_of(ADMIN, entered.id)
    correct = partial(memberships.correct, ADMIN, household_id=entered.id, now=NOW)
    for wrong in (
        {"started_on": date(2026, 4, 30), "ended_on": None},
        {"started_on": TODAY + timedelta(days=1), "ended_on": None},
        {"started_on": TODAY, "ended_on": TODAY},
    ):
        with pytest.raises(Refused):
            await correct(id=later.id, version=1, **wrong)
    for wrong in (
        {"started_on": date(2024, 1, 1), "ended_on": None},
        {"started_on": date(2026, 5, 2), "ended_on": date(2026, 5, 1)},
        {"started_on": date(2024, 1, 1), "ended_on": TODAY + timedelta(days=1)},
    ):
        with pytest.raises(Refused):
            await correct(id=earlier.id, version=2, **wrong)
    await correct(id=later.id, version=1, started_on=date(2026, 5, 20), ended_on=None)
    await correct(id=earlier.id, version=2, started_on=date(2023, 3, 1), ended_on=date(2026, 5, 20))
    assert [(m.started_on, m.ended_on) for m in await memberships_of(ADMIN, entered.id)] == [
        ("2026-05-20", None),
        ("2023-03-01", "2026-05-20"),
    ]
    with pytest.raises(Conflict):
        await correct(id=later.id, version=1, started_on=date(2026, 5, 21), ended_on=None)
    with pytest.raises(Missing):
        await correct(id=10**9, version=1, started_on=TODAY, ended_on=None)
    own = partial(memberships.correct, registry.leader_b, household_id=entered.id, now=NOW)
    await own(id=later.id, version=2, started_on=date(2026, 5, 22), ended_on=None)
    with pytest.raises(NotYours):
        await own(id=earlier.id, version=3, started_on=date(2023, 1, 1), ended_on=date(2026, 5, 20))
    with pytest.raises(Missing):
        await memberships.correct(
            registry.leader_a, household_id=entered.id, id=later.id, version=3, started_on=TODAY, ended_on=None, now=NOW
        )  # fmt: skip


async def test_a_leader_admits_to_the_own_cooperative_only(registry: Registry) -> None:
    with pytest.raises(NotYours):
        await memberships.check_cooperative(registry.leader_a, registry.cooperative_b)
    with pytest.raises(Refused):
        await memberships.check_cooperative(ADMIN, registry.processor)
