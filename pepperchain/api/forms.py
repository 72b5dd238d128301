"""What each endpoint reads. Field names are the contract; units are in the names."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema

from pepperchain.climate.rules import figures
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.harvest import rules as trade
from pepperchain.market.rules import Sort
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    Moment,
    OptionalText,
    RegistryId,
    Text,
    Whole,
    WholeFen,
    WholeGrams,
    one_of,
    told,
)  # fmt: skip
from pepperchain.web.forms import Form
from pepperchain.web.paging import LIMIT, LIMIT_MAX

if TYPE_CHECKING:
    FormCode = str
    GradeCode = str
    CultivarCode = str
else:
    FormCode, GradeCode, CultivarCode = one_of(trade.forms), one_of(trade.grades), one_of(trade.cultivars)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_DAY: TypeAdapter[date] = TypeAdapter(Day)


def _moment_or_day(value: Any) -> datetime:
    try:
        return clock.day_start(_DAY.validate_python(value))
    except ValidationError:
        return _MOMENT.validate_python(value)


MomentOrDay = Annotated[
    datetime, PlainValidator(_moment_or_day), WithJsonSchema({"type": "string", "format": "date-time"})
]
Limit = Annotated[Whole, Field(ge=1, le=LIMIT_MAX)]
Search = Annotated[str, Field(min_length=1, max_length=60)]
CardNumber = Annotated[str, Field(min_length=1, max_length=40)]
Cursor = Annotated[str, Field(max_length=600)]


class GrowerSearch(Form):
    """Name, pinyin, initials, phone tail or card number, as typed so far."""

    q: Search
    limit: Limit = 20


class NewWeighIn(Form):
    """A slip. Give `household_card` or `household_id`. Without `weighed_at` it is weighed now."""

    id: EventId
    household_card: CardNumber | None = None
    household_id: RegistryId | None = None
    site_id: RegistryId
    form: FormCode
    grade: GradeCode
    cultivar: CultivarCode
    gross_grams: WholeGrams
    tare_grams: WholeGrams = trade.NOTHING
    deduction_grams: WholeGrams = trade.NOTHING
    bags: Whole | None = None
    moisture_permille: Whole | None = None
    picked_at: Moment
    weighed_at: Moment | None = None
    price_fen_per_kg: WholeFen | None = None
    plot_id: RegistryId | None = None
    deliverer_id: RegistryId | None = None
    device: OptionalText = None


class WeighInList(Form):
    """Which slips: days are inclusive and on Jiangjin's calendar."""

    first_day: Day | None = None
    last_day: Day | None = None
    site_id: RegistryId | None = None
    household_id: RegistryId | None = None
    form: FormCode | None = None
    grade: GradeCode | None = None
    unpriced: Flag = False
    voided: Flag | None = None
    cursor: Cursor | None = None
    limit: Limit = LIMIT


class StockSearch(Form):
    """What can be bought now. `township` is an id or a name; `picked_since` a moment, or a day from its beginning."""

    form: FormCode | None = None
    grade: GradeCode | None = None
    cultivar: CultivarCode | None = None
    township: Search | None = None
    site: RegistryId | None = None
    min_grams: WholeGrams | None = None
    picked_since: MomentOrDay | None = None
    max_price_fen_per_kg: WholeFen | None = None
    fresh_only: Flag = False
    sort: Sort = Sort.NEWEST
    cursor: Cursor | None = None
    limit: Limit = LIMIT


class RoomSearch(Form):
    """Rooms that take a form and have space on every day from `from` up to, not including, `to`; today unless given, never a day past."""

    called: ClassVar[Mapping[str, str]] = {"from_on": "from", "to_on": "to"}

    form: FormCode | None = None
    free_grams: WholeGrams = trade.NOTHING
    from_on: Day | None = None
    to_on: Day | None = None
    cursor: Cursor | None = None
    limit: Limit = LIMIT


class NewRoomBooking(Form):
    """Space of a room from a day up to, not including, another. The same id again is the same booking."""

    called: ClassVar[Mapping[str, str]] = {"from_on": "from", "to_on": "to"}

    id: EventId
    room_id: RegistryId
    form: FormCode
    grams: WholeGrams
    from_on: Day
    to_on: Day


def _rows(value: Any) -> list[Any]:
    most = figures().batch_readings_max
    if not isinstance(value, list) or not 0 < len(value) <= most:
        raise Refused(N_("A list of one up to %(most)s readings."), most=most)
    return value


_READING = {
    "type": "object",
    "properties": {
        "sensor": {"type": "string", "maxLength": 40},
        "taken_at": {"type": "string", "format": "date-time"},
        "decidegrees": {"type": "integer"},
        "humidity_permille": {"type": "integer"},
        "door_open": {"type": "boolean"},
    },
    "required": ["sensor", "taken_at"],
}
Readings = Annotated[
    Any,  # and not a list: forms take a single value for a list of one, and drop what is null
    PlainValidator(told(_rows)),
    WithJsonSchema(
        {"type": "array", "items": _READING, "minItems": 1, "maxItems": figures().batch_readings_max}
    ),
]


class NewReadings(Form):
    """A batch of readings, each of one sensor at one moment with one value: tenths of a degree Celsius, permille of humidity, or a door.

    Rows are judged one by one: what cannot be taken is told and the rest is taken. A null value is as good as none.
    """

    id: EventId
    readings: Readings


def fingerprint(readings: list[Any]) -> str:
    """Over all that was sent, so that an id sent again with another content is noticed."""
    plain = json.dumps(readings, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class NewReversal(Form):
    """Why a slip does not count."""

    id: EventId
    reason: Text
