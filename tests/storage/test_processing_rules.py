"""What becomes of what, and how wholes are shared among parts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.storage.processing_rules import Band, Batch, becomes, check_batch, merge_days_max, shares


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.data())
def test_shares_use_up_every_whole_and_every_part(wholes: list[int], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, sum(wholes)), min_size=3, max_size=3)))
    parts = [end - start for start, end in zip([0, *cuts], [*cuts, sum(wholes)], strict=True)]
    found = shares(wholes, parts)
    assert [sum(row) for row in found] == wholes
    assert [sum(column) for column in zip(*found, strict=True)] == parts
    assert all(amount >= 0 for row in found for amount in row)


def test_a_band_is_told_in_weights() -> None:
    with pytest.raises(Refused) as refused:
        check_batch(Batch(Grams(100_000), Grams(30_000)), Band(158, 278), None)
    assert (refused.value.field, refused.value.facts["low"], refused.value.facts["high"]) == (
        "reason",
        15_800,
        27_800,
    )
    check_batch(Batch(Grams(100_000), Grams(27_800)), Band(158, 278), None)
    check_batch(Batch(Grams(100_000), Grams(100_000)), Band(158, 278), "weighed wet")


def test_what_leaves_by_other_ways_counts_as_come_out() -> None:
    with pytest.raises(Refused):
        check_batch(Batch(Grams(100), Grams(20), Grams(80), Grams(1)), Band(100, 300), "why not")


def test_fresh_pepper_becomes_dry_or_preserved_and_the_old_stays_apart() -> None:
    assert list(becomes("fresh")) == ["dry", "preserved_fresh"]
    assert becomes("dry") == {}
    assert merge_days_max("fresh") < merge_days_max("dry")
