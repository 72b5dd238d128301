"""The types forms are made of: each takes what people type and gives a domain value, or refuses in our words.

    class WeighIn(Form):
        id: EventId
        gross: Kilograms
        picked_at: Moment
        note: OptionalText = None

Enums and literals need no type from here: pydantic takes their values as they are.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import QUANTITY_MAX, Centimu, Fen, Grams, decimal
from pepperchain.core.words import N_

T = TypeVar("T")

TOLD = "told"
BIGINT_MAX = 2**63 - 1
YEARS = range(1950, 2101)
BIRTH_YEARS = range(1900, 2101)


class WeightInUnit:
    """Marks a weight whose unit a companion field `<name>_unit` may carry (`kg` or `jin`)."""


def told(parse: Callable[[Any], T]) -> Callable[[Any], T]:
    """`parse` with its Refused as an error pydantic collects, so that all fields are told at once."""

    def parsed(value: Any) -> T:
        try:
            return parse(value)
        except Refused as refused:
            context = {"msgid": refused.message, **refused.facts}
            raise PydanticCustomError(TOLD, "{msgid}", context) from None

    return parsed


def _text(value: Any) -> str:
    """What was typed; numbers of JSON and of sheets as their exact text."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    raise Refused(N_("This is not written as expected."))


def _kilograms(value: Any) -> Grams:
    return value if isinstance(value, Grams) else Grams.from_kg(_text(value))


_UNITS = {
    "": Grams.from_kg, "kg": Grams.from_kg, "公斤": Grams.from_kg, "千克": Grams.from_kg,
    "jin": Grams.from_jin, "斤": Grams.from_jin,
}  # fmt: skip
_WEIGHT = re.compile(r"(?P<number>.*?)\s*(?P<unit>kg|公斤|千克|jin|斤|)", re.IGNORECASE | re.DOTALL)


def _weight(value: Any) -> Grams:
    if isinstance(value, Grams):
        return value
    match = _WEIGHT.fullmatch(unicodedata.normalize("NFKC", _text(value)).strip())
    assert match is not None, "the pattern takes any text"
    return _UNITS[match["unit"].lower()](match["number"])


def _yuan(value: Any) -> Fen:
    return value if isinstance(value, Fen) else Fen.from_yuan(_text(value))


def _mu(value: Any) -> Centimu:
    return value if isinstance(value, Centimu) else Centimu.from_mu(_text(value))


def _number_schema(description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": ["52.30"]})


Kilograms = Annotated[Grams, PlainValidator(told(_kilograms)), _number_schema("kilograms, to the gram")]
Jin = Annotated[
    Grams,
    PlainValidator(told(lambda value: value if isinstance(value, Grams) else Grams.from_jin(_text(value)))),
    _number_schema("jin of 500 g, to the gram"),
]
Weight = Annotated[
    Grams, PlainValidator(told(_weight)), WeightInUnit(), _number_schema("a weight; kg unless it says jin")
]
Yuan = Annotated[Fen, PlainValidator(told(_yuan)), _number_schema("yuan, to the fen")]
YuanPerKg = Annotated[Fen, PlainValidator(told(_yuan)), _number_schema("yuan for a kilogram, to the fen")]
Mu = Annotated[Centimu, PlainValidator(told(_mu)), _number_schema("mu, to the hundredth")]


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    exact = decimal(_text(value), signed=True)
    if exact != exact.to_integral_value():
        raise Refused(N_("Write a whole number."))
    return int(exact)


_WHOLE = BeforeValidator(told(_whole))

Whole = Annotated[int, _WHOLE, Field(ge=0, le=10**9)]
RegistryId = Annotated[int, _WHOLE, Field(ge=1, le=BIGINT_MAX)]
WholeGrams = Annotated[int, _WHOLE, Field(ge=0, le=QUANTITY_MAX), AfterValidator(Grams)]
WholeFen = Annotated[int, _WHOLE, Field(ge=0, le=QUANTITY_MAX), AfterValidator(Fen)]
EventId = UUID


def scaled(places: int, low: int, high: int) -> Any:
    """A signed number kept as a whole count of 10**-places, such as a temperature in hundredths of a degree."""

    def parse(value: Any) -> int:
        exact = decimal(_text(value), signed=True) * 10**places
        if exact != exact.to_integral_value():
            raise Refused(N_("At most %(places)s decimals."), places=places)
        if not low <= exact <= high:
            raise Refused(
                N_("This must be between %(low)s and %(high)s."),
                low=Decimal(low).scaleb(-places),
                high=Decimal(high).scaleb(-places),
            )
        return int(exact)

    return Annotated[int, PlainValidator(told(parse)), _number_schema(f"a number with {places} decimals")]


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).strip().lower()
    if word in ("on", "true", "yes", "1", "是"):
        return True
    if word in ("off", "false", "no", "0", "否"):
        return False
    raise Refused(N_("Answer yes or no."))


