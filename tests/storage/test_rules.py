"""How long pepper keeps, and the codes of lots."""

from datetime import UTC, datetime, timedelta

import pytest

from pepperchain.storage.rules import fresh_until, freshness, new_code

PICKED = datetime(2026, 6, 10, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "level"), [(0, "green"), (7, "green"), (8, "amber"), (11, "amber"), (12, "red"), (30, "red")]
)
def test_unprocessed_fresh_pepper_is_red_twelve_hours_after_picking(hours: int, level: str) -> None:
    until = fresh_until("fresh", "ambient", picked_at=PICKED, now=PICKED)
    assert freshness(PICKED, until, now=PICKED + hours * HOUR).level == level


def test_a_chilled_room_extends_the_clock_from_picking_on() -> None:
    assert fresh_until("fresh", "chilled", picked_at=PICKED, now=PICKED + 5 * HOUR) == PICKED + 168 * HOUR


def test_pepper_that_went_stale_outside_stays_stale_in_the_cold() -> None:
    assert fresh_until("fresh", "chilled", picked_at=PICKED, now=PICKED + 13 * HOUR) == PICKED + 12 * HOUR


def test_out_of_the_cold_it_has_no_longer_than_the_warm_room_gives() -> None:
    chilled = fresh_until("fresh", "chilled", picked_at=PICKED, now=PICKED + HOUR)
    warm = fresh_until("fresh", "ambient", picked_at=PICKED, now=PICKED + 48 * HOUR, so_far=chilled)
    assert warm == PICKED + 60 * HOUR


def test_forms_that_config_does_not_name_keep_too() -> None:
    assert fresh_until("oil", "dry", picked_at=PICKED, now=PICKED) > PICKED + timedelta(days=30)


def test_codes_are_random_and_never_mistaken_for_one_another() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert len(code) == 26
        assert not set(code) & set("ilou")
