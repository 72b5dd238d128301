"""A slip before it is written: what is sent, what it must be, and the hash by which the same slip is known again."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import Fen, Grams, value_of
from pepperchain.core.words import N_
from pepperchain.harvest.rules import NOTHING, bounds, forms, wrong_price

DEVICE_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSlip:
    """A weigh-in as it is sent: who, where, what and how much. `id` is made by whoever sends it."""

    id: UUID
    site_id: int
    form: str
    grade: str
    cultivar: str
    gross: Grams
    picked_at: datetime
    household_id: int | None = None
    card_number: str | None = None
    deliverer_id: int | None = None
    plot_id: int | None = None
    tare: Grams = NOTHING
    deduction: Grams = NOTHING
    bags: int | None = None
    moisture_permille: int | None = None
    weighed_at: datetime | None = None
    price_fen_per_kg: int | None = None
    device: str | None = None

    @property
    def net(self) -> Grams:
        return Grams(int(self.gross) - int(self.tare) - int(self.deduction))

    @property
    def amount(self) -> Fen | None:
        return None if self.price_fen_per_kg is None else value_of(self.net, self.price_fen_per_kg)


Said = Sequence[Any]


def plain(slip: NewSlip) -> Said:
    """A slip as JSON keeps it, among a hundred thousand: its values in the order of `from_plain`."""
    weighed_at, price = slip.weighed_at, slip.price_fen_per_kg
    return (
        str(slip.id), slip.site_id, slip.form, slip.grade, slip.cultivar, int(slip.gross), clock.to_ms(slip.picked_at),
        slip.household_id, slip.card_number, slip.deliverer_id, slip.plot_id, int(slip.tare), int(slip.deduction), slip.bags,
        slip.moisture_permille, None if weighed_at is None else clock.to_ms(weighed_at), None if price is None else int(price),
        slip.device,
    )  # fmt: skip


def from_plain(said: Said) -> NewSlip:
    """The slip again."""
    (
        id, site_id, form, grade, cultivar, gross, picked_at, household_id, card_number, deliverer_id, plot_id, tare, deduction, bags,
        moisture, weighed_at, price, device,
    ) = said  # fmt: skip
    return NewSlip(
        id=UUID(id), site_id=site_id, form=form, grade=grade, cultivar=cultivar, gross=Grams(gross),
        picked_at=clock.from_ms(picked_at), household_id=household_id, card_number=card_number, deliverer_id=deliverer_id,
        plot_id=plot_id, tare=Grams(tare), deduction=Grams(deduction), bags=bags, moisture_permille=moisture,
        weighed_at=None if weighed_at is None else clock.from_ms(weighed_at), price_fen_per_kg=price, device=device,
    )  # fmt: skip


def content_hash(slip: NewSlip) -> str:
    """Over all that was sent. A weighing time left to the server is not part of it, or no retry would ever match."""
    said = (
        slip.site_id, slip.household_id, slip.card_number, slip.deliverer_id, slip.plot_id, slip.form, slip.grade, slip.cultivar,
        int(slip.gross), int(slip.tare), int(slip.deduction), slip.bags, slip.moisture_permille, clock.to_ms(slip.picked_at),
        slip.weighed_at and clock.to_ms(slip.weighed_at),
        None if slip.price_fen_per_kg is None else int(slip.price_fen_per_kg), slip.device,
    )  # fmt: skip
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def check(slip: NewSlip, *, now: datetime) -> None:
    """Raises Invalid with one helpful sentence for each field that cannot be."""
    errors = [*_wrong_weights(slip), *_wrong_product(slip), *_wrong_times(slip, now), *_wrong_rest(slip)]
    if errors:
        raise Invalid(errors)


def _wrong_weights(slip: NewSlip) -> Iterator[Refused]:
    limits = bounds()
    if slip.gross < 0 or slip.tare < 0 or slip.deduction < 0:
        field = "gross" if slip.gross < 0 else "tare" if slip.tare < 0 else "deduction"
        yield Refused("This cannot be less than zero.", field)
    elif slip.gross == 0:
        yield Refused("Write what the scale shows, packing included.", "gross")
    elif slip.gross > limits.gross_grams_max:
        yield Refused(
            "%(gross)s is more than this scale can carry (%(max)s). Was it meant in 斤, or is a point missing?", "gross",
            gross=slip.gross, max=Grams(limits.gross_grams_max),
        )  # fmt: skip
    elif slip.tare > slip.gross:
        yield Refused(
            "The tare is more than the gross: were the two swapped?", "tare", tare=slip.tare, gross=slip.gross
        )
    elif slip.tare == slip.gross:
        yield Refused("Nothing is left after the tare: is the gross the loaded weight?", "tare")
    elif slip.tare * 1000 > slip.gross * limits.tare_permille_max:
        yield Refused("The packing would weigh more than the pepper: look at the tare again.", "tare")
    elif slip.deduction >= slip.gross - slip.tare:
        yield Refused("The deduction leaves no pepper: it must be less than gross minus tare.", "deduction")
    elif slip.deduction * 1000 > (slip.gross - slip.tare) * limits.deduction_permille_max:
        yield Refused("More than half would be taken off: look at the deduction again.", "deduction")


def _wrong_product(slip: NewSlip) -> Iterator[Refused]:
    form = forms().get(slip.form)
    if form is None:
        yield Refused("Choose fresh, preserved-fresh or dry.", "form")
    elif slip.grade not in form.grades:
        yield Refused("This form has no such grade.", "grade")


def _wrong_times(slip: NewSlip, now: datetime) -> Iterator[Refused]:
    limits = bounds()
    ahead = timedelta(minutes=limits.clock_ahead_minutes_max)
    weighed_at = slip.weighed_at or now
    if weighed_at > now + ahead:
        yield Refused("The weighing time is in the future.", "weighed_at")
    elif weighed_at < now - timedelta(days=limits.weighed_days_max):
        yield Refused(
            "This is too long ago: slips are taken up to %(days)s days back.", "weighed_at",
            days=limits.weighed_days_max,
        )  # fmt: skip
    elif slip.picked_at > weighed_at + ahead:
        yield Refused("It cannot have been picked after it was weighed.", "picked_at")
    else:
        form = forms().get(slip.form)
        if form is not None and weighed_at - slip.picked_at > timedelta(hours=form.picked_hours_max):
            yield Refused(
                "Picked more than %(span)s before weighing: check the day, or choose another form.",
                "picked_at", span=timedelta(hours=form.picked_hours_max),
            )  # fmt: skip


def _wrong_rest(slip: NewSlip) -> Iterator[Refused]:
    limits = bounds()
    price = slip.price_fen_per_kg
    if price is not None:
        yield from wrong_price(price)
    if slip.bags is not None and not 1 <= slip.bags <= limits.bags_max:
        yield Refused("Bags are counted from 1 to %(max)s.", "bags", max=limits.bags_max)
    if slip.moisture_permille is not None and not 0 <= slip.moisture_permille <= limits.moisture_permille_max:
        yield Refused(
            "Moisture is a percentage between 0 and %(max)s.",
            "moisture",
            max=limits.moisture_permille_max // 10,
        )
    if slip.device is not None and len(slip.device) > DEVICE_LENGTH_MAX:
        yield Refused("The name of the device is too long.", "device")


def unusual(slip: NewSlip, *, now: datetime) -> list[tuple[str, str]]:
    """Field and question for what can be, but is worth a second look. Nothing here refuses."""
    limits = bounds()
    found: list[tuple[str, str]] = []
    if slip.gross > limits.gross_grams_usual:
        found.append(("gross", N_("That is a lot for one weighing: in kilograms?")))
    if slip.tare * 1000 > slip.gross * limits.tare_permille_usual:
        found.append(("tare", N_("The tare is a large part of the gross.")))
    form = forms().get(slip.form)
    if form is not None and (slip.weighed_at or now) - slip.picked_at > timedelta(
        hours=form.picked_hours_usual
    ):
        found.append(("picked_at", N_("Picked long ago for this form.")))
    price = slip.price_fen_per_kg
    if (
        price is not None
        and not limits.price_fen_per_kg_usual_min <= price <= limits.price_fen_per_kg_usual_max
    ):
        found.append(("price", N_("An unusual price: for a kilogram, not for a 斤?")))
    return found
