"""How much speaks for two entries being one person, and in which words. Pure functions over what is known of both.

Weights and bounds are those of config/directory.toml. A decisive word is the ID number alone; everything else adds up, and what
contradicts is taken off. People of one household are never compared: families share phones, places and surnames.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from pepperchain.core.words import N_
from pepperchain.directory.reading_rules import readings
from pepperchain.settings import section

POINTS_MAX = 100


class Evidence(StrEnum):
    """One thing that speaks for two entries being the same, or against it (`other_…`); the values are stored."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    BORN_ON = "born_on"
    NAME = "name"
    NAME_VARIANT = "name_variant"
    NAME_ALIKE = "name_alike"
    NAME_DIALECT = "name_dialect"
    GROUP = "village_group"
    VILLAGE = "village"
    TOWNSHIP = "township"
    OTHER_NAME = "other_name"
    OTHER_ID_NUMBER = "other_id_number"
    OTHER_BIRTH_YEAR = "other_birth_year"
    OTHER_SEX = "other_sex"
    OTHER_PHONE = "other_phone"

    @property
    def words(self) -> str:
        """What a steward is told: a message id."""
        return _WORDS[self]

    @property
    def is_against(self) -> bool:
        return self.value.startswith("other_")


_WORDS: dict[Evidence, str] = {
    Evidence.ID_NUMBER: N_("same ID number"),
    Evidence.BANK_CARD: N_("same bank card"),
    Evidence.PHONE: N_("same phone"),
    Evidence.BORN_ON: N_("born on the same day"),
    Evidence.NAME: N_("same name"),
    Evidence.NAME_VARIANT: N_("same name, written otherwise"),
    Evidence.NAME_ALIKE: N_("names sound alike"),
    Evidence.NAME_DIALECT: N_("names sound alike in Jiangjin's speech"),
    Evidence.GROUP: N_("same village group"),
    Evidence.VILLAGE: N_("same village"),
    Evidence.TOWNSHIP: N_("same township"),
    Evidence.OTHER_NAME: N_("different names"),
    Evidence.OTHER_ID_NUMBER: N_("different ID numbers"),
    Evidence.OTHER_BIRTH_YEAR: N_("born in different years"),
    Evidence.OTHER_SEX: N_("man and woman"),
    Evidence.OTHER_PHONE: N_("different phones"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody, as far as it can tell them from others."""

    person_id: int
    household_id: int
    name: str
    pinyin: str
    sex: str | None
    born_on: str | None
    phone: str | None
    id_number_hash: str | None
    bank_card_hash: str | None
    village_id: int
    township_id: int
    group_number: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Two entries weighed against each other."""

    points: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """`[matching]` of config/directory.toml."""

    suspect: int
    support: int
    each_further: int
    block_max: int
    turn_pairs: int


@cache
def bounds() -> Bounds:
    """The bounds of this installation."""
    table = section("matching")
    return Bounds(
        table["suspect_points"],
        table["support_points"],
        table["each_further_points"],
        table["block_max"],
        table["turn_pairs"],
    )


@cache
def points() -> Mapping[Evidence, int]:
    """What each piece of evidence weighs."""
    table = section("matching_points")
    return {evidence: table[evidence.value] for evidence in Evidence}


@cache
def _variants() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in section("matching")["variants"].split()}


def plain(name: str) -> str:
    """The name with one character for all that are written for each other."""
    return name.translate(_variants())


# The order matters: `zhang` loses its h before `n` at its front is looked at. Only what Jiangjin's speech merges.
DIALECT: tuple[tuple[str, str], ...] = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("ing", "in"),
    ("eng", "en"),
    (" n", " l"),
)
"""What is said alike, as replacements in a spelled name that begins with a blank: `matching_queries` does the same in SQL."""


@lru_cache(maxsize=20_000)
def sounded(pinyin: str) -> str:
    """A spelled name (`zhang wei ming`) as it is said in Jiangjin (` zang wei min`)."""
    sound = f" {pinyin}"
    for heard, said in DIALECT:
        sound = sound.replace(heard, said)
    return sound