Flag = Annotated[bool, BeforeValidator(told(_flag))]
"""A tick box: give it the default False, since an empty box sends nothing."""


_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{9,11}|[2-8][0-9]{6,7}|400[0-9]{7}")


def _digits(value: Any) -> str:
    plain = unicodedata.normalize("NFKC", _text(value))
    digits = re.sub(r"[\s()\-‐–—]", "", plain)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    return digits


def _phone(value: Any) -> str:
    digits = _digits(value)
    if not _MOBILE.fullmatch(digits):
        raise Refused(N_("A mobile number has 11 digits and begins with 1."))
    return digits


def _telephone(value: Any) -> str:
    digits = _digits(value)
    if not _MOBILE.fullmatch(digits) and not _LANDLINE.fullmatch(digits):
        raise Refused(N_("Write a mobile number, or a fixed line with its area code."))
    return digits


Phone = Annotated[
    str, PlainValidator(told(_phone)), WithJsonSchema({"type": "string", "pattern": _MOBILE.pattern})
]
Telephone = Annotated[str, PlainValidator(told(_telephone)), WithJsonSchema({"type": "string"})]


_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?")


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return clock.local_day(value) if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", _text(value)).strip())
    if match is None:
        raise Refused(N_("Write a day, for example 2026-06-10."))
    year, month, day = map(int, match.groups())
    try:
        if year not in BIRTH_YEARS:
            raise ValueError(year)
        return date(year, month, day)
    except ValueError:
        raise Refused(N_("There is no such day.")) from None


def _moment(value: Any) -> datetime:
    """An aware moment in UTC; without a zone it is Jiangjin's wall clock."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=clock.ZONE)).astimezone(UTC)
    text = unicodedata.normalize("NFKC", _text(value)).strip()
    day_text, time_text = _split_moment(text)
    on, match = _day(day_text), _TIME.fullmatch(time_text)
    if on.year not in YEARS:
        raise Refused(N_("There is no such day."))
    if match is None:
        raise Refused(N_("Write a day and a time, for example 2026-06-10 18:42."))
    hour, minute, second, zone = match.groups()
    try:
        wall = datetime(
            on.year, on.month, on.day, int(hour), int(minute), int(second or 0), tzinfo=clock.ZONE
        )
        if zone:
            wall = datetime.fromisoformat(f"{wall:%Y-%m-%dT%H:%M:%S}{zone}")
    except ValueError:
        raise Refused(N_("There is no such time of day.")) from None
    return wall.astimezone(UTC)


def _split_moment(text: str) -> tuple[str, str]:
    for mark in ("T", "t", "日"):
        before, found, after = text.partition(mark)
        if found:
            return before, after.strip()
    before, _, after = text.rpartition(" ")
    return before, after


Day = Annotated[date, PlainValidator(told(_day)), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime, PlainValidator(told(_moment)), WithJsonSchema({"type": "string", "format": "date-time"})
]


def _one_line(value: Any) -> str:
    return " ".join(_text(value).split())


Text = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(told(_one_line))]
OptionalText = Text | None
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2_000), BeforeValidator(told(_text))]
OptionalLongText = LongText | None


def one_of(codes: Callable[[], Collection[str]]) -> Any:
    """A code from a list that is only known at run time, such as the grades of config/."""

    def parse(value: Any) -> str:
        code = _text(value).strip()
        if code not in codes():
            raise Refused(N_("Choose one of the list."))
        return code

    return Annotated[str, PlainValidator(told(parse)), WithJsonSchema({"type": "string"})]
