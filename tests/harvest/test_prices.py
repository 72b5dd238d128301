"""Prices set after weighing: once, for whom they are meant, with the old one kept in the trail."""

import json

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Invalid, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.harvest import prices, total_queries, weighins
from pepperchain.harvest.products import find_or_make
from tests.harvest.register import NOW, TODAY, Register, audited
from tests.harvest.test_totals import assert_totals_hold


async def test_a_price_makes_an_amount_rounded_to_the_fen(register: Register) -> None:
    slip = await register.weigh()
    done = await prices.set_for(register.leader, weighin_id=slip.id, price_fen_per_kg=851, now=NOW)
    assert (done.slips, done.amount) == (1, 42_720)  # 50.2 kg at 8.51 is 427.202 yuan
    await assert_totals_hold(register)


async def test_the_price_before_is_kept_in_the_trail(register: Register) -> None:
    slip = await register.weigh(price_fen_per_kg=800)
    await prices.set_for(register.leader, weighin_id=slip.id, price_fen_per_kg=900, now=NOW)
    facts = await db.scalar("SELECT facts FROM audit_entry WHERE verb = 'weighin.priced'")
    assert (json.loads(facts)["before"], json.loads(facts)["after"]) == (800, 900)
    await assert_totals_hold(register)


async def test_the_same_price_again_changes_nothing(register: Register) -> None:
    slip = await register.weigh(price_fen_per_kg=800)
    done = await prices.set_for(register.leader, weighin_id=slip.id, price_fen_per_kg=800, now=NOW)
    assert done.slips == 0
    assert await audited(slip.id) == ["weighin.recorded"]


async def test_a_days_slips_get_their_price_together_and_only_once(register: Register) -> None:
    for _ in range(3):
        await register.weigh()
    await register.weigh(price_fen_per_kg=700)
    await register.weigh(grade="grade_2")
    product = await find_or_make(form="fresh", grade="grade_1", cultivar="jiuyeqing", season=2026)
    first, again = [
        await prices.set_for_day(
            register.leader, day=TODAY, product_id=product.id, price_fen_per_kg=900, now=NOW
        )
        for _ in range(2)
    ]
    assert (first.slips, first.amount, again.slips) == (3, 3 * 45_180, 0)
    assert [row.grade for row in await total_queries.unpriced(register.leader)] == ["grade_2"]
    await assert_totals_hold(register)


async def test_a_wrong_price_of_a_day_is_replaced(register: Register) -> None:
    for _ in range(2):
        await register.weigh(price_fen_per_kg=90)
    kept = await register.weigh(price_fen_per_kg=700)
    product = await find_or_make(form="fresh", grade="grade_1", cultivar="jiuyeqing", season=2026)
    done = await prices.set_for_day(
        register.leader, day=TODAY, product_id=product.id, price_fen_per_kg=900, instead_of=90, now=NOW
    )
    assert done.slips == 2
    assert await db.scalar("SELECT price_fen_per_kg FROM harvest_weighin WHERE id = :id", id=kept.id) == 700
    await assert_totals_hold(register)


async def test_other_cooperatives_slips_keep_theirs(register: Register) -> None:
    slip = await register.weigh()
    product = await find_or_make(form="fresh", grade="grade_1", cultivar="jiuyeqing", season=2026)
    done = await prices.set_for_day(
        register.leader_b, day=TODAY, product_id=product.id, price_fen_per_kg=900, now=NOW
    )
    assert done.slips == 0
    with pytest.raises(Missing):
        await prices.set_for(register.leader_b, weighin_id=slip.id, price_fen_per_kg=900, now=NOW)


async def test_clerks_and_the_committee_set_no_prices(register: Register) -> None:
    slip = await register.weigh()
    for actor in (register.clerk, register.committee):
        with pytest.raises(NotYours):
            await prices.set_for(actor, weighin_id=slip.id, price_fen_per_kg=900, now=NOW)


async def test_a_void_slip_and_an_absurd_price_are_refused(register: Register) -> None:
    slip = await register.weigh()
    for absurd in (0, -5, 1, 10**9):
        with pytest.raises(Invalid):
            await prices.set_for(register.leader, weighin_id=slip.id, price_fen_per_kg=absurd, now=NOW)
    await weighins.void(register.leader, id=new_id(), of=slip.id, reason="称错了", now=NOW)
    with pytest.raises(Refused):
        await prices.set_for(register.leader, weighin_id=slip.id, price_fen_per_kg=900, now=NOW)
