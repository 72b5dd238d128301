"""What can be of heads and proxies."""

from datetime import date

import pytest

from pepperchain.core.errors import Refused
from pepperchain.directory import relation_rules
from pepperchain.directory.relation_rules import Deliverers

TODAY = date(2026, 6, 10)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2016, 1, 1), date(2026, 6, 11), date(2100, 1, 1)])
def test_a_day_long_ago_or_to_come_is_refused(day: date) -> None:
    with pytest.raises(Refused):
        relation_rules.check_past(day, TODAY)


@pytest.mark.parametrize("said", ["", " ", "好", "好" * 201, " \n "])
def test_a_reason_is_a_few_words(said: str) -> None:
    with pytest.raises(Refused):
        relation_rules.check_said(said)
    assert relation_rules.check_said(" 点错\n了 ") == "点错 了"


def test_a_proxy_counts_on_both_its_days_and_not_on_that_of_its_revocation() -> None:
    days = {"from_on": "2026-06-01", "until_on": "2026-06-10"}
    assert relation_rules.in_force(date(2026, 6, 1), revoked_on=None, **days)
    assert relation_rules.in_force(date(2026, 6, 10), revoked_on=None, **days)
    assert not relation_rules.in_force(date(2026, 6, 11), revoked_on=None, **days)
    assert not relation_rules.in_force(date(2026, 6, 5), revoked_on="2026-06-05", **days)


def test_the_scale_asks_unless_it_is_told_otherwise() -> None:
    assert relation_rules.deliverers() is Deliverers.ASK
    assert relation_rules.unproxied(None) != relation_rules.unproxied("2026-06-01")
