"""What a slip must be and what looks odd, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.core.errors import Invalid
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.slips import NewSlip, check, content_hash, unusual
from tests.harvest.register import HOUR, NOW


def slip(**changes: Any) -> NewSlip:
    usual: dict[str, Any] = {
        "id": new_id(), "site_id": 1, "household_id": 1, "form": "fresh", "grade": "grade_1",
        "cultivar": "jiuyeqing", "gross": Grams(52_300), "tare": Grams(2_100), "picked_at": NOW - 3 * HOUR,
    }  # fmt: skip
    return NewSlip(**{**usual, **changes})


def test_net_is_what_gross_leaves_after_tare_and_deduction() -> None:
    one = slip(deduction=Grams(200), price_fen_per_kg=851)
    assert (one.net, one.amount) == (50_000, Fen(42_550))
    assert slip().amount is None


def test_a_usual_slip_raises_no_question() -> None:
    check(slip(), now=NOW)
    assert unusual(slip(), now=NOW) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross": Grams(400_000)}, "gross"),
        ({"tare": Grams(20_000)}, "tare"),
        ({"picked_at": NOW - timedelta(hours=20)}, "picked_at"),
        ({"price_fen_per_kg": 100}, "price"),
    ],
)
def test_what_looks_odd_is_asked_and_not_refused(changes: dict[str, Any], field: str) -> None:
    check(slip(**changes), now=NOW)
    assert [each for each, _ in unusual(slip(**changes), now=NOW)] == [field]


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(Invalid) as told:
        check(slip(gross=Grams(0), form="smoked", bags=0, picked_at=NOW + HOUR), now=NOW)
    assert {error.field for error in told.value.errors} == {"gross", "form", "bags", "picked_at"}


def test_a_fast_clock_is_forgiven_a_few_minutes() -> None:
    check(slip(picked_at=NOW + timedelta(minutes=3), weighed_at=NOW + timedelta(minutes=4)), now=NOW)


def test_the_hash_knows_content_and_ignores_when_it_arrived() -> None:
    one = slip()
    assert content_hash(one) == content_hash(slip(id=one.id))
    for changes in (
        {"gross": Grams(52_301)}, {"household_id": 2}, {"grade": "grade_2"}, {"plot_id": 3}, {"bags": 1},
        {"price_fen_per_kg": 900}, {"weighed_at": NOW}, {"picked_at": NOW - HOUR},
    ):  # fmt: skip
        assert content_hash(one) != content_hash(slip(**changes)), changes
