"""What keepers and planners type, as values."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from pepperchain.core.errors import Refused
from pepperchain.core.units import QUANTITY_MAX, Grams
from pepperchain.harvest.rules import forms, grades
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load
from pepperchain.storage.conversions import Input, Output
from pepperchain.storage.lot_queries import LotsWanted
from pepperchain.storage.quality_rules import Item
from pepperchain.storage.report_queries import ReportWanted
from pepperchain.storage.rooms import RoomFacts
from pepperchain.storage.rules import Purpose, RoomKind
from pepperchain.storage.standing_queries import StandingWanted
from pepperchain.storage.standing_rules import Age
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    Moment,
    OptionalText,
    RegistryId,
    Telephone,
    Text,
    Weight,
    Whole,
    YuanPerKg,
    one_of,
    scaled,
)
from pepperchain.web.forms import Form

TONNE_DECIMALS = 6

Name = Annotated[Text, StringConstraints(max_length=40)]
Plate = Annotated[Text, StringConstraints(min_length=4, max_length=12, to_upper=True)]
Laboratory = Annotated[Text, StringConstraints(max_length=60)]
Weighed = Annotated[str, StringConstraints(max_length=12)]
"""A weight as it was typed; its unit stands beside it once for all."""

if TYPE_CHECKING:
    Code = str
    Grade = str
    Tonnes = int
    Degrees = int
    Percent = int
    Milligrams = int
    Season = int
else:
    Code = one_of(forms)
    Grade = one_of(grades)
    Tonnes = scaled(TONNE_DECIMALS, 0, QUANTITY_MAX)
    Degrees = scaled(1, -600, 600)
    Percent = scaled(1, 0, 1000)
    Milligrams = scaled(1, 0, 10_000)
    Season = scaled(0, 2000, 2200)


class LotSearch(Form):
    """What a list of lots is narrowed to."""

    form: Code | None = None
    room_id: RegistryId | None = None
    emptied: Flag = False

    def wanted(self) -> LotsWanted:
        return LotsWanted(form=self.form, room_id=self.room_id, emptied=self.emptied)


class RoomChoice(Form):
    """Which room's list is meant."""

    room_id: RegistryId


class ReceiptStart(Form):
    """Where the page of receipts was come from."""

    site_id: RegistryId | None = None
    room_id: RegistryId | None = None


class Receipt(Form):
    """A heap that is put into a room."""

    id: EventId
    site_id: RegistryId
    product_id: RegistryId
    through_number: Whole
    room_id: RegistryId


class Move(Form):
    """A lot, or a part of it, that is carried to another room."""

    id: EventId
    room_id: RegistryId
    grams: Weight | None = None
    reason: OptionalText = None


class Issue(Form):
    """A lot, or a part of it, that is given out."""

    id: EventId
    grams: Weight | None = None
    reason: Text


class Count(Form):
    """What was counted of a lot, and what the book said then."""

    id: EventId
    counted: Weight
    seen: Whole
    reason: Text


class Split(Form):
    """A part of a lot that becomes a lot of its own where it lies."""

    id: EventId
    grams: Weight
    reason: OptionalText = None


class Regrading(Form):
    """The grade that a lot, or a part of it, turned out to have."""

    id: EventId
    grade: Grade
    grams: Weight | None = None
    reason: Text


class Merger(Form):
    """The lots that are poured into one."""

    id: EventId
    with_lots: tuple[RegistryId, ...] = ()


class Blocking(Form):
    """Why a lot is blocked, or what was found when the block was lifted."""

    id: EventId
    reason: Text


class ProcessingStart(Form):
    """What a lot shall become."""

    to: Code | None = None


class Processing(Form):
    """What went in and what came out, in up to three grades; rows without a weight are left out."""

    id: EventId
    to: Code
    grams: Weight | None = None
    also: tuple[RegistryId, ...] = ()
    grade: Grade
    out: Weight
    room_id: RegistryId
    grade2: Grade | None = None
    out2: Weight | None = None
    room2: RegistryId | None = None
    grade3: Grade | None = None
    out3: Weight | None = None
    room3: RegistryId | None = None
    seed: Weight | None = None
    waste: Weight | None = None
    reason: OptionalText = None

    def inputs(self, lot_id: int) -> list[Input]:
        """The lot of the page, whole or in part, and all of those that were ticked beside it."""
        return [Input(lot_id, self.grams), *(Input(each) for each in self.also)]

    def outputs(self) -> list[Output]:
        """What came out; a second or third grade is put where the first is unless another room was chosen."""
        rows = [(self.grade, self.out, self.room_id)]
        for grade, out, room_id in (
            (self.grade2, self.out2, self.room2),
            (self.grade3, self.out3, self.room3),
        ):
            if out is not None:
                rows.append((grade or self.grade, out, room_id or self.room_id))
        return [Output(grade, out, room_id) for grade, out, room_id in rows]


