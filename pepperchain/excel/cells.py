"""One cell's content to one typed value, by the kind of its column; what cannot be read exactly is `Unreadable`.

Calamine hands every number over as a binary float. Excel itself keeps fifteen significant digits, so a number is
taken at fifteen digits, as text, and is exact from there on; no arithmetic is ever done on the float.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pepperchain.core.errors import Refused
from pepperchain.core.units import decimal
from pepperchain.core.words import N_
from pepperchain.excel import days, measures
from pepperchain.excel.columns import DIGIT_TEXTS, Column, Kind
from pepperchain.excel.days import Calendar
from pepperchain.excel.problems import Unreadable

Raw = str | int | float | bool | date | datetime | time | timedelta
Value = str | int | bool
Converter = Callable[[Raw], Value | None]

TEXT_MAX = 2000
# Values repeat in a column (villages, grades, days); beyond this many different ones remembering costs more than it saves.
REMEMBERED_MAX = 20_000
# From here on a number has more digits than Excel keeps.
ROUNDED_FROM = 10**15

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_TO_HALF_WIDTH = {
    code: code - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for code in range(ord(first), ord(last) + 1)
}
_ABBREVIATED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
_MOBILE = re.compile(r"1[0-9]{10}")
_LANDLINE = re.compile(r"0[0-9]{9,11}|[48]00[0-9]{7}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_BANK_CARD = re.compile(r"[0-9]{12,19}")
_SEPARATORS = re.compile(r"[\s\-‐-―−]")
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "t", "√", "✓", "✔", "☑", "1"})
_NO = frozenset({"否", "无", "没有", "不是", "错", "n", "no", "false", "f", "×", "x", "✗", "✘", "☒", "0"})


def cleaned(text: str) -> str:
    """Text on one line without invisible characters; letters and digits half-width, Chinese punctuation kept.

    Unreadable: control characters, characters that turn the direction of the text, over 2,000 characters.
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
        if _FORBIDDEN.search(text):
            raise Unreadable("control", N_("This cell holds a hidden control character. Type it again."))
        text = " ".join(text.split())
    elif text[:1] == " " or text[-1:] == " ":
        text = text.strip(" ")
    if _FULL_WIDTH.search(text):
        text = text.translate(_TO_HALF_WIDTH)
    if len(text) > TEXT_MAX:
        raise Unreadable(
            "too_long", N_("This text is longer than %(limit)s characters."), limit=str(TEXT_MAX)
        )
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def exact(number: float) -> Decimal:
    """A number as Excel shows it: fifteen significant digits, exactly."""
    return Decimal(format(number, ".15g"))


def as_written(raw: Raw) -> str:
    """Any cell as text. Unreadable: a number with more digits than Excel keeps, and what `cleaned` refuses."""
    if isinstance(raw, str):
        return cleaned(raw)
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, (int, float)):
        return _digits(raw)
    if isinstance(raw, datetime):
        return days.rounded(raw).isoformat(" ")
    return raw.isoformat() if isinstance(raw, (date, time)) else str(raw)


def _digits(number: float) -> str:
    if abs(number) >= ROUNDED_FROM:
        raise Unreadable(
            "rounded",
            N_("Excel has rounded this number. Set the column's format to Text and type the number again."),
        )
    return format(exact(number), "f")


def converter(column: Column, unit: str, calendar: Calendar, language: str) -> Converter:
    """What reads the cells of `column`. It returns None for a cell with nothing but spaces, and raises Unreadable.

    `unit` is what a bare number means (of the heading, or the column's own).
    """
    simple = _SIMPLE.get(column.kind)
    if simple and column.kind in DIGIT_TEXTS:
        # No two are alike, and none of them is to be kept longer than needed.
        return simple
    return _Memory(simple or _made(column, unit, calendar, language)).__getitem__


class _Memory(dict[Raw, Value | None]):
    """What a converter said to the contents it has met: a dictionary answers for those at once."""

    def __init__(self, convert: Converter) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, raw: Raw) -> Value | None:
        try:
            value = self._convert(raw)
        except Refused as refusal:
            facts = {name: str(fact) for name, fact in refusal.facts.items()}
            raise Unreadable("quantity", refusal.message, **facts) from None
        # True is the same key as 1.0, and False as 0.0, but they do not mean the same.
        if len(self) < REMEMBERED_MAX and raw not in (0, 1):
            self[raw] = value
        return value


def _text(raw: Raw) -> str | None:
    return as_written(raw) or None


def _phone(raw: Raw) -> str | None:
    if isinstance(raw, str) and _MOBILE.fullmatch(raw):
        return raw
    text = _compact(raw)
    if not text:
        return None
    for prefix in ("+86", "0086", "86"):
        if text.startswith(prefix) and len(text) >= len(prefix) + 10:
            text = text.removeprefix(prefix)
            break
    text = text.replace("(", "").replace(")", "")
    if not (_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text)):
        raise Unreadable(
            "phone", N_("This is no telephone number: a mobile number has 11 digits and begins with 1.")
        )
    return text


def _id_number(raw: Raw) -> str | None:
    if isinstance(raw, str) and _ID_NUMBER.fullmatch(raw):
        return raw
    text = _compact(raw).upper()
    if text and not _ID_NUMBER.fullmatch(text):
        raise Unreadable(
            "id_number", N_("An ID number has 18 characters: digits, and perhaps an X at the end.")
        )
    return text or None


