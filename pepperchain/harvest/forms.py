"""The scale's forms: what weighers, price setters and readers of lists type, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl, urlencode

from pydantic import Field

from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.queries import Filters
from pepperchain.harvest.rules import NOTHING, cultivars, forms, grades, practices
from pepperchain.harvest.slips import NewSlip
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    Moment,
    OptionalText,
    RegistryId,
    Text,
    Weight,
    Whole,
    YuanPerKg,
    one_of,
    scaled,
)
from pepperchain.web.forms import Form, read

CHOICES_LENGTH_MAX = 400
PICKED_BEFORE = timedelta(hours=3)
PICKED_KEPT = timedelta(hours=12)

ROLLS_MM = ("58", "80")
GROUPINGS = ("village", "township", "cultivar", "season", "practice", "plot")

if TYPE_CHECKING:
    Code = str
    Grade = str
    Cultivar = str
    Practice = str
    Grouping = str
    Permille = int
    Roll = str
    Rows = int
else:
    Code, Grade, Cultivar, Practice = one_of(forms), one_of(grades), one_of(cultivars), one_of(practices)
    Grouping = one_of(lambda: GROUPINGS)
    Permille = scaled(1, 0, 1000)
    Roll = one_of(lambda: ROLLS_MM)
    Rows = Annotated[Whole, Field(ge=1)]


class WeighIn(Form):
    """One weighing, as the phone sends it."""

    id: EventId
    site_id: RegistryId
    household_id: RegistryId | None = None
    card_number: OptionalText = None
    deliverer_id: RegistryId | None = None
    plot_id: RegistryId | None = None
    form: Code
    grade: Grade
    cultivar: Cultivar
    gross: Weight
    tare: Weight = NOTHING
    deduction: Weight = NOTHING
    bags: Whole | None = None
    moisture: Permille | None = None
    picked_at: Moment
    weighed_at: Moment | None = None
    price: YuanPerKg | None = None

    def slip(self, *, device: str | None = None) -> NewSlip:
        """What the verb takes. Refused when neither a grower was chosen nor a card scanned."""
        values = self.values()
        if self.household_id is None and self.card_number is None:
            raise Refused(
                "Choose the grower first: type two letters, or the last four digits of the phone.",
                "household_id",
            )
        moisture, price = values.pop("moisture"), values.pop("price")
        return NewSlip(**values, moisture_permille=moisture, price_fen_per_kg=price, device=device)


class Start(Form):
    """Where the scale's page stands: the site, what was typed to find a grower, who was chosen, the form's own id."""

    q: OptionalText = None
    site_id: RegistryId | None = None
    household_id: RegistryId | None = None
    id: EventId | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Start":
        """As far as it can be read; a damaged address starts afresh."""
        try:
            return read(cls, data)
        except Refused:
            return cls()


def flattened(data: Mapping[str, Any]) -> dict[str, Any]:
    """The phone's form with what hangs on its choices: each form has its own grades, each grower their own plots."""
    sent = dict(data)
    household = sent.get("household_id")
    for name, choice in (("grade", sent.get("form")), ("plot_id", household), ("deliverer_id", household)):
        if not sent.get(name) and choice:
            sent[name] = sent.get(f"{name}_{choice}")
    return sent


