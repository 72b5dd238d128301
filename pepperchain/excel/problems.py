"""What is wrong with one cell: a message id, the facts it names, and where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why one cell cannot be taken.

    `message` is an English message id filled with `facts` when it is shown; `code` is stable, for counting and tests.
    `letter` is the column as the spreadsheet names it. ID and card numbers never appear in the facts.
    """

    column_key: str
    letter: str
    code: str
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_plain(self) -> list[Any]:
        """JSON-able, to keep in a table or send through a pipe."""
        return [self.column_key, self.letter, self.code, self.message, dict(self.facts)]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> "Problem":
        """The problem again, from `as_plain`'s values."""
        return cls(*plain)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A problem and the sheet and row (counted from 1, as the spreadsheet does) it belongs to."""

    sheet: str
    row_number: int
    problem: Problem


class Unreadable(Exception):
    """A cell's content is no value of its column's kind. Raised by the converters, kept as a `Problem`."""

    def __init__(self, code: str, message: str, /, **facts: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts


def letter_of(position: int) -> str:
    """The spreadsheet's name of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def position_of(letters: str) -> int:
    """A column's position counted from 0, from its name: A is 0, AA is 26."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
