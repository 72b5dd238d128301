"""Pouring money: everything that comes in goes out, in whole fen."""

from hypothesis import given
from hypothesis import strategies as st

from pepperchain.bank.money import poured
from pepperchain.bank.sharing_rules import shared
from pepperchain.core.units import Fen


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(0, 10**9))
def test_sources_are_emptied_into_uses(uses: list[int], cut: int) -> None:
    whole = sum(uses)
    first = min(cut, whole)
    legs = poured(
        [(1, Fen(first)), (2, Fen(whole - first))], [(10 + at, Fen(fen)) for at, fen in enumerate(uses)]
    )
    assert all(leg.amount > 0 for leg in legs)
    for at, fen in enumerate(uses):
        assert sum(leg.amount for leg in legs if leg.credit == 10 + at) == fen
    assert sum(leg.amount for leg in legs if leg.debit == 1) == first


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_shares_add_up_and_none_is_off_by_more_than_one(whole: int, weights: list[int]) -> None:
    parts = shared(whole, weights)
    total = sum(weights)
    assert sum(parts) == whole
    assert all(
        abs(part * total - whole * weight) < total for part, weight in zip(parts, weights, strict=True)
    )
