"""The purposes and codes of this room and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pepperchain.core.words import N_
from pepperchain.settings import section


class Number(StrEnum):
    """A sealed value of a person."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _NUMBERS[self]


_NUMBERS = {Number.ID_NUMBER: N_("ID number"), Number.BANK_CARD: N_("Bank card")}

REASONS: dict[str, str] = {
    "payment": N_("Paying out"),
    "banking": N_("Bank account"),
    "subsidy": N_("Subsidy or insurance"),
    "identity": N_("Checking who it is"),
    "authority": N_("An authority asks by law"),
    "other": N_("Something else"),
}
"""What somebody looks at a number for: codes with their message ids."""

LAWFUL = "authority"
"""The one use that needs no consent."""


def grouped(number: str) -> str:
    """A number as it is read aloud: an ID number as place, birthday and the rest, a card in fours."""
    if len(number) == 18:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


@dataclass(frozen=True, slots=True)
class Purpose:
    """What data is kept or used for, with the newest version of the text that people are asked by."""

    code: str
    version: int
    is_sensitive: bool
    names: Mapping[str, str]
    texts: Mapping[str, str]


@cache
def purposes() -> Mapping[str, Purpose]:
    """Every purpose by its code, in the order in which they are asked."""
    return {
        code: Purpose(
            code,
            len(each["versions"]),
            each["sensitive"],
            {"zh": each["zh"], "en": each["en"]},
            each["versions"][-1],
        )
        for code, each in section("consent_purposes").items()
    }


class How(StrEnum):
    """How an answer was given."""

    SIGNED = "signed"
    SPOKEN = "spoken"
    PAPER = "paper"
    OWN = "own"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _HOWS[self]


_HOWS = {
    How.SIGNED: N_("Signed, with a photo of it"),
    How.SPOKEN: N_("Spoken, before a witness"),
    How.PAPER: N_("On paper, kept in the files"),
    How.OWN: N_("By themselves, signed in"),
}

ASKED = (How.SIGNED, How.SPOKEN, How.PAPER)
"""How somebody else notes an answer."""

SIGNATURES = "signatures"
"""The folder of the data folder that photos of signatures lie in, apart from those of visits."""


class State(StrEnum):
    """How a person stands to a purpose."""

    GIVEN = "given"
    REFUSED = "refused"
    NEVER = "never"
    OUTDATED = "outdated"
    ELSEWHERE = "elsewhere"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _STATES[self]


_STATES = {
    State.GIVEN: N_("agreed"),
    State.REFUSED: N_("not agreed"),
    State.NEVER: N_("not asked yet"),
    State.OUTDATED: N_("the text has changed, ask again"),
    State.ELSEWHERE: N_("to another cooperative, ask again"),
}

WRONG: dict[str, str] = {
    "name": N_("Name"),
    "phone": N_("Mobile number"),
    "born_on": N_("Born on"),
    "number": N_("ID number or bank card"),
    "place": N_("Place and address"),
    "plots": N_("Plots"),
    "slips": N_("Slips"),
    "other": N_("Something else"),
}
"""What can be wrong: codes with their message ids."""

CHANGED_AT_ONCE = frozenset({"name", "phone", "born_on"})
"""What is put right by accepting; for everything else whoever accepts puts it right on its own page first."""
