"""The settlement: held against cases worked out by hand, and against what must hold of every case."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.bank import terms
from pepperchain.bank.settlement_rules import Facts, Settlement, settle
from pepperchain.bank.terms_rules import Terms
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams

CASES = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "bank" / "settlements.toml").read_text("utf-8")
)["case"]


def facts_of(case: dict[str, Any]) -> Facts:
    floor = case.get("floor_fen_per_kg")
    return Facts(
        quantity=Grams(case["quantity_grams"]), floor_fen_per_kg=None if floor is None else Fen(floor),
        sale_fen_per_kg=Fen(case["sale_fen_per_kg"]), deposited_on=case["deposited_on"], sold_on=case["sold_on"],
        consortium_member=case.get("consortium_member", False), public_benefit_store=case.get("public_benefit_store", False),
        other_costs=Fen(case.get("other_costs_fen", 0)), lost=Grams(case.get("lost_grams", 0)),
    )  # fmt: skip


def adds_up(settled: Settlement) -> bool:
    return settled.sale + settled.top_up == settled.grower + settled.operator + settled.fee + settled.costs


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_case_comes_to_the_fen(case: dict[str, Any]) -> None:
    settled = settle(terms.read({**terms.plain(terms.default()), **case.get("terms", {})}), facts_of(case))
    found = {
        f"{name}_fen": int(getattr(settled, name))
        for name in ("grower", "operator", "top_up", "fee", "costs")
    }
    assert found == case["expected"], case["why"]
    assert adds_up(settled)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 40


KG, YUAN = 1_000, 100
DAY = date(2020, 6, 20)
some_facts = st.builds(
    Facts,
    quantity=st.integers(1, 10**9).map(Grams),
    floor_fen_per_kg=st.integers(1, 20_000).map(Fen),
    sale_fen_per_kg=st.integers(1, 20_000).map(Fen),
    deposited_on=st.just(DAY),
    sold_on=st.integers(0, 1_000).map(lambda days: DAY + timedelta(days=days)),
    consortium_member=st.booleans(),
    public_benefit_store=st.booleans(),
    other_costs=st.integers(0, 10**7).map(Fen),
    lost=st.integers(0, 1).map(Grams),
)


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    grower = draw(st.integers(0, 100))
    return terms.read(
        {
            **terms.plain(terms.default()),
            "grower_percent": grower,
            "operator_percent": 100 - grower,
            "fee_fen_per_tonne_month": draw(st.integers(0, 10**6)),
            "top_up": draw(st.booleans()),
            "fee_charged": draw(st.sampled_from(["above_floor", "always"])),
            "proration": draw(st.sampled_from(["whole_months", "started_months", "by_day"])),
            "discounts_combine": draw(st.sampled_from(["multiply", "largest"])),
            "costs": draw(st.sampled_from(["before_split", "operator", "grower"])),
            "loss_borne_by": draw(st.sampled_from(["operator", "depositor"])),
        }
    )


@given(some_terms(), some_facts)
def test_the_parts_add_up_whatever_the_terms(chosen: Terms, facts: Facts) -> None:
    settled = settle(chosen, facts)
    assert adds_up(settled)
    assert min(settled.grower, settled.operator, settled.top_up, settled.fee, settled.costs) >= 0


@given(some_facts)
def test_under_the_published_scheme_nobody_gets_less_than_the_floor(facts: Facts) -> None:
    settled = settle(terms.default(), facts)
    assert settled.grower >= settled.floor


@given(some_facts, st.integers(0, 5_000))
def test_a_better_price_never_brings_less(facts: Facts, more: int) -> None:
    better = replace(facts, sale_fen_per_kg=facts.sale_fen_per_kg + more)
    assert settle(terms.default(), better).grower >= settle(terms.default(), facts).grower


@given(some_facts, st.integers(1, 10**9))
def test_two_halves_bring_what_the_whole_brings_to_a_few_fen(facts: Facts, cut: int) -> None:
    one = Grams(min(cut, int(facts.quantity) - 1))
    if one <= 0:
        return
    facts = replace(facts, other_costs=Fen(0), lost=Grams(0))
    parts = [
        settle(terms.default(), replace(facts, quantity=each)).grower for each in (one, facts.quantity - one)
    ]
    assert abs(sum(parts) - settle(terms.default(), facts).grower) <= 4


def test_nothing_is_sold_before_it_was_deposited() -> None:
    with pytest.raises(Refused):
        settle(terms.default(), replace(facts_of(CASES[0]), sold_on=DAY - timedelta(days=1)))