def names_alike(one: Known, other: Known) -> Evidence:
    """The strongest thing that can be said of two names."""
    if one.name == other.name:
        return Evidence.NAME
    if plain(one.name) == plain(other.name):
        return Evidence.NAME_VARIANT
    if one.pinyin == other.pinyin:
        return Evidence.NAME_ALIKE
    if sounded(one.pinyin) == sounded(other.pinyin):
        return Evidence.NAME_DIALECT
    here = {reading.spelled for reading in readings(one.name)}
    there = {reading.spelled for reading in readings(other.name)}
    if here & there:
        return Evidence.NAME_ALIKE
    if {sounded(way) for way in here} & {sounded(way) for way in there}:
        return Evidence.NAME_DIALECT
    return Evidence.OTHER_NAME


def judge(one: Known, other: Known) -> Judged:
    """All that speaks for the two being one person, and against it."""
    found = [*_numbers(one, other), names_alike(one, other), *_births(one, other)]
    if one.sex is not None and other.sex is not None and one.sex != other.sex:
        found.append(Evidence.OTHER_SEX)
    found += _places(one, other)
    weight = points()
    return Judged(sum(weight[evidence] for evidence in found), tuple(found))


def _numbers(one: Known, other: Known) -> Iterable[Evidence]:
    if one.id_number_hash is not None and other.id_number_hash is not None:
        same = one.id_number_hash == other.id_number_hash
        yield Evidence.ID_NUMBER if same else Evidence.OTHER_ID_NUMBER
    if one.bank_card_hash is not None and one.bank_card_hash == other.bank_card_hash:
        yield Evidence.BANK_CARD
    if one.phone is not None and other.phone is not None:
        yield Evidence.PHONE if one.phone == other.phone else Evidence.OTHER_PHONE


def _births(one: Known, other: Known) -> Iterable[Evidence]:
    """The same year and another day says nothing: many birthdays are told by the moon."""
    if one.born_on is not None and other.born_on is not None:
        if one.born_on == other.born_on:
            yield Evidence.BORN_ON
        elif one.born_on[:4] != other.born_on[:4]:
            yield Evidence.OTHER_BIRTH_YEAR


def _places(one: Known, other: Known) -> Iterable[Evidence]:
    if one.village_id == other.village_id:
        same = one.group_number is not None and one.group_number == other.group_number
        yield Evidence.GROUP if same else Evidence.VILLAGE
    elif one.township_id == other.township_id:
        yield Evidence.TOWNSHIP


def together(judged: Sequence[tuple[tuple[int, int], Judged]]) -> tuple[tuple[int, int], Judged, int]:
    """Two households by their pairs of people: the best pair, the points of all together, and how many people seem the same.

    Somebody counts once, however many of the other household they resemble.
    """
    ordered = sorted(judged, key=lambda each: (-each[1].points, each[0]))
    taken: set[int] = set()
    people = 0
    for pair, _ in ordered:
        if taken.isdisjoint(pair):
            taken.update(pair)
            people += 1
    best, first = ordered[0]
    whole = first.points + (people - 1) * bounds().each_further
    return best, Judged(min(whole, POINTS_MAX), first.evidence), people


_CODES = re.compile(r"[a-z_]+")


def stored(evidence: Iterable[Evidence]) -> str:
    """Evidence as a column keeps it."""
    return " ".join(each.value for each in evidence)


def kept(text: str) -> tuple[Evidence, ...]:
    """Evidence out of a column."""
    return tuple(Evidence(code) for code in _CODES.findall(text))


def is_new(found: Iterable[Evidence], dismissed: Iterable[Evidence]) -> bool:
    """Whether anything speaks for it now that did not when somebody said that the two are not the same."""
    return bool({each for each in found if not each.is_against} - set(dismissed))