@dataclass(frozen=True, slots=True)
class Choices:
    """What the last slip was like, so that the next one starts there. Kept by the device, in a cookie."""

    site_id: int | None = None
    form: str = "fresh"
    grade: str = "grade_1"
    cultivar: str = "jiuyeqing"
    tare: Grams | None = None
    price: Fen | None = None
    picked_at: datetime | None = None

    @classmethod
    def after(cls, slip: NewSlip, *, keep_tare: bool) -> "Choices":
        """What to start the next slip with."""
        price = None if slip.price_fen_per_kg is None else Fen(slip.price_fen_per_kg)
        tare = slip.tare if keep_tare else None
        return cls(slip.site_id, slip.form, slip.grade, slip.cultivar, tare, price, slip.picked_at)

    @classmethod
    def read(cls, text: str, *, now: datetime) -> "Choices":
        """What a device remembers, as far as it still makes sense."""
        kept = dict(parse_qsl(text)) if len(text) <= CHOICES_LENGTH_MAX else {}
        site, picked = _number(kept.get("site")), _number(kept.get("picked"))
        tare, price = _number(kept.get("tare")), _number(kept.get("price"))
        choices = cls(
            site_id=site,
            tare=None if tare is None else Grams(tare),
            price=None if price is None else Fen(price),
        )
        if kept.get("form") in forms() and kept.get("grade") in forms()[kept["form"]].grades:
            choices = replace(choices, form=kept["form"], grade=kept["grade"])
        if kept.get("cultivar") in cultivars():
            choices = replace(choices, cultivar=kept["cultivar"])
        if picked is not None and to_start(now) - PICKED_KEPT < clock.from_ms(picked) <= now:
            choices = replace(choices, picked_at=clock.from_ms(picked))
        return choices

    def written(self) -> str:
        """For the cookie."""
        pairs = {
            "site": self.site_id, "form": self.form, "grade": self.grade, "cultivar": self.cultivar,
            "tare": None if self.tare is None else int(self.tare),
            "price": None if self.price is None else int(self.price),
            "picked": None if self.picked_at is None else clock.to_ms(self.picked_at),
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value is not None})

    def tare_text(self, unit: str) -> str:
        """The kept tare as it is typed, in kilograms or 斤."""
        if self.tare is None:
            return ""
        return f"{self.tare.jin if unit == 'jin' else self.tare.kg:f}"

    @property
    def price_text(self) -> str:
        """The kept price as it is typed, in yuan."""
        return "" if self.price is None else f"{self.price.yuan:.2f}"

    def picked(self, now: datetime) -> datetime:
        """When the next slip's pepper was probably picked."""
        return self.picked_at or to_start(now) - PICKED_BEFORE


def to_start(now: datetime) -> datetime:
    """The hour that has begun."""
    return now.replace(minute=0, second=0, microsecond=0)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else None


class Void(Form):
    """Taking a slip back."""

    request_id: EventId
    reason: Text


class Price(Form):
    """The price of one slip."""

    price: YuanPerKg


class DayPrice(Form):
    """The price of a day's slips of a product."""

    day: Day
    product_id: RegistryId
    price: YuanPerKg
    instead_of: Whole | None = None


class SlipSearch(Form):
    """What a list of slips is narrowed to; the address is the state."""

    day: Day | None = None
    until: Day | None = None
    site_id: RegistryId | None = None
    household_id: RegistryId | None = None
    cooperative_id: RegistryId | None = None
    township_id: RegistryId | None = None
    form: Code | None = None
    grade: Grade | None = None
    unpriced: Flag = False
    voided: Flag = False

    def filters(self) -> Filters:
        """For the query: one day, or from a day until another."""
        return Filters(
            first_day=self.day, last_day=self.until or self.day, site_id=self.site_id,
            household_id=self.household_id, cooperative_id=self.cooperative_id, township_id=self.township_id,
            form=self.form, grade=self.grade, unpriced=self.unpriced, voided=True if self.voided else None,
        )  # fmt: skip


class Paper(Form):
    """How wide the roll is, in millimetres; none is a page for the browser to print."""

    width: Roll | None = None

    @property
    def width_mm(self) -> int | None:
        return None if self.width is None else int(self.width)


class YieldSearch(Form):
    """What yields are grouped by and narrowed to."""

    by: Grouping = "village"
    season: Whole | None = None
    township_id: RegistryId | None = None
    village_id: RegistryId | None = None
    cultivar: Cultivar | None = None
    practice: Practice | None = None


SPAN_DAYS_MAX = 366


class DayChoice(Form):
    """Which day is looked at."""

    day: Day | None = None


class DaySpan(DayChoice):
    """A day, or from a day until another."""

    until: Day | None = None

    def days(self, today: date) -> list[date]:
        """The days meant, in their order; a year of them at most."""
        first = self.day or today
        last = min(self.until or first, first + timedelta(days=SPAN_DAYS_MAX))
        return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def household_of(sent: Mapping[str, Any]) -> None:
    """Raises Refused when neither a grower was chosen nor a card scanned."""
    if not sent.get("household_id") and not sent.get("card_number"):
        raise Refused(
            "Choose the grower first: type two letters, or the last four digits of the phone.", "household_id"
        )


class Length(Form):
    """How many rows a list should have."""

    rows: Rows | None = None
