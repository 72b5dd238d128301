"""How values look on a page: numbers with narrow spaces between thousands, moments on Jiangjin's clock, masked names.

Number filters give the number alone, so that a table's head can carry the unit; `weight`, `money` and `area` carry it.
`None` is a dash. Everything is integer arithmetic: these run once for each cell of long tables.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from pepperchain.core import clock
from pepperchain.core.errors import Told
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.web.i18n import Language, gettext, ngettext, reader

NARROW_SPACE = "\u202f"  # does not break, and reads as a thousands mark in both languages
NO_BREAK_SPACE = "\u00a0"
NOTHING = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_UNGROUPED_MAX = 999
_MINUTE_MS = 60_000

Moment = datetime | int  # an aware datetime, or milliseconds as the database keeps them


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", NARROW_SPACE) if whole > _UNGROUPED_MAX else str(whole)


def _fixed(amount: int, places: int) -> str:
    """A whole number of 10**-places as text: _fixed(5230, 2) is 52.30."""
    sign = "−" if amount < 0 else ""
    whole, part = divmod(abs(amount), 10**places)
    return f"{sign}{_grouped(whole)}.{part:0{places}d}"


def _trimmed(amount: int, places: int) -> str:
    return _fixed(amount, places).rstrip("0").rstrip(".")


def kg(grams: int | None) -> str:
    """Kilograms with two decimals; three when grams would otherwise vanish."""
    if grams is None:
        return NOTHING
    return _fixed(grams, 3) if grams % 10 else _fixed(int(grams) // 10, 2)


def jin(grams: int | None) -> str:
    """斤 with two decimals; three when grams would otherwise vanish."""
    if grams is None:
        return NOTHING
    return _fixed(grams * 2, 3) if grams % 5 else _fixed(int(grams) // 5, 2)


def tonnes(grams: int | None) -> str:
    """Tonnes with at most two decimals and no idle zeros: for room and stock, where a kilogram is noise."""
    if grams is None:
        return NOTHING
    rounded = (abs(int(grams)) + 5_000) // 10_000
    return _trimmed(-rounded if grams < 0 else rounded, 2)


def yuan(fen: int | None) -> str:
    """Yuan with two decimals."""
    return NOTHING if fen is None else _fixed(fen, 2)


def price(fen_per_kg: int | None) -> str:
    """Yuan per kilogram with two decimals."""
    return NOTHING if fen_per_kg is None else _fixed(fen_per_kg, 2)


def price_jin(fen_per_kg: int | None) -> str:
    """The same price for one 斤; a third decimal when half a fen is left."""
    if fen_per_kg is None:
        return NOTHING
    return _fixed(fen_per_kg * 5, 3) if fen_per_kg % 2 else _fixed(int(fen_per_kg) // 2, 2)


def mu(centimu: int | None) -> str:
    """Mu with at most two decimals and no idle zeros."""
    return NOTHING if centimu is None else _trimmed(centimu, 2)


def weight(grams: int | None) -> str:
    """A weight in words, in the unit the reader chose."""
    if grams is None:
        return NOTHING
    if reader().unit == "jin":
        return jin(grams) + NO_BREAK_SPACE + gettext("jin")
    return kg(grams) + NO_BREAK_SPACE + gettext("kg")


def typed_weight(grams: Grams | None) -> str:
    """A weight as the reader would type it, for a field that is shown filled in."""
    if grams is None:
        return ""
    return f"{(grams.jin if reader().unit == 'jin' else grams.kg).normalize():f}"


def money(fen: int | None) -> str:
    """An amount of money with its sign."""
    return NOTHING if fen is None else f"¥{NARROW_SPACE}{yuan(fen)}"


def area(centimu: int | None) -> str:
    """An area with its unit."""
    return NOTHING if centimu is None else mu(centimu) + NO_BREAK_SPACE + gettext("mu")


def count(number: int | None, cap: int | None = None) -> str:
    """A count; above `cap`, the cap and a plus: lists never count further than that."""
    if number is None:
        return NOTHING
    return f"{_grouped(cap)}+" if cap is not None and number > cap else _grouped(number)


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in whole percent, never 100 before it is full and never 0 once begun."""
    if whole <= 0:
        return NOTHING
    rounded = (part * 200 + whole) // (whole * 2)
    if 0 < part < whole:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}%"


def ppm(parts: int | None) -> str:
    """Parts per million as percent with one decimal, rounded down: 1,199,000 is 119.9%."""
    if parts is None:
        return NOTHING
    return f"{parts // 10_000}.{parts // 1_000 % 10}%"


