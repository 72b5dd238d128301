"""The totals kept beside the slips are always the sums of the slips, whatever happened to them."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import prices, weighins
from pepperchain.harvest.products import find_or_make
from pepperchain.harvest.total_queries import site_day, visits
from pepperchain.ledger import books
from tests.harvest.register import NOW, TODAY, Register, floor

SUMS = {
    "harvest_day_total": (
        "SELECT cooperative_id, day, site_id, product_id, slips, net_grams, amount_fen, unpriced"
        " FROM harvest_day_total WHERE slips > 0",
        "SELECT cooperative_id, day, site_id, product_id, COUNT(*), SUM(net_grams), SUM(COALESCE(amount_fen, 0)),"
        " SUM(CASE WHEN price_fen_per_kg IS NULL THEN 1 ELSE 0 END) FROM harvest_weighin"
        " WHERE voided_at IS NULL GROUP BY cooperative_id, day, site_id, product_id",
    ),
    "harvest_day_household": (
        "SELECT site_id, day, household_id, slips, net_grams FROM harvest_day_household WHERE slips > 0",
        "SELECT site_id, day, household_id, COUNT(*), SUM(net_grams) FROM harvest_weighin"
        " WHERE voided_at IS NULL GROUP BY site_id, day, household_id",
    ),
    "harvest_plot_season": (
        "SELECT plot_id, season, slips, net_grams + dry_grams FROM harvest_plot_season WHERE slips > 0",
        "SELECT plot_id, season, COUNT(*), SUM(net_grams) FROM harvest_weighin"
        " WHERE voided_at IS NULL AND plot_id IS NOT NULL GROUP BY plot_id, season",
    ),
}


async def kept_and_added(table: str) -> tuple[list[Any], list[Any]]:
    """What a table of totals says, and what the slips add up to."""
    kept, added = SUMS[table]
    return (
        sorted([_plain(value) for value in row] for row in await db.tuples(kept)),
        sorted([_plain(value) for value in row] for row in await db.tuples(added)),
    )


def _plain(value: Any) -> str:
    """PostgreSQL adds BIGINTs up to a NUMERIC, which may be written 2.7E+5."""
    return str(int(value)) if isinstance(value, Decimal) else str(value)


async def assert_totals_hold(register: Register) -> None:
    for table in SUMS:
        kept, added = await kept_and_added(table)
        assert kept == added, table
    on_floor = await db.scalar(
        "SELECT COALESCE(SUM(net_grams), 0) FROM harvest_weighin WHERE voided_at IS NULL AND lot_id IS NULL"
    )
    sites = (register.site_a, register.other_site_a, register.site_b)
    assert int(on_floor) == sum([await floor(site) for site in sites])


ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("weigh"), st.integers(0, 1), st.integers(0, 1), st.sampled_from(["fresh", "dry"]),
            st.booleans(), st.sampled_from([None, 850, 1234]), st.integers(1, 90_000), st.integers(0, 2),
        ),
        st.tuples(st.just("void"), st.integers(0, 20)),
        st.tuples(st.just("price"), st.integers(0, 20), st.integers(10, 2_000)),
        st.tuples(st.just("price_day"), st.integers(10, 2_000)),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


@given(acts=ACTS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_totals_equal_sums_after_any_history(register: Register, acts: Sequence[Any]) -> None:
    # Each history goes on where the one before ended: the sums must hold all the same.
    await live_through(register, acts)
    await assert_totals_hold(register)
    assert await books.findings() == []


async def live_through(register: Register, acts: Sequence[Any]) -> None:
    """Weighs, voids and prices as told; what is told of no slip is skipped."""
    slips: list[Any] = []
    for act, *told in acts:
        if act == "weigh":
            site, grower, form, with_plot, price, gross, days = told
            whose = (register.zhang, register.li)[grower]
            weighed_at = NOW - timedelta(days=days)
            done = await register.weigh(
                register.leader, site_id=(register.site_a, register.other_site_a)[site], form=form,
                household_id=whose.household_id, plot_id=whose.plot_id if with_plot else None, gross=Grams(gross),
                tare=Grams(0), price_fen_per_kg=price, weighed_at=weighed_at, picked_at=weighed_at,
            )  # fmt: skip
            slips.append(done.id)
        elif act == "void" and slips:
            of = slips.pop(told[0] % len(slips))
            await weighins.void(register.leader, id=new_id(), of=of, reason="称错了", now=NOW)
        elif act == "price" and slips:
            await prices.set_for(
                register.leader, weighin_id=slips[told[0] % len(slips)], price_fen_per_kg=told[1], now=NOW
            )
        elif act == "price_day":
            product = await find_or_make(form="fresh", grade="grade_1", cultivar="jiuyeqing", season=2026)
            await prices.set_for_day(
                register.leader, day=TODAY, product_id=product.id, price_fen_per_kg=told[0], now=NOW
            )


@pytest.mark.parametrize("table", SUMS)
async def test_a_void_leaves_no_trace_in_the_totals(register: Register, table: str) -> None:
    slip = await register.weigh(plot_id=register.zhang.plot_id, price_fen_per_kg=900)
    await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="称错了", now=NOW)
    assert await kept_and_added(table) == ([], [])


async def test_the_evening_is_told_in_households_slips_and_weight(register: Register) -> None:
    for _ in range(2):
        await register.weigh()
    await register.weigh(household_id=register.li.household_id)
    today = await site_day(site_id=register.site_a, cooperative_id=register.cooperative_a, day=TODAY)
    assert (today.households, today.slips, today.net_grams) == (2, 3, 3 * 50_200)
    households = [register.zhang.household_id, register.li.household_id]
    came = await visits(site_id=register.site_a, day=TODAY, household_ids=households)
    assert came == {register.zhang.household_id: 2, register.li.household_id: 1}
