"""When a lot is counted again, and when the committee is asked."""

import pytest

from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.stocktakes.rules import Block, State, beyond, wants_committee, wants_recount, weighed


@pytest.mark.parametrize(
    ("difference", "of", "far"),
    [(200, 1_000, False), (201, 1_000, True), (-201, 1_000, True), (500, 100_000, False), (501, 100_000, True), (1, 0, False)],
)  # fmt: skip
def test_a_difference_is_far_beyond_a_share_and_beyond_some_grams(
    difference: int, of: int, far: bool
) -> None:
    assert beyond(difference, of, permille=5, grams=200) is far


def test_only_the_first_count_is_asked_for_again() -> None:
    assert wants_recount(expected=50_000, counted=40_000, counts=1)
    assert not wants_recount(expected=50_000, counted=40_000, counts=2)
    assert not wants_recount(expected=50_000, counted=40_000, counts=0)


def test_the_committee_is_asked_for_all_that_differs_together() -> None:
    assert not wants_committee(book=1_000_000, lost=20_000, found=0)
    assert wants_committee(book=1_000_000, lost=10_001, found=10_000)
    assert not wants_committee(book=100_000_000, lost=500_000, found=500_000)


def test_bags_times_their_weight_and_what_is_loose() -> None:
    most = Grams(10**9)
    assert weighed(loose=Grams(300), bags=3, bag=Grams(25_000), absent=False, most=most) == 75_300
    assert weighed(loose=None, bags=0, bag=Grams(25_000), absent=False, most=most) == 0
    assert weighed(loose=None, bags=None, bag=None, absent=True, most=most) == 0
    with pytest.raises(Refused):
        weighed(loose=None, bags=None, bag=None, absent=False, most=most)


def test_every_state_and_block_has_words() -> None:
    assert all(each.label for each in (*State, *Block))