class Sending(Form):
    """A lot, or a part of it, and whole others that are loaded with it; where to, by what and whom."""

    id: EventId
    grams: Weight | None = None
    also: tuple[RegistryId, ...] = ()
    room_id: RegistryId
    plate: Plate
    vehicle: Vehicle
    expected_at: Moment
    driver_name: Name | None = None
    driver_phone: Telephone | None = None
    note: OptionalText = None

    def loads(self, lot_id: int) -> list[Load]:
        """The lot of the page, whole or in part, and all of those that were ticked beside it."""
        return [Load(lot_id, self.grams), *(Load(each) for each in self.also)]

    def journey(self) -> Journey:
        """As the verb takes it."""
        return Journey(
            to_room_id=self.room_id, plate=self.plate, vehicle=self.vehicle, expected_at=self.expected_at, driver_name=self.driver_name,
            driver_phone=self.driver_phone, note=self.note,
        )  # fmt: skip


class Arrival(Form):
    """How much of each lot arrived, in the order of the page."""

    id: EventId
    room_id: RegistryId
    lot_id: tuple[RegistryId, ...] = ()
    received: tuple[Weighed, ...] = ()
    received_unit: Literal["kg", "jin"] = "kg"
    reason: OptionalText = None
    document: Name | None = None

    def by_lot(self) -> dict[int, Grams]:
        """Grams by lot. Refused: a lot without a weight."""
        if len(self.lot_id) != len(self.received):
            raise Refused("Say of each lot how much arrived, zero if nothing did.", "received")
        read = Grams.from_jin if self.received_unit == "jin" else Grams.from_kg
        try:
            return {lot_id: read(text) for lot_id, text in zip(self.lot_id, self.received, strict=True)}
        except Refused as refused:
            raise refused.at("received") from None


class ConsignmentSearch(Form):
    """Which consignments are listed: those on the road, or those that have ended."""

    ended: Flag = False


class Sampling(Form):
    """How much is taken out to be tested; nothing if it is looked at where it lies."""

    id: EventId
    grams: Weight | None = None
    note: OptionalText = None


class Testing(Form):
    """What a laboratory found; what was not measured is left empty."""

    id: EventId
    laboratory: Laboratory
    certificate: Name | None = None
    tested_on: Day
    moisture_permille: Percent | None = None
    impurity_permille: Percent | None = None
    closed_eye_permille: Percent | None = None
    volatile_oil_permille: Percent | None = None
    numbing_decimg_per_g: Milligrams | None = None
    ash_permille: Percent | None = None
    insoluble_ash_permille: Percent | None = None
    remark: OptionalText = None

    def results(self) -> dict[Item, int]:
        """What was measured, in tenths."""
        values = {item: getattr(self, item.value) for item in Item}
        return {item: value for item, value in values.items() if value is not None}


class StandingSearch(Form):
    """What is where, whose and how old is narrowed to."""

    site_id: RegistryId | None = None
    form: Code | None = None
    owner: RegistryId | None = None
    age: Age | None = None

    def wanted(self) -> StandingWanted:
        return StandingWanted(site_id=self.site_id, form=self.form, cooperative_id=self.owner, age=self.age)


class ReportSearch(Form):
    """What a report is narrowed to, and whether it goes by site or by township."""

    season: Season | None = None
    site_id: RegistryId | None = None
    township_id: RegistryId | None = None
    form: Code | None = None
    owner: RegistryId | None = None
    by: Literal["site", "township"] = "site"

    def wanted(self, season: int) -> ReportWanted:
        """As the queries take it; of this season unless another was chosen."""
        return ReportWanted(self.season or season, self.site_id, self.township_id, self.form, self.owner)


class Asking(Form):
    """The price that is asked; none takes it off."""

    price: YuanPerKg | None = None


class Reversal(Form):
    """Why a movement is taken back; the undo of a moment ago says nothing."""

    reason: OptionalText = None


class RoomParticulars(Form):
    """A room as its site's people describe it."""

    name: Text
    purpose: Purpose
    kind: RoomKind
    forms: tuple[Code, ...] = ()
    capacity: Tonnes
    set_point: Degrees | None = None
    band: Degrees | None = None

    def facts(self) -> RoomFacts:
        """As the verbs take it."""
        return RoomFacts(
            name=self.name, purpose=self.purpose, kind=self.kind, forms=self.forms, capacity=Grams(self.capacity),
            set_point_decidegrees=self.set_point, band_decidegrees=self.band,
        )  # fmt: skip


class NewRoom(RoomParticulars):
    """A room that is entered; `id` is the form's own."""

    id: UUID


class ChangedRoom(RoomParticulars):
    """A room that is changed, and the version that was seen."""

    version: Whole


class Closing(Form):
    """The version of what is closed."""

    version: Whole
