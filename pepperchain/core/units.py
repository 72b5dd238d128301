"""Quantities as whole numbers of the smallest unit, so that nothing is ever lost to rounding.

`Grams`, `Fen` and `Centimu` (hundredths of a mu) are ints that keep their unit under addition and refuse to mix.
People's text becomes one of them through exact decimals: a part of the smallest unit is refused, never rounded.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, NoReturn, Self

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_

GRAMS_PER_KG = 1000
GRAMS_PER_JIN = 500
GRAMS_PER_TONNE = 1_000_000
FEN_PER_YUAN = 100
CENTIMU_PER_MU = 100
# Ten times what a season of the whole district weighs; far inside BIGINT even when multiplied by a price.
QUANTITY_MAX = 10**13
TEXT_LENGTH_MAX = 40

_PLAIN = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}([, ][0-9]{3})+(\.[0-9]*)?")
# Input methods type the Chinese full stop and comma as easily as the ASCII ones.
_CHINESE_MARKS = str.maketrans({"。": ".", "，": ",", "、": ","})


class Quantity(int):
    """A whole number of one unit. Adds to its own kind and to plain ints; never to another unit."""

    part_refused: ClassVar[str]

    __slots__ = ()

    def __add__(self, other: int) -> Self:
        return type(self)(int(self) + self._same(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Self:
        return type(self)(int(self) - self._same(other))

    def __rsub__(self, other: int) -> Self:
        return type(self)(self._same(other) - int(self))

    def __mul__(self, times: int) -> Self:
        if isinstance(times, Quantity):
            raise TypeError("a quantity times a quantity is neither")
        return type(self)(int(self) * times)

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        return type(self)(-int(self))

    def __abs__(self) -> Self:
        return type(self)(abs(int(self)))

    def __truediv__(self, other: int) -> NoReturn:
        raise TypeError("a quantity is divided with // or as a Decimal: binary fractions lose grams")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"

    def _same(self, other: int) -> int:
        if isinstance(other, Quantity) and type(other) is not type(self):
            raise TypeError(f"{type(self).__name__} and {type(other).__name__} do not mix")
        return int(other)

    @classmethod
    def _from(cls, text: str | int | Decimal, *, per: int) -> Self:
        exact = decimal(text) * per
        if exact > QUANTITY_MAX:
            raise Refused(N_("This number is too large."))
        if exact != exact.to_integral_value():
            raise Refused(cls.part_refused)
        return cls(int(exact))


class Grams(Quantity):
    """A weight."""

    part_refused = N_("Weights are kept in whole grams: at most three decimals for kilograms.")

    __slots__ = ()

    @classmethod
    def from_kg(cls, text: str | int | Decimal) -> Self:
        """Kilograms as people write them. Refused: not a number, negative, too large, a part of a gram."""
        return cls._from(text, per=GRAMS_PER_KG)

    @classmethod
    def from_jin(cls, text: str | int | Decimal) -> Self:
        """斤 (500 g) as people write them. Refused like kilograms."""
        return cls._from(text, per=GRAMS_PER_JIN)

    @property
    def kg(self) -> Decimal:
        return Decimal(int(self)) / GRAMS_PER_KG

    @property
    def jin(self) -> Decimal:
        return Decimal(int(self)) / GRAMS_PER_JIN

    @property
    def tonnes(self) -> Decimal:
        return Decimal(int(self)) / GRAMS_PER_TONNE


class Fen(Quantity):
    """An amount of money."""

    part_refused = N_("Money is kept in whole fen: at most two decimals.")

    __slots__ = ()

    @classmethod
    def from_yuan(cls, text: str | int | Decimal) -> Self:
        """Yuan as people write them. Refused: not a number, negative, too large, a part of a fen."""
        return cls._from(text, per=FEN_PER_YUAN)

    @property
    def yuan(self) -> Decimal:
        return Decimal(int(self)) / FEN_PER_YUAN


class Centimu(Quantity):
    """An area in hundredths of a mu."""

    part_refused = N_("Areas are kept in hundredths of a mu: at most two decimals.")

    __slots__ = ()

    @classmethod
    def from_mu(cls, text: str | int | Decimal) -> Self:
        """Mu (亩) as people write them. Refused: not a number, negative, too large, a part of a hundredth."""
        return cls._from(text, per=CENTIMU_PER_MU)

    @property
    def mu(self) -> Decimal:
        return Decimal(int(self)) / CENTIMU_PER_MU


def decimal(text: str | int | Decimal, *, signed: bool = False) -> Decimal:
    """The exact number people wrote: full-width digits and thousands marks allowed, exponents not, signs if `signed`."""
    written = format(text, "f") if isinstance(text, Decimal) else str(text)
    plain = " ".join(unicodedata.normalize("NFKC", written.translate(_CHINESE_MARKS)).split())
    negative = plain.startswith(("-", "−"))
    if negative and not signed:
        raise Refused(N_("This cannot be less than zero."))
    if negative:
        return -decimal(plain[1:].lstrip())
    if len(plain) > TEXT_LENGTH_MAX:
        raise Refused(N_("This number is too large."))
    if not _PLAIN.fullmatch(plain) and not _GROUPED.fullmatch(plain):
        raise Refused(N_("Write a number, for example 52.30."))
    return Decimal(plain.replace(",", "").replace(" ", ""))


def whole(exact: Decimal) -> int:
    """`exact` rounded to a whole number, halves away from zero, as on a receipt."""
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def value_of(weight: Grams, fen_per_kg: int) -> Fen:
    """What `weight` is worth at a price in fen per kilogram, rounded to the fen, halves up."""
    product = int(weight) * int(fen_per_kg)
    rounded = (2 * abs(product) + GRAMS_PER_KG) // (2 * GRAMS_PER_KG)
    return Fen(-rounded if product < 0 else rounded)
