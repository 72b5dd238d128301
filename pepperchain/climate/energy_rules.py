"""What power a site used, from what its meter said: plain arithmetic, in tenths of a kilowatt-hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

GRAM_DAYS_A_TONNE_MONTH = 30 * 1_000_000


@dataclass(frozen=True, slots=True)
class MeterRow:
    """What a meter said on a day."""

    read_on: date
    tenths_kwh: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Used:
    """What was used between the first and the last day that are known."""

    first: date
    last: date
    tenths_kwh: int

    def per_tonne_month(self, gram_days: int) -> int | None:
        """Tenths of a kilowatt-hour for a tonne kept thirty days, rounded; None if nothing was kept."""
        if gram_days <= 0:
            return None
        return (self.tenths_kwh * GRAM_DAYS_A_TONNE_MONTH * 2 + gram_days) // (2 * gram_days)


def used(readings: Sequence[MeterRow]) -> Used | None:
    """Of readings by day: from each to the next. Up to a new meter nothing is known, so nothing is counted. None: fewer than two."""
    if len(readings) < 2:
        return None
    steps = pairwise(readings)
    whole = sum(after.tenths_kwh - before.tenths_kwh for before, after in steps if not after.is_new)
    return Used(readings[0].read_on, readings[-1].read_on, whole)
