"""The units people write behind a number or in a heading, and the exact number of our own units in each."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal

from pepperchain.core.units import (
    CENTIMU_PER_MU,
    FEN_PER_YUAN,
    GRAMS_PER_KG,
    QUANTITY_MAX,
    Centimu,
    Fen,
    Grams,
    decimal,
)
from pepperchain.excel.columns import Column, Kind, Words

_KILOGRAMS = {
    **dict.fromkeys(("公斤", "千克", "kg", "kgs", "kilogram", "kilograms"), Decimal(1)),
    **dict.fromkeys(("斤", "市斤", "jin"), Decimal("0.5")),
    **dict.fromkeys(("吨", "t", "ton", "tons", "tonne", "tonnes"), Decimal(1000)),
    **dict.fromkeys(("克", "g", "gram", "grams"), Decimal("0.001")),
}
_YUAN = {
    **dict.fromkeys(("元", "块", "圆", "yuan", "rmb", "cny", "¥"), Decimal(1)),
    **dict.fromkeys(("万元", "万"), Decimal(10_000)),
    **dict.fromkeys(("分", "fen"), Decimal("0.01")),
}
_MU = {
    **dict.fromkeys(("亩", "mu"), Decimal(1)),
    **dict.fromkeys(("公顷", "ha", "hectare", "hectares"), Decimal(15)),
    # 1 mu is 2000/3 square metres, so a square metre is 0.0015 mu exactly.
    **dict.fromkeys(("平方米", "平米", "m2", "sqm"), Decimal("0.0015")),
}
# A price in yuan per kilogram is the price per unit divided by the kilograms in it.
_PER_KILOGRAM = {Decimal(1): Decimal(1), Decimal("0.5"): Decimal(2), Decimal(1000): Decimal("0.001")}
_PRICES = {
    f"{money}{slash}{weight}": _PER_KILOGRAM[kilograms]
    for money in ("元", "块", "yuan", "cny", "¥")
    for slash in ("/", "每")
    for weight, kilograms in _KILOGRAMS.items()
    if kilograms in _PER_KILOGRAM
}

UNITS: Mapping[Kind, Mapping[str, Decimal]] = {
    Kind.WEIGHT: _KILOGRAMS,
    Kind.MONEY: _YUAN,
    Kind.PRICE: _PRICES,
    Kind.AREA: _MU,
}
USUAL_UNITS: Mapping[Kind, Words] = {
    Kind.WEIGHT: Words("公斤", "kg"),
    Kind.MONEY: Words("元", "yuan"),
    Kind.PRICE: Words("元/公斤", "yuan/kg"),
    Kind.AREA: Words("亩", "mu"),
}
_QUANTITIES: Mapping[Kind, Callable[[Decimal], int]] = {
    Kind.WEIGHT: Grams.from_kg,
    Kind.MONEY: Fen.from_yuan,
    Kind.PRICE: Fen.from_yuan,
    Kind.AREA: Centimu.from_mu,
}
_SMALLEST = {
    Kind.WEIGHT: GRAMS_PER_KG,
    Kind.MONEY: FEN_PER_YUAN,
    Kind.PRICE: FEN_PER_YUAN,
    Kind.AREA: CENTIMU_PER_MU,
}
_TRAILING_UNIT = re.compile(r"^(.*?[0-9.])([^0-9.]+)$", re.DOTALL)


def unit_words(column: Column) -> Words | None:
    """The unit a template shows in the heading, if the column has one."""
    return column.unit or USUAL_UNITS.get(column.kind)


def unit_text(text: str) -> str:
    """A unit as the tables spell it: half-width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def quantity(kind: Kind, written: str | Decimal, unit: str) -> int:
    """Grams, fen, fen per kilogram or centimu of a number people wrote, exactly; a unit behind it wins over `unit`.

    Refused: not a number, negative, too large, or a part of the smallest unit.
    """
    factors = UNITS[kind]
    if isinstance(written, str):
        written, unit = _split(written, factors, unit)
        exact = decimal(written)
    else:
        exact = written
    exact *= factors[unit]
    smallest = exact * _SMALLEST[kind]
    if 0 <= smallest <= QUANTITY_MAX and smallest == (whole := int(smallest)):
        return whole
    # Not one of ours: the type itself says why.
    return int(_QUANTITIES[kind](exact))


def _split(written: str, factors: Mapping[str, Decimal], unit: str) -> tuple[str, str]:
    text = unit_text(written)
    tail = _TRAILING_UNIT.match(text)
    if tail and tail[2] in factors:
        text, unit = tail[1], tail[2]
    # ¥ and its like are also written in front of the number.
    return text.removeprefix("¥"), unit
