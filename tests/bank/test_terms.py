"""Terms as data: what is refused, term by term, and that they come back as they went."""

from typing import Any

import pytest

from pepperchain.bank import terms
from pepperchain.bank.terms_rules import FloorRule, kept
from pepperchain.core.errors import Invalid


def plain(**changes: Any) -> dict[str, Any]:
    return {**terms.plain(terms.default()), **changes}


def test_terms_come_back_as_they_were_kept() -> None:
    assert kept(terms.plain(terms.default())) == terms.default()


@pytest.mark.parametrize(
    ("term", "changes"),
    [
        ("operator_percent", {"grower_percent": 70}),
        ("floor_fen_per_kg", {"floor": "fixed"}),
        ("floor_fen_per_kg", {"floor_fen_per_kg": 5000}),
        ("fee_charged", {"floor": "none", "top_up": False}),
        ("top_up", {"floor": "none", "fee_charged": "always"}),
        ("maximum_days", {"minimum_days": 90, "maximum_days": 30}),
        ("fee_fen_per_tonne_month", {"fee_fen_per_tonne_month": -1}),
        ("floor", {"floor": "whatever"}),
        ("forms", {"forms": []}),
        ("grower_share", {"grower_share": 60}),
    ],
)
def test_what_cannot_be_promised_is_refused_beside_its_term(term: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        terms.read(plain(**changes))
    assert term in [each.field for each in refused.value.errors]


def test_a_scheme_without_a_floor_can_be_promised() -> None:
    read = terms.read(
        plain(floor="none", top_up=False, fee_charged="always", grower_percent=100, operator_percent=0)
    )
    assert read.floor is FloorRule.NONE
