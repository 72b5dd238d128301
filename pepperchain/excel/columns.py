"""How a sheet is declared: its columns, what kind of value each holds, and its words in both languages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Chinese and in English. A workbook carries one of them; the reader knows both."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Chinese for `zh` and its variants, English for everything else."""
        return self.zh if language.startswith("zh") else self.en


NO_WORDS = Words("", "")


class Kind(StrEnum):
    """What a column holds, and the JSON-able value a good cell is read into."""

    TEXT = "text"  # str, one line
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # str, the exact decimal in plain notation
    WEIGHT = "weight"  # int, grams
    MONEY = "money"  # int, fen
    PRICE = "price"  # int, fen per kilogram
    AREA = "area"  # int, hundredths of a mu
    DAY = "day"  # str, YYYY-MM-DD
    CLOCK = "clock"  # str, HH:MM or HH:MM:SS
    MOMENT = "moment"  # str, YYYY-MM-DDTHH:MM[:SS] on the local wall clock
    PHONE = "phone"  # str, digits (a mobile number, or a landline with its area code and no hyphen)
    ID_NUMBER = "id_number"  # str, 15 digits or 17 digits and a digit or X
    BANK_CARD = "bank_card"  # str, 12 to 19 digits
    CHOICE = "choice"  # str, the value of one of the column's choices
    YES_NO = "yes_no"  # bool


# Kept as text in every workbook we write: as numbers Excel would round or abbreviate them.
DIGIT_TEXTS = frozenset({Kind.PHONE, Kind.ID_NUMBER, Kind.BANK_CARD})
# Never repeated in a problem, a summary or a log.
SECRET = frozenset({Kind.ID_NUMBER, Kind.BANK_CARD})


@dataclass(frozen=True, slots=True)
class Choice:
    """One accepted value of a choice column; its words and aliases are all understood."""

    value: str
    words: Words
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `note` tells people what to write; `aliases` are other headings they use for it.

    `unit` is what a number without a unit means (weights: kg, money: yuan, prices: yuan per kg, areas: mu unless
    given); for whole and decimal numbers it is only shown, and accepted behind the number.
    """

    key: str
    title: Words
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    note: Words = NO_WORDS
    unit: Words | None = None
    example: str = ""
    width: int = 0
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert (self.kind is Kind.CHOICE) == bool(self.choices), f"choices and kind disagree: {self.key}"


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet: its columns in the order a template shows them. `key` names it to the program, `title` to people."""

    key: str
    title: Words
    columns: tuple[Column, ...]
    note: Words = NO_WORDS

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        assert len(set(keys)) == len(keys), f"two columns with one key in {self.key}"

    def column(self, key: str) -> Column:
        """The column with that key; KeyError if there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


def to_plain(spec: SheetSpec) -> dict[str, Any]:
    """The declaration as plain JSON-able values, to hand to the reading process."""
    return asdict(spec)


def from_plain(plain: Mapping[str, Any]) -> SheetSpec:
    """The declaration again, from `to_plain`'s values."""
    columns = tuple(_column(each) for each in plain["columns"])
    return SheetSpec(plain["key"], Words(**plain["title"]), columns, Words(**plain["note"]))


def _column(plain: Mapping[str, Any]) -> Column:
    choices = tuple(
        Choice(each["value"], Words(**each["words"]), tuple(each["aliases"])) for each in plain["choices"]
    )
    unit = Words(**plain["unit"]) if plain["unit"] else None
    given = dict(plain) | {
        "title": Words(**plain["title"]),
        "note": Words(**plain["note"]),
        "kind": Kind(plain["kind"]),
        "choices": choices,
        "unit": unit,
        "aliases": tuple(plain["aliases"]),
    }
    return Column(**given)
