"""Natural loss in numbers: what a lot may have lost, and what is more than that. Whole grams out of whole parts per million."""

from dataclasses import dataclass
from enum import StrEnum

from pepperchain.core.units import Grams
from pepperchain.core.words import N_

PPM = 1_000_000


class LossState(StrEnum):
    """Where a loss that was found stands."""

    ALLOWED = "allowed"
    OPEN = "open"
    EXPLAINED = "explained"
    CLOSED = "closed"
    TAKEN_BACK = "taken_back"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _LABELS[self]


_LABELS = {
    LossState.ALLOWED: N_("within what is allowed"),
    LossState.OPEN: N_("to be explained"),
    LossState.EXPLAINED: N_("explained, to be closed"),
    LossState.CLOSED: N_("closed"),
    LossState.TAKEN_BACK: N_("taken back"),
}


@dataclass(frozen=True, slots=True)
class Shares:
    """How a difference divides: what the policy lets go lost, and what is excess loss (超耗)."""

    allowed: Grams
    natural: Grams
    excess: Grams


def allowance(accrued_ppm: int, used: Grams) -> Grams:
    """What may still be missing of a lot: what its days earned, in whole grams, less what counting found before."""
    return Grams(max(accrued_ppm // PPM - int(used), 0))


def shares(difference: Grams, *, book: Grams, left: Grams, tolerance_ppm: int) -> Shares:
    """Divides what a count found missing. The tolerance is for the scale: a part of what the book said, on top of the allowance."""
    allowed = left + Grams(int(book) * tolerance_ppm // PPM)
    natural = min(difference, allowed)
    return Shares(allowed, natural, difference - natural)