def _bank_card(raw: Raw) -> str | None:
    if isinstance(raw, str) and _BANK_CARD.fullmatch(raw):
        return raw
    text = _compact(raw)
    if text and not _BANK_CARD.fullmatch(text):
        raise Unreadable("bank_card", N_("A bank card number is 12 to 19 digits long."))
    return text or None


def _compact(raw: Raw) -> str:
    text = as_written(raw)
    if _ABBREVIATED.fullmatch(text):
        raise Unreadable(
            "rounded", N_("The digits of this number are lost (%(value)s). Type it again."), value=text
        )
    return _SEPARATORS.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text))


def _clock(raw: Raw) -> str | None:
    if isinstance(raw, datetime):
        return _seconds_dropped(days.rounded(raw).time())
    if isinstance(raw, time):
        return _seconds_dropped(days.rounded(datetime.combine(date.min, raw)).time())
    if isinstance(raw, (int, float)):
        return _seconds_dropped(days.clock_of_number(exact(raw)))
    text = as_written(raw)
    return _seconds_dropped(days.clock(text)) if text else None


def _yes_no(raw: Raw) -> bool | None:
    if isinstance(raw, bool):
        return raw
    text = unicodedata.normalize("NFKC", as_written(raw)).casefold()
    if not text:
        return None
    if text not in _YES and text not in _NO:
        raise Unreadable("yes_no", N_("Write Yes or No."))
    return text in _YES


_SIMPLE: dict[Kind, Converter] = {
    Kind.TEXT: _text,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.BANK_CARD: _bank_card,
    Kind.CLOCK: _clock,
    Kind.YES_NO: _yes_no,
}


def _made(column: Column, unit: str, calendar: Calendar, language: str) -> Converter:
    if column.kind is Kind.CHOICE:
        return _choosing(column, language)
    if column.kind is Kind.DAY:
        return lambda raw: _day(raw, calendar)
    if column.kind is Kind.MOMENT:
        return lambda raw: _moment(raw, calendar)
    if column.kind in (Kind.INTEGER, Kind.DECIMAL):
        return _counting(column)
    return lambda raw: _quantity(raw, column.kind, unit)


def _quantity(raw: Raw, kind: Kind, unit: str) -> int | None:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return measures.quantity(kind, exact(raw), unit)
    text = as_written(raw)
    return measures.quantity(kind, text, unit) if text else None


def _counting(column: Column) -> Converter:
    suffixes = tuple(
        measures.unit_text(word) for word in ((column.unit.zh, column.unit.en) if column.unit else ())
    )

    def read(raw: Raw) -> Value | None:
        number = _decimal_of(raw, suffixes)
        if number is None:
            return None
        if column.kind is Kind.DECIMAL:
            return format(number.normalize() if number else Decimal(0), "f")
        if number != number.to_integral_value():
            raise Unreadable("part", N_("Write a whole number."))
        return int(number)

    return read


def _decimal_of(raw: Raw, suffixes: tuple[str, ...]) -> Decimal | None:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return Decimal(_digits(raw))
    text = measures.unit_text(as_written(raw))
    if not text:
        return None
    for suffix in suffixes:
        if suffix and text.endswith(suffix):
            text = text.removesuffix(suffix)
            break
    return decimal(text, signed=True)


def _choosing(column: Column, language: str) -> Converter:
    meanings: dict[str, str] = {}
    for choice in column.choices:
        for name in (choice.value, choice.words.zh, choice.words.en, *choice.aliases):
            meanings.setdefault(_choice_text(name), choice.value)
    offered = "、" if language.startswith("zh") else ", "
    names = [choice.words.in_language(language) for choice in column.choices[:12]]
    listed = offered.join(names) + ("…" if len(column.choices) > len(names) else "")

    def read(raw: Raw) -> Value | None:
        text = _choice_text(as_written(raw))
        if not text:
            return None
        if text not in meanings:
            raise Unreadable("choice", N_("Choose one of these: %(choices)s."), choices=listed)
        return meanings[text]

    return read


def _choice_text(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _day(raw: Raw, calendar: Calendar) -> str | None:
    if isinstance(raw, datetime):
        return calendar.day_of_cell(raw.date()).isoformat()
    if isinstance(raw, date):
        return calendar.day_of_cell(raw).isoformat()
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return calendar.day_of_number(exact(raw)).isoformat()
    text = as_written(raw)
    # What other programs export for a day: a moment at midnight.
    text = re.sub(r"[ T]0{1,2}:00(:00)?$", "", text)
    return calendar.day(text).isoformat() if text else None


def _moment(raw: Raw, calendar: Calendar) -> str | None:
    if isinstance(raw, datetime):
        calendar.day_of_cell(raw.date())
        return _iso(days.rounded(raw))
    if isinstance(raw, date):
        # Calamine gives midnight as a bare day; a weighing at midnight is less likely than a forgotten time.
        raise days.without_time()
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _iso(calendar.moment_of_number(exact(raw)))
    text = as_written(raw)
    return _iso(calendar.moment(text)) if text else None


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _seconds_dropped(moment: time) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")
