"""What becomes of what: how much of one form another form gives, and what may be poured together. Bounds: config/storage.toml."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.settings import settings

PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Band:
    """How many thousandths of what goes in usually come out."""

    low_permille: int
    high_permille: int

    def holds(self, yield_permille: int) -> bool:
        return self.low_permille <= yield_permille <= self.high_permille


@dataclass(frozen=True, slots=True)
class Batch:
    """What went in and what came of it. What is in no bucket was lost: water above all."""

    inside: Grams
    out: Grams
    seed: Grams = Grams(0)
    waste: Grams = Grams(0)

    @property
    def loss(self) -> Grams:
        return self.inside - self.out - self.seed - self.waste

    @property
    def yield_permille(self) -> int:
        """Rounded down, so that a yield just above a band is not taken for one inside."""
        return self.out * PERMILLE // self.inside


@cache
def lots_max() -> int:
    """How many lots are processed or merged in one go."""
    return int(settings().section("processing")["lots_max"])


@cache
def outputs_max() -> int:
    """How many grades are told apart of what comes out."""
    return int(settings().section("processing")["outputs_max"])


@cache
def becomes(form: str) -> dict[str, Band]:
    """The forms that a form can be made into, each with its usual yield."""
    found = settings().section("processing")["yields"].get(form, {})
    return {to: Band(band["low_permille"], band["high_permille"]) for to, band in found.items()}


@cache
def merge_days_max(form: str) -> int:
    """How many days apart lots of a form may have been picked (or made) that are poured together."""
    days = settings().section("merging")
    return int(days.get(form, days["otherwise"]))


def check_batch(batch: Batch, band: Band, reason: str | None) -> None:
    """Refused: more out than in, whatever the reason; a yield that is not usual without one."""
    if batch.loss < 0:
        raise Refused(
            "%(inside)s went in: %(out)s cannot have come out of it. Weigh again, or look whether a lot is missing above.",
            "out", inside=batch.inside, out=batch.inside - batch.loss,
        )  # fmt: skip
    if reason is None and not band.holds(batch.yield_permille):
        raise Refused(
            "Out of %(inside)s usually come %(low)s to %(high)s, this is %(out)s. If it is right, say why it is otherwise.", "reason",
            inside=batch.inside, out=batch.out,
            low=Grams(batch.inside * band.low_permille // PERMILLE), high=Grams(batch.inside * band.high_permille // PERMILLE),
        )  # fmt: skip


def shares(wholes: Sequence[int], parts: Sequence[int]) -> list[list[int]]:
    """How each whole is made up of the parts, so that every whole and every part is used up to the gram.

    Both add up to the same; `shares(...)[w][p]` is what whole `w` gives to part `p`.
    """
    assert sum(wholes) == sum(parts), "the parts are the wholes"
    left, place = list(parts), 0
    found = [[0] * len(parts) for _ in wholes]
    for row, whole in zip(found, wholes, strict=True):
        missing = whole
        while missing:
            if not left[place]:
                place += 1
                continue
            taken = min(missing, left[place])
            row[place] += taken
            left[place] -= taken
            missing -= taken
    return found
