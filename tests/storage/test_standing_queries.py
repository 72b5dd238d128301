"""What is where, whose and how old, added up."""

from datetime import timedelta

import pytest

from pepperchain.access.policy import Role
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lots, movements, standing_queries
from pepperchain.storage.standing_queries import StandingWanted
from pepperchain.storage.standing_rules import Age
from tests.storage.store import HOUR, NOW, Store
from tests.storage.test_conversions import dry

ALL = StandingWanted()


async def test_lots_are_added_up_by_site_owner_and_form(store: Store) -> None:
    await store.lot(30)
    await store.lot(20, picked_at=NOW - 20 * HOUR)
    await store.lot(10, room_id=store.cold)
    await dry(store, await store.lot(50))
    found = await standing_queries.piles(store.clerk, ALL, now=NOW)
    assert [(pile.site_id, pile.form, pile.lots, pile.grams) for pile in found[:1]] == [
        (store.register.site_a, "fresh", 2, 50_000)
    ]
    assert found[0].late_grams == 20_000
    assert sum(pile.grams for pile in found) == 70_000
    (there,) = await standing_queries.piles(store.storekeeper, ALL, now=NOW)
    assert (there.site_id, there.grams) == (store.cold_site, 10_000)
    assert await standing_queries.piles(store.leader_b, ALL, now=NOW) == []


@pytest.mark.parametrize(
    ("age", "kg"), [(Age.HALF_DAY, 5), (Age.WEEK, 7), (Age.MONTH, 0), (Age.HALF_YEAR, 0), (Age.OLDER, 0)]
)
async def test_they_are_narrowed_by_age_site_and_form(store: Store, age: Age, kg: int) -> None:
    await store.lot(5, picked_at=NOW - 12 * HOUR + timedelta(minutes=1))
    await store.lot(7, picked_at=NOW - 12 * HOUR)
    wanted = StandingWanted(site_id=store.register.site_a, form="fresh", age=age)
    found = await standing_queries.piles(store.clerk, wanted, now=NOW)
    assert sum(pile.grams for pile in found) == kg * 1000
    elsewhere = StandingWanted(site_id=store.cold_site, age=age)
    assert await standing_queries.piles(store.clerk, elsewhere, now=NOW) == []


async def test_what_passes_its_dates_is_told_by_week(store: Store) -> None:
    await store.lot(5, picked_at=NOW - 20 * HOUR)
    await store.lot(7, picked_at=NOW - HOUR)
    found = await standing_queries.weeks(store.clerk, ALL, now=NOW)
    weeks = found["fresh"]
    assert list(found) == ["fresh"]
    assert sum(week.best_grams for week in weeks) == sum(week.last_grams for week in weeks) == 12_000
    assert weeks[0].best_grams == 5_000
    assert weeks[1].best_grams == 7_000
    assert weeks[0].begins.weekday() == 0
    assert weeks[0].last_grams == weeks[1].last_grams == 0


async def test_a_stock_lasts_as_long_as_it_leaves(store: Store) -> None:
    lot_id = await store.lot(90)
    done = await lots.issue(
        store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(30_000), reason="加工", now=NOW
    )
    found = await standing_queries.piles(store.clerk, ALL, now=NOW)
    (cover,) = await standing_queries.cover(store.clerk, ALL, found, now=NOW)
    assert (cover.stock_grams, cover.daily_grams, cover.days) == (60_000, 1_000, 60)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="没要", now=NOW)
    (cover,) = await standing_queries.cover(store.clerk, ALL, found, now=NOW)
    assert cover.days is None


async def test_whoever_sees_everything_chooses_a_site(store: Store) -> None:
    officer = store.register.actor(Role.COMMITTEE)
    assert standing_queries.needs_site(officer, ALL)
    assert not standing_queries.needs_site(officer, StandingWanted(site_id=1))
    assert not standing_queries.needs_site(store.clerk, ALL)
