"""Numbers that look right and belong to nobody: phones, ID numbers, bank cards, social credit codes.

Their check digits are correct, so that what checks them can be seen at work, and each is impossible to issue: no operator has the
phone prefix, nobody is registered in the heading of a province's list, no bank has the card prefix, no office the code's area.
"""

from datetime import date
from typing import Literal

PHONE_PREFIX = "154"
ID_AREA = "110100"  # 市辖区: the heading above a city's districts
CARD_PREFIX = "620000"
CREDIT_AREA = "500199"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_SPREAD = 7_368_787  # coprime to the count of phones: neighbours get numbers that do not look like neighbours
_PHONES = 100_000_000


def phone(serial: int) -> str:
    """The mobile number of a serial; no two serials below a hundred million share one."""
    return f"{PHONE_PREFIX}{serial * _SPREAD % _PHONES:08d}"


def id_number(born_on: date, serial: int, sex: Literal["f", "m"]) -> str:
    """An 18-digit ID number with a correct check digit; odd order codes are men's."""
    order = (serial * 2 + (sex == "m")) % 1000
    body = f"{ID_AREA}{born_on:%Y%m%d}{order:03d}"
    rest = (1 - 2 * int(body, 13)) % 11
    return body + ("X" if rest == 10 else str(rest))


def bank_card(serial: int) -> str:
    """A 19-digit card number that passes Luhn's check."""
    body = f"{CARD_PREFIX}{serial:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{body}{-total % 10}"


def credit_code(serial: int, kind: str = "93") -> str:
    """A unified social credit code; 93 is a farmers' cooperative, 91 an enterprise, 51 an association, 11 a department."""
    body = f"{kind}{CREDIT_AREA}{'PC'}{serial:07d}"
    total = sum(
        _CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(body, _CREDIT_WEIGHTS, strict=True)
    )
    return body + _CREDIT_ALPHABET[-total % 31]
