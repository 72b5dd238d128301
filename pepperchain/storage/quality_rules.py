"""What is measured of a sample, in which unit, and the limits it is held against: config/standards.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from pepperchain.core.words import N_
from pepperchain.settings import settings


class Item(StrEnum):
    """What is measured. The name ends with the unit of the whole number that is kept."""

    MOISTURE = "moisture_permille"
    IMPURITY = "impurity_permille"
    CLOSED_EYE = "closed_eye_permille"
    VOLATILE_OIL = "volatile_oil_permille"
    NUMBING = "numbing_decimg_per_g"
    ASH = "ash_permille"
    INSOLUBLE_ASH = "insoluble_ash_permille"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _LABELS[self]

    @property
    def unit(self) -> str:
        """The unit that people read; what is kept is a tenth of it."""
        return "mg/g" if self is Item.NUMBING else "%"


_LABELS = {
    Item.MOISTURE: N_("Moisture"),
    Item.IMPURITY: N_("Stalks and other impurity"),
    Item.CLOSED_EYE: N_("Closed-eye fruit and seed"),
    Item.VOLATILE_OIL: N_("Volatile oil"),
    Item.NUMBING: N_("Numbing compounds"),
    Item.ASH: N_("Ash"),
    Item.INSOLUBLE_ASH: N_("Ash that acid does not dissolve"),
}


class Verdict(StrEnum):
    """What a test comes to."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.PASSED: N_("Passed"),
    Verdict.FAILED: N_("Failed"),
    Verdict.UNJUDGED: N_("Noted, there is no limit"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The least or the most of an item, in tenths of its unit."""

    least: int | None
    most: int | None

    def allows(self, value: int) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def said(self) -> str:
        """Such as `≤ 11`."""
        return f"≥ {tenths(self.least)}" if self.least is not None else f"≤ {tenths(self.most or 0)}"


def tenths(value: int) -> str:
    """A number of tenths as people write it."""
    return f"{Decimal(value).scaleb(-1).normalize():f}"


@cache
def limits(form: str) -> Mapping[Item, Limit]:
    """The limits of a form."""
    table = settings().section("standards").get(form, {})
    return {Item(name): Limit(limit.get("least"), limit.get("most")) for name, limit in table.items()}


@cache
def source(form: str, item: Item, language: str) -> str:
    """Where a form's limit comes from; nothing if it has none."""
    return str(settings().section("standards").get(form, {}).get(item.value, {}).get(language, ""))


@cache
def blocks_on_failure() -> bool:
    """Whether a failed test blocks its lot."""
    return bool(settings().section("quality")["block_on_failure"])


@cache
def sample_grams_max() -> int:
    """The most that is taken for a sample."""
    return int(settings().section("quality")["sample_grams_max"])


def verdict(results: Mapping[Item, int], against: Mapping[Item, Limit]) -> Verdict:
    """What results come to: one that fails fails all of them."""
    judged = [against[item].allows(value) for item, value in results.items() if item in against]
    if not judged:
        return Verdict.UNJUDGED
    return Verdict.PASSED if all(judged) else Verdict.FAILED


def written(against: Mapping[Item, Limit]) -> str:
    """Limits as a test keeps them: `moisture_permille<=110 numbing_decimg_per_g>=80`."""
    return " ".join(
        f"{item.value}>={limit.least}" if limit.least is not None else f"{item.value}<={limit.most}"
        for item, limit in against.items()
    )


def read(text: str) -> dict[Item, Limit]:
    """The limits that a test kept."""
    found = {}
    for each in text.split():
        name, least = each.split(">=") if ">=" in each else (each.split("<=")[0], None)
        found[Item(name)] = Limit(int(least), None) if least else Limit(None, int(each.split("<=")[1]))
    return found