def _local(value: Moment) -> datetime:
    """The minute of a moment on Jiangjin's wall clock."""
    return _minute(value // _MINUTE_MS) if isinstance(value, int) else clock.local(value)


@lru_cache(maxsize=8192)  # an evening's slips share a few hundred minutes
def _minute(minutes: int) -> datetime:
    return clock.local(clock.from_ms(minutes * _MINUTE_MS))


def _day_of(value: date | Moment | str) -> date:
    """The calendar day of a moment; a day as rows carry it is text."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, (datetime, int)):
        return _local(value).date()
    return value


def day(value: date | Moment | str | None, *, year: bool | None = None) -> str:
    """A calendar day as people write it; the year only when it is not this one, unless `year` says."""
    if value is None:
        return NOTHING
    on = _day_of(value)
    with_year = on.year != clock.today().year if year is None else year
    return _spelled(on, reader().language, with_year)


@lru_cache(maxsize=2048)
def _spelled(on: date, language: Language, with_year: bool) -> str:
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日" if with_year else f"{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}" if with_year else f"{on.day} {_MONTHS[on.month - 1]}"


def weekday(value: date | Moment | str | None) -> str:
    """The day of the week, short."""
    if value is None:
        return NOTHING
    index = _day_of(value).weekday()
    return f"周{_WEEKDAYS_ZH[index]}" if reader().language == "zh" else _WEEKDAYS[index]


def clock_time(value: Moment | None) -> str:
    """The time of day on Jiangjin's wall clock."""
    if value is None:
        return NOTHING
    at = _local(value)
    return f"{at.hour:02}:{at.minute:02}"


def moment(value: Moment | None, *, year: bool | None = None) -> str:
    """Day and time."""
    return NOTHING if value is None else f"{day(value, year=year)} {clock_time(value)}"


def iso(value: date | Moment | None) -> str:
    """For `<time datetime>` and date inputs: 2026-06-10, or 2026-06-10T18:42+08:00."""
    if value is None:
        return ""
    if isinstance(value, (datetime, int)):
        return _local(value).isoformat(timespec="minutes")
    return value.isoformat()


def local_input(value: Moment | None) -> str:
    """For `<input type="datetime-local">`: Jiangjin's wall clock without a zone."""
    return "" if value is None else f"{_local(value):%Y-%m-%dT%H:%M}"


def duration(span: timedelta | int | None) -> str:
    """A length of time in its two largest units; an int is seconds."""
    if span is None:
        return NOTHING
    seconds = abs(span if isinstance(span, int) else span.days * 86_400 + span.seconds)
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    words = [
        ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days else "",
        ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours} if hours else "",
        gettext("%(count)s min") % {"count": minutes} if minutes and not days else "",
    ]
    return " ".join(word for word in words if word) or gettext("under a minute")


def ago(value: Moment | None, now: datetime | None = None) -> str:
    """How long ago, or how soon, in one unit that fits; a day and time when it is more than a week."""
    if value is None:
        return NOTHING
    then = clock.from_ms(value) if isinstance(value, int) else value
    passed = (now or clock.now()) - then
    if abs(passed) < timedelta(minutes=1):
        return gettext("just now")
    if abs(passed) > timedelta(days=7):
        return day(then)
    seconds = abs(passed.days * 86_400 + passed.seconds)
    step = 60 if seconds < 3_600 else 3_600 if seconds < 86_400 else 86_400
    spelled = duration(seconds // step * step)
    past = passed > timedelta(0)
    return (gettext("%(span)s ago") if past else gettext("in %(span)s")) % {"span": spelled}


def mask_name(name: str | None) -> str:
    """The first character and two stars: enough for those who know the person, not for others."""
    return f"{name[0]}**" if name else NOTHING


def card(number: str | None) -> str:
    """A card number in fours from its end, so that it can be read out."""
    if not number:
        return NOTHING
    first = len(number) % 4
    groups = [number[:first]] * (first > 0) + [
        number[place : place + 4] for place in range(first, len(number), 4)
    ]
    return NO_BREAK_SPACE.join(groups)


def mask_phone(phone: str | None) -> str:
    """The last four digits."""
    return f"···{phone[-4:]}" if phone else NOTHING


def spell(value: object) -> object:
    """A fact of a message as on a page: quantities with their unit, moments and days as people write them."""
    kind = type(value)
    for known, speller in _SPELLERS:
        if kind is known:
            return speller(value)
    if isinstance(value, Enum):
        return gettext(str(getattr(value, "label", value.value)))
    return value


def fill(message: str, facts: Mapping[str, Any]) -> str:
    """A translated message with its `%(name)s` places filled by values spelled for this reader."""
    return message % {name: spell(value) for name, value in facts.items()} if facts else message


def retold(message: str, facts: Mapping[str, Any]) -> str:
    """A message that was kept with its facts, in the language of whoever reads it now."""
    return fill(gettext(message), facts)


def say(told: Told) -> str:
    """What an error says to this reader, its facts spelled as on a page."""
    return fill(gettext(told.message), told.facts)


_SPELLERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Grams, weight),
    (Fen, money),
    (Centimu, area),
    (datetime, moment),
    (date, day),
    (timedelta, duration),
    (int, count),
    (Decimal, lambda number: f"{number:f}"),
)

FILTERS: dict[str, Callable[..., str]] = {
    filter_.__name__: filter_
    for filter_ in (
        kg, jin, tonnes, yuan, price, price_jin, mu, weight, money, area, count, percent, ppm,
        day, weekday, clock_time, moment, iso, local_input, duration, ago, mask_name, mask_phone, card,
    )
}  # fmt: skip

PLAIN = frozenset(FILTERS) - {"card", "mask_name", "mask_phone"}
"""Those that say only digits and words of our own, in which nothing needs escaping."""
