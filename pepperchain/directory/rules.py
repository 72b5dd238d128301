"""What the registry takes and refuses, and what people are found by. Pure functions."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from pepperchain.core.errors import Refused
from pepperchain.core.units import Centimu
from pepperchain.core.words import N_
from pepperchain.directory.reading_rules import READINGS_MAX, readings, without_dots

AGE_MAX = 120
AREA_CENTIMU_MAX = Centimu(1_000_000)  # 10,000 mu: larger than any village's orchards
TREES_PER_MU_MAX = 500  # 110 to 133 in the open, some 220 planted densely
CARD_DIGITS = 8
CARD_SERIAL_MAX = 99
CARD_HOUSEHOLD_MAX = 99_999_999  # up to here no household's first number can be another's later one
PHONE_DIGITS = 11
TERM_LENGTH_MAX = 60
_BANK_CARD = re.compile(r"[0-9]{12,19}")
_SLIP_PREFIX = re.compile(r"[A-Z0-9]{2,6}")


class TermKind(StrEnum):
    """How a person can be found; one letter, since there are millions of rows."""

    NAME = "n"
    """The whole name: found from its first character on."""
    SUFFIX = "s"
    """What is left of the name after each character."""
    PINYIN = "p"
    """All syllables in one word."""
    GIVEN = "g"
    """The syllables of the given name in one word."""
    INITIALS = "i"
    PHONE = "t"
    """The phone backwards: found from its last digit on."""
    CARD = "c"


def terms(name: str, phone: str | None = None, card_number: str | None = None) -> set[tuple[str, str]]:
    """Everything one person is found by, as (kind, term). `name` is tidy; the card number is given for heads only."""
    spoken = name.replace("·", "").replace(" ", "").casefold()[:TERM_LENGTH_MAX]
    found = {(TermKind.NAME.value, spoken)}
    found |= {(TermKind.SUFFIX.value, spoken[place:]) for place in range(1, len(spoken))}
    for reading in readings(name)[:READINGS_MAX]:
        given = "".join(reading.given)
        for kind, letters in ((TermKind.PINYIN, reading.joined), (TermKind.GIVEN, given)):
            found |= {
                (kind.value, letters[:TERM_LENGTH_MAX]),
                (kind.value, without_dots(letters)[:TERM_LENGTH_MAX]),
            }
        if not reading.surname:
            found -= {(TermKind.GIVEN.value, given), (TermKind.GIVEN.value, without_dots(given))}
        found.add((TermKind.INITIALS.value, reading.initials))
    if phone:
        found.add((TermKind.PHONE.value, phone[::-1]))
    if card_number:
        found.add((TermKind.CARD.value, card_number))
    return {(kind, term) for kind, term in found if term}


def organization_terms(name: str, short_name: str) -> set[str]:
    """What an organization is found by: each end of both names, and how both are spelled."""
    found: set[str] = set()
    for one in (name, short_name):
        spoken = one.replace(" ", "").casefold()
        found |= {spoken[place:][:TERM_LENGTH_MAX] for place in range(len(spoken))}
        pinyin, initials = spelled(one)
        found |= {pinyin[:TERM_LENGTH_MAX], initials[:TERM_LENGTH_MAX]}
    return {term for term in found if term}


def spelled(text: str) -> tuple[str, str]:
    """Pinyin in one word and initials of a text that is no person's name."""
    reading = readings("·" + text)[0]
    return reading.joined, reading.initials


def card_number(household_id: int, serial: int = 0) -> str:
    """The number on a household's card: its id and a check digit, so that a slip of the finger is noticed.

    A card that follows a lost one is two digits longer: its serial stands in front.
    """
    assert 0 <= serial <= CARD_SERIAL_MAX
    assert serial == 0 or household_id <= CARD_HOUSEHOLD_MAX
    body = f"{serial:02d}" * (serial > 0) + f"{household_id:0{CARD_DIGITS - 1}d}"
    return body + luhn.calc_check_digit(body)


