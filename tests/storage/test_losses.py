"""Natural loss: earned by the day, used by counts, exact however it is added up; what is more is a case that two people settle."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import loss_queries, losses, lots, movements
from pepperchain.storage.loss_rules import LossState, allowance, shares
from pepperchain.storage.rules import RoomKind
from tests.storage.store import NOW, Store, all_fits

DAY = timedelta(days=1)
PPM = 1_000


def leader(store: Store) -> Actor:
    return replace(store.leader, user_id=12)


async def policy(store: Store, *, ppm: int = PPM, tolerance: int = 0, actor: Actor | None = None) -> None:
    await losses.state_policy(
        actor or leader(store), id=new_id(), form="fresh", kind=RoomKind.CHILLED, ppm_per_day=ppm, tolerance_ppm=tolerance,
        valid_from=NOW.date(), reason="去年实测", now=NOW,
    )  # fmt: skip


async def count(store: Store, lot_id: int, kg: int, days: int) -> UUID:
    id = new_id()
    await lots.adjust(
        leader(store), id=id, lot_id=lot_id, counted=Grams(kg * 1000), reason="盘点", now=NOW + days * DAY
    )
    return id


async def balance(kind: str) -> int:
    return int(
        await db.scalar(
            "SELECT COALESCE(SUM(debits - credits), 0) FROM ledger_account WHERE kind = :kind", kind=kind
        )
    )


async def test_what_the_days_earned_is_natural_and_the_rest_is_a_case(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store)
    for day in range(1, 4):
        await losses.accrue(now=NOW + day * DAY)
    accrued, _ = await loss_queries.earned(lot)
    assert allowance(accrued, Grams(0)) == 3 * 1000 * PPM * 1000 // 1_000_000
    id = await count(store, lot, 995, 3)
    row = await loss_queries.loss(leader(store), str(id))
    assert (row.natural_grams, row.excess_grams, row.state) == (3_000, 2_000, LossState.OPEN)
    assert [await balance(kind) for kind in ("natural_loss", "excess_loss", "variance")] == [3_000, 2_000, 0]
    assert await store.on_hand(lot) == 995_000
    await all_fits()


async def test_without_a_policy_all_of_it_is_a_difference_of_the_books(store: Store) -> None:
    lot = await store.lot(1000)
    await losses.accrue(now=NOW + DAY)
    await count(store, lot, 995, 1)
    assert [await balance(kind) for kind in ("natural_loss", "excess_loss", "variance")] == [0, 0, 5_000]


async def test_an_allowance_is_used_once_and_a_count_that_is_taken_back_gives_it_back(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store)
    for day in range(1, 6):
        await losses.accrue(now=NOW + day * DAY)
    first = await count(store, lot, 997, 5)
    second = await count(store, lot, 994, 5)
    assert (await loss_queries.loss(leader(store), str(first))).excess_grams == 0
    assert (await loss_queries.loss(leader(store), str(second))).excess_grams == 1_000
    await movements.reverse(leader(store), id=new_id(), of=second, reason="数错", now=NOW + 5 * DAY)
    assert (await loss_queries.loss(leader(store), str(second))).state is LossState.TAKEN_BACK
    third = await count(store, lot, 995, 5)
    assert (await loss_queries.loss(leader(store), str(third))).excess_grams == 0
    assert await balance("excess_loss") == 0
    await all_fits()


async def test_a_day_is_earned_once_however_often_the_timer_comes_and_missed_days_are_made_up_for(
    store: Store,
) -> None:
    lot = await store.lot(1000)
    await policy(store)
    await losses.accrue(now=NOW + DAY)
    assert await losses.accrue(now=NOW + DAY) == 0
    await losses.accrue(now=NOW + 6 * DAY)
    accrued, _ = await loss_queries.earned(lot)
    assert accrued == 6 * 1_000_000 * PPM


async def test_the_operators_own_policy_goes_before_the_districts(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store, ppm=500, actor=store.register.actor(Role.ADMIN))
    await losses.accrue(now=NOW + DAY)
    await policy(store, ppm=0)
    await losses.accrue(now=NOW + 2 * DAY)
    accrued, _ = await loss_queries.earned(lot)
    assert accrued == 1_000_000 * 500


async def test_the_tolerance_is_for_the_scale_and_is_not_used_up(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store, ppm=0, tolerance=2_000)
    first = await count(store, lot, 998, 1)
    assert (await loss_queries.loss(leader(store), str(first))).state is LossState.ALLOWED
    second = await count(store, lot, 997, 1)
    assert (await loss_queries.loss(leader(store), str(second))).excess_grams == 0


async def test_two_people_settle_a_case(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store)
    id = await count(store, lot, 990, 1)
    committee = replace(store.register.actor(Role.COMMITTEE), user_id=13)
    with pytest.raises(Refused, match="not explained"):
        await losses.close(committee, movement_id=id, now=NOW + DAY)
    with pytest.raises(Missing):
        await losses.explain(store.leader_b, movement_id=id, words="不知道", now=NOW + DAY)
    with pytest.raises(NotYours):
        await losses.explain(store.clerk, movement_id=id, words="不知道", now=NOW + DAY)
    await losses.explain(leader(store), movement_id=id, words="袋子破了，漏在地上", now=NOW + DAY)
    with pytest.raises(NotYours):
        await losses.close(leader(store), movement_id=id, now=NOW + DAY)
    with pytest.raises(Refused, match="somebody else"):
        await losses.close(replace(committee, user_id=12), movement_id=id, now=NOW + DAY)
    await losses.close(committee, movement_id=id, now=NOW + DAY)
    row = await loss_queries.loss(committee, str(id))
    assert (row.state, row.explanation) == (LossState.CLOSED, "袋子破了，漏在地上")
    with pytest.raises(Refused, match="nothing to explain"):
        await losses.explain(leader(store), movement_id=id, words="再说一遍", now=NOW + DAY)


async def test_a_policy_is_stated_once_from_today_on_by_whoever_runs_rooms(store: Store) -> None:
    id = new_id()
    said = {
        "id": id,
        "form": "fresh",
        "kind": RoomKind.CHILLED,
        "ppm_per_day": 50,
        "tolerance_ppm": 0,
        "reason": "实测",
        "now": NOW,
    }
    assert await losses.state_policy(leader(store), **said, valid_from=NOW.date())  # type: ignore[arg-type]
    assert not await losses.state_policy(leader(store), **said, valid_from=NOW.date())  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        await losses.state_policy(leader(store), **said, valid_from=NOW.date() + DAY)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="today or later"):
        await losses.state_policy(leader(store), **{**said, "id": new_id()}, valid_from=NOW.date() - DAY)  # type: ignore[arg-type]
    with pytest.raises(NotYours):
        await losses.state_policy(store.clerk, **{**said, "id": new_id()}, valid_from=NOW.date())  # type: ignore[arg-type]


async def test_a_seasons_losses_are_told_by_month_and_form(store: Store) -> None:
    lot = await store.lot(1000)
    await policy(store)
    await losses.accrue(now=NOW + DAY)
    await count(store, lot, 998, 1)
    (month,) = await loss_queries.months(leader(store), season=NOW.year)
    assert (month.month, month.form, month.natural_grams, month.excess_grams) == (
        "2026-06",
        "fresh",
        1_000,
        1_000,
    )
    assert await loss_queries.months(store.leader_b, season=NOW.year) == []


@given(
    days=st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 20_000)), min_size=1, max_size=40),
    cut=st.integers(0, 39),
    lost=st.integers(1, 10**9),
)
def test_an_allowance_is_the_same_however_its_days_are_added_up(
    days: list[tuple[int, int]], cut: int, lost: int
) -> None:
    parts = [sum(grams * ppm for grams, ppm in some) for some in (days[:cut], days[cut:])]
    whole = sum(grams * ppm for grams, ppm in days)
    assert allowance(sum(parts), Grams(0)) == allowance(whole, Grams(0))
    found = shares(Grams(lost), book=Grams(10**9), left=allowance(whole, Grams(0)), tolerance_ppm=100)
    assert found.natural + found.excess == lost
    assert found.natural <= found.allowed
