"""An evening's paper list as a form: what holds for all of it, and its rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.ids import new_id
from pepperchain.harvest.forms import Code, Cultivar, Grade
from pepperchain.harvest.rules import NOTHING, bounds, grade_named
from pepperchain.harvest.slips import NewSlip
from pepperchain.web.fields import Day, EventId, Moment, RegistryId, Text, Weight, Whole, YuanPerKg
from pepperchain.web.forms import Form, read

ROWS = 20
EVENING_HOUR = 19
PICKING_HOUR = 8
COLUMNS = ("grower", "gross", "tare", "deduction", "grade", "bags", "price")
_NAME = re.compile(r"([0-9]{1,3})-(id|unit|household|" + "|".join(COLUMNS) + r")")


class Head(Form):
    """What holds for every row of the list."""

    site_id: RegistryId
    day: Day
    picked_on: Day | None = None
    picked_before: Moment
    form: Code
    grade: Grade
    cultivar: Cultivar

    def weighed_at(self, now: datetime) -> datetime | None:
        """Today's list is weighed now; an earlier one in the evening of its day."""
        return None if self.day == clock.local_day(now) else clock.at_local(self.day, EVENING_HOUR)

    @property
    def picked_at(self) -> datetime:
        """The morning of the day of picking, unless the form was opened before it: the same each time the list is sent."""
        return min(clock.at_local(self.picked_on or self.day, PICKING_HOUR), self.picked_before)


class Row(Form):
    """One line of the list."""

    id: EventId
    grower: Text
    household: RegistryId | None = None
    gross: Weight
    tare: Weight = NOTHING
    deduction: Weight = NOTHING
    grade: Grade | None = None
    bags: Whole | None = None
    price: YuanPerKg | None = None

    def slip(self, head: Head, household_id: int, *, now: datetime) -> NewSlip:
        """What the verb takes."""
        return NewSlip(
            id=self.id, site_id=head.site_id, household_id=household_id, form=head.form,
            grade=self.grade or head.grade, cultivar=head.cultivar, gross=self.gross, tare=self.tare,
            deduction=self.deduction, bags=self.bags, price_fen_per_kg=self.price,
            picked_at=head.picked_at, weighed_at=head.weighed_at(now),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as it stands in the form: its place, its id, the text of its cells."""

    place: int
    id: UUID
    cells: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells.get(name, "").strip() for name in COLUMNS if name != "grade")

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def typed_rows(sent: Mapping[str, Any]) -> list[Typed]:
    """Every row that was sent, in order. Refused: more than the list may have."""
    cells: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        match = _NAME.fullmatch(name)
        if match and isinstance(value, str):
            cells.setdefault(int(match[1]), {})[match[2]] = value
    if len(cells) > bounds().evening_rows_max:
        raise Refused("A list has at most %(max)s rows.", max=bounds().evening_rows_max)
    return [Typed(place, _id(row.get("id")), row) for place, row in sorted(cells.items())]


def blank_rows(count: int) -> list[Typed]:
    """Fresh rows, each with an id of its own."""
    return [Typed(place, new_id(), {}) for place in range(count)]


def read_rows(typed: list[Typed], unit: str) -> list[tuple[int, Row]]:
    """The rows that say something. Invalid: with fields like `3-gross`, the row's place and the cell."""
    rows: list[tuple[int, Row]] = []
    wrong: list[Refused] = []
    units = {f"{name}_unit": unit for name in ("gross", "tare", "deduction")}
    for one in typed:
        if one.is_blank:
            continue
        try:
            grade = grade_named(one["grade"]) or one["grade"]
            rows.append((one.place, read(Row, {**one.cells, **units, "grade": grade, "id": str(one.id)})))
        except Invalid as invalid:
            wrong += [error.at(f"{one.place}-{error.field}") for error in invalid.errors]
    if wrong:
        raise Invalid(wrong)
    if not rows:
        raise Refused("The list is empty: fill in at least one row.")
    return rows


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return new_id()