def card_digits(text: str) -> str:
    """The digits of a card number as somebody types or scans it: with spaces, dashes or in full width."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isascii() and sign.isdigit())


def is_card_number(text: str) -> bool:
    """Whether `text` can be a card's number."""
    return len(text) >= CARD_DIGITS and text.isascii() and text.isdigit() and luhn.is_valid(text)


def id_number(text: str, *, born_on: date | None, today: date) -> str:
    """An ID number as it is kept. Refused: a wrong check digit, an impossible birthday, one that is not the person's."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise Refused(N_("An ID number has 18 digits; the last may be an X."), "id_number")
    if ric.calc_check_digit(number) != number[-1]:
        raise Refused(
            N_("The ID number's last digit does not fit the others. Compare it with the card."), "id_number"
        )
    birthday = birthday_of(number)
    if birthday is None or not plausible_birthday(birthday, today):
        raise Refused(N_("The ID number holds a birthday that cannot be."), "id_number")
    if born_on is not None and born_on != birthday:
        raise Refused(
            N_("The ID number says born on %(birthday)s. Correct one of the two."),
            "born_on",
            birthday=birthday,
        )
    return number


def birthday_of(number: str) -> date | None:
    """The birthday inside an ID number."""
    try:
        found: date = ric.get_birth_date(number)
    except ValidationError:
        return None
    return found


def sex_of(number: str) -> str:
    """The sex inside an ID number: its last but one digit is odd for men."""
    return "male" if int(number[-2]) % 2 else "female"


def plausible_birthday(born_on: date, today: date) -> bool:
    """Whether somebody born then can be alive."""
    return born_on <= today and born_on.year >= today.year - AGE_MAX


def bank_card(text: str) -> str:
    """A bank card number as it is kept. Refused: what no bank issues. The check digit is only a hint: `bank_card_fits`."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not _BANK_CARD.fullmatch(number):
        raise Refused(N_("A bank card number has 12 to 19 digits."), "bank_card")
    return number


def bank_card_fits(number: str) -> bool:
    """Whether a card's last digit fits the others. Old passbook accounts need not, so it is told and not refused."""
    return bool(luhn.is_valid(number))


def credit_code(text: str) -> str:
    """A unified social credit code as it is kept. Refused: a wrong length or check character."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not uscc.is_valid(code):
        raise Refused(
            N_("The credit code's last character does not fit the others. Compare it with the licence."),
            "credit_code",
        )
    return code


def slip_prefix(text: str) -> str:
    """The letters before a site's slip numbers."""
    prefix = unicodedata.normalize("NFKC", text).strip().upper()
    if not _SLIP_PREFIX.fullmatch(prefix):
        raise Refused(N_("Two to six letters or digits, such as BP."), "slip_prefix")
    return prefix


def check_plot(area: Centimu, tree_count: int | None, planted_year: int | None, today: date) -> None:
    """Refused: an orchard that cannot be."""
    if area <= 0:
        raise Refused(N_("A plot has an area."), "area")
    if area > AREA_CENTIMU_MAX:
        raise Refused(N_("No plot is larger than %(most)s."), "area", most=AREA_CENTIMU_MAX)
    if tree_count is not None and tree_count * 100 > int(area) * TREES_PER_MU_MAX:
        raise Refused(
            N_("That would be more than %(most)s trees on a mu. Check the area and the count."),
            "tree_count",
            most=TREES_PER_MU_MAX,
        )
    if planted_year is not None and not today.year - AGE_MAX <= planted_year <= today.year:
        raise Refused(N_("This year cannot be."), "planted_year")


def phone_hint(phone: str | None) -> str:
    """138****1234"""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def id_number_hint(number: str) -> str:
    """The first three and the last two: more would tell where and when somebody was born."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def bank_card_hint(number: str) -> str:
    """The last four."""
    return f"**** {number[-4:]}"
