"""The words of the trade from config/products.toml, the bounds of config/harvest.toml, and sums that look nothing up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pepperchain.access.policy import Role
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.settings import section as configured

REASON_LENGTH_MIN = 2
REASON_LENGTH_MAX = 200
SLIP_DIGITS = 4
NOTHING = Grams(0)
NAMED = frozenset({Role.COOP_LEADER, Role.COOP_CLERK, Role.GROWER, Role.TECHNICIAN, Role.SYSTEM})
"""Who reads the names of growers in full; others see them masked."""


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its names."""

    code: str
    en: str
    zh: str
    short_zh: str

    def label(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def short(self, language: str) -> str:
        return self.short_zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Form(Term):
    """What was done to the pepper, the grades it can have, and how old it may be on the scale."""

    grades: tuple[str, ...]
    picked_hours_max: int
    picked_hours_usual: int


def _term(code: str, table: Mapping[str, Any]) -> Term:
    return Term(code, table["en"], table["zh"], table.get("short_zh", table["zh"]))


@cache
def forms() -> dict[str, Form]:
    """Forms by code, in the order of choice."""
    return {
        code: Form(
            code, table["en"], table["zh"], table.get("short_zh", table["zh"]),
            tuple(table["grades"]), table["picked_hours_max"], table["picked_hours_usual"],
        )
        for code, table in configured("forms").items()
    }  # fmt: skip


@cache
def _terms(section: str) -> dict[str, Term]:
    return {code: _term(code, table) for code, table in configured(section).items()}


def grades() -> dict[str, Term]:
    """Grades by code. Which of them a form has, the form says."""
    return _terms("grades")


def cultivars() -> dict[str, Term]:
    """Cultivars by code."""
    return _terms("cultivars")


def practices() -> dict[str, Term]:
    """Ways of growing by code."""
    return _terms("practices")


def grade_named(text: str) -> str | None:
    """The code of a grade written in either language, or as a code; None for anything else."""
    written = text.strip().casefold()
    for code, term in grades().items():
        if written and written in (code, term.zh.casefold(), term.en.casefold()):
            return code
    return None


class Words:
    """The trade's names for codes in one language, for templates; a code that config no longer names is shown as it is."""

    def __init__(self, language: str) -> None:
        self._language = language

    def form(self, code: str) -> str:
        return forms()[code].label(self._language) if code in forms() else code

    def short(self, code: str) -> str:
        return forms()[code].short(self._language) if code in forms() else code

    def grade(self, code: str) -> str:
        return self._of(grades(), code)

    def cultivar(self, code: str) -> str:
        return self._of(cultivars(), code)

    def practice(self, code: str) -> str:
        return self._of(practices(), code)

    def choices_of(self, terms: Mapping[str, Term]) -> list[tuple[str, str]]:
        """Code and name of each, for a select."""
        return [(code, term.label(self._language)) for code, term in terms.items()]

    @property
    def cultivars(self) -> list[tuple[str, str]]:
        return self.choices_of(cultivars())

    @property
    def forms(self) -> list[tuple[str, str]]:
        return self.choices_of(forms())

    @property
    def grades(self) -> list[tuple[str, str]]:
        return self.choices_of(grades())

    @property
    def practices(self) -> list[tuple[str, str]]:
        return self.choices_of(practices())

    def _of(self, terms: Mapping[str, Term], code: str) -> str:
        return terms[code].label(self._language) if code in terms else code


@cache
def words(language: str) -> Words:
    """Names for codes in `zh` or `en`."""
    return Words(language)


@dataclass(frozen=True, slots=True)
class Bounds:
    """config/harvest.toml, read once."""

    gross_grams_max: int
    gross_grams_usual: int
    tare_permille_max: int
    tare_permille_usual: int
    deduction_permille_max: int
    bags_max: int
    moisture_permille_max: int
    price_fen_per_kg_min: int
    price_fen_per_kg_max: int
    price_fen_per_kg_usual_min: int
    price_fen_per_kg_usual_max: int
    weighed_days_max: int
    clock_ahead_minutes_max: int
    evening_rows_max: int
    fresh_to_dry_permille: int


@cache
def bounds() -> Bounds:
    """The bounds of this installation."""
    return Bounds(**configured("harvest"))


@cache
def fresh_to_dry_permille(season: int) -> int:
    """Kilograms of fresh pepper behind one of dry, in thousandths."""
    measured = configured("harvest_seasons").get(str(season))
    return int(measured) if measured is not None else bounds().fresh_to_dry_permille


def fresh_equivalent(fresh: int, dry: int, season: int) -> Grams:
    """Fresh and dry pepper as one number of fresh grams, so that plots that dry their own can be compared."""
    return Grams(fresh + dry * fresh_to_dry_permille(season) // 1000)


def slip_code(prefix: str, number: int) -> str:
    """How a slip's number is written and said: its site's prefix and at least four digits."""
    return f"{prefix}{number:0{SLIP_DIGITS}d}"


def season_of(day: date) -> int:
    """The season a day belongs to: its year; pepper is picked from May to August."""
    return day.year


def per_mu(net_grams: int, area_centimu: int) -> Grams | None:
    """Grams per mu, to ten grams; None where no area is known."""
    return Grams(net_grams * 10 // area_centimu * 10) if area_centimu > 0 else None


def wrong_price(fen_per_kg: int) -> Iterator[Refused]:
    """What is wrong with a price, if anything."""
    limits = bounds()
    if fen_per_kg <= 0:
        yield Refused("A price is more than zero. Leave it empty to set it later.", "price")
    elif not limits.price_fen_per_kg_min <= fen_per_kg <= limits.price_fen_per_kg_max:
        yield Refused(
            "A price lies between %(min)s and %(max)s for a kilogram.", "price",
            min=Fen(limits.price_fen_per_kg_min), max=Fen(limits.price_fen_per_kg_max),
        )  # fmt: skip


def check_reason(reason: str) -> str:
    """A reason in words, tidied; Refused when there is none."""
    said = " ".join(reason.split())
    if len(said) < REASON_LENGTH_MIN:
        raise Refused("Say why in a word or two.", "reason")
    if len(said) > REASON_LENGTH_MAX:
        raise Refused("Keep the reason under %(max)s characters.", "reason", max=REASON_LENGTH_MAX)
    return said
