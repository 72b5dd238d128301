"""Reading consignments: the lists of them, and one with its lots."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.storage.consignment_rules import State, Vehicle, code
from pepperchain.storage.lot_queries import CODE_CHARACTERS
from pepperchain.storage.models import Consignment
from pepperchain.web.paging import LIMIT, Slice, cut, decode


@dataclass(frozen=True, slots=True)
class ConsignmentRow:
    """A consignment with the names of where it goes. The driver's phone is for those who send it and those who wait for it."""

    id: str
    number: int
    prefix: str
    from_site_id: int
    from_site: str
    from_operator_id: int
    from_operator: str
    to_room_id: int
    to_room: str
    to_site_id: int
    to_site: str
    to_operator_id: int
    to_operator: str
    cooperative_id: int
    cooperative: str
    township_id: int
    plate: str
    driver_name: str | None
    driver_phone: str | None
    vehicle: str
    note: str | None
    lots: int
    sent_grams: Grams
    sent_at: datetime
    sent_by_name: str
    expected_at: datetime
    content_hash: str
    state: str
    end_id: str | None
    end_hash: str | None
    ended_at: datetime | None
    ended_by_name: str | None
    received_grams: Grams | None
    reason: str | None
    document: str | None

    @property
    def code(self) -> str:
        """How its waybill is called."""
        return code(self.prefix, self.number)

    @property
    def state_label(self) -> str:
        """How it stands: a message id."""
        return State(self.state).label

    @property
    def vehicle_label(self) -> str:
        """What it is driven in: a message id."""
        return Vehicle(self.vehicle).label

    @property
    def is_on_road(self) -> bool:
        return self.state == State.ON_ROAD

    def is_late(self, now: datetime) -> bool:
        """Whether it should have arrived by now."""
        return self.is_on_road and self.expected_at < now

    @property
    def missing_grams(self) -> Grams:
        """How much less arrived than was sent; below zero if it was more."""
        return Grams(0) if self.received_grams is None else self.sent_grams - self.received_grams


_CONSIGNMENT = """
SELECT c.id, c.number, f.slip_prefix, c.from_site_id, f.name, c.from_operator_id, fo.short_name, c.to_room_id, r.name, c.to_site_id, t.name,
    c.to_operator_id, "to".short_name, c.cooperative_id, o.short_name, c.township_id, c.plate, c.driver_name, c.driver_phone, c.vehicle,
    c.note, c.lots, c.sent_grams, c.sent_at, c.sent_by_name, c.expected_at, c.content_hash, c.state, c.end_id, c.end_hash, c.ended_at,
    c.ended_by_name, c.received_grams, c.reason, c.document
FROM storage_consignment c
JOIN directory_site f ON f.id = c.from_site_id
JOIN directory_site t ON t.id = c.to_site_id
JOIN storage_room r ON r.id = c.to_room_id
JOIN directory_organization o ON o.id = c.cooperative_id
JOIN directory_organization fo ON fo.id = c.from_operator_id
JOIN directory_organization "to" ON "to".id = c.to_operator_id
"""
_MOMENTS, _IDS, _WEIGHTS = (23, 25, 30), (0, 28), (22, 32)


def _consignment(*row: Any) -> ConsignmentRow:
    values = list(row)
    for place in _MOMENTS:
        values[place] = None if values[place] is None else clock.from_ms(values[place])
    for place in _IDS:
        values[place] = None if values[place] is None else str(values[place])
    for place in _WEIGHTS:
        values[place] = None if values[place] is None else Grams(values[place])
    return ConsignmentRow(*values)


async def consignment(actor: Actor, id: UUID | str) -> ConsignmentRow:
    """One consignment. Missing: there is none, or it is not the actor's to see."""
    seen = Consignment.visible_to(actor)
    found = await db.fetch_one(
        _consignment, f"{_CONSIGNMENT} WHERE c.id = :id AND {seen.sql}", id=id, **seen.params
    )
    if found is None:
        raise Missing()
    return found


async def consignments(
    actor: Actor, *, on_road: bool, cursor: str | None = None, limit: int = LIMIT
) -> Slice[ConsignmentRow]:
    """Those on the road, or those that have ended, the last sent first."""
    seen = Consignment.visible_to(actor)
    states = [State.ON_ROAD] if on_road else [State.ARRIVED, State.RETURNED]
    narrowed = seen & Clause("c.state IN :states", {"states": [state.value for state in states]})
    after = decode(cursor, datetime, str)
    if after is not None:
        kind = "UUID" if db.dialect() == "postgres" else "TEXT"
        narrowed &= Clause(
            f"(c.sent_at, c.id) < (:after_at, CAST(:after_id AS {kind}))",
            {"after_at": after[0], "after_id": after[1]},
        )
    rows = await db.fetch(
        _consignment,
        f"{_CONSIGNMENT} WHERE {narrowed.sql} ORDER BY c.sent_at DESC, c.id DESC LIMIT :limit",
        limit=limit + 1,
        **narrowed.params,
    )
    return cut(rows, limit, lambda row: (row.sent_at, row.id))


@dataclass(frozen=True, slots=True)
class CargoRow:
    """A lot of a consignment, as far as those may know it who see the consignment."""

    lot_id: int
    code: str
    form: str
    grade: str
    cultivar: str
    season: int
    account_id: int
    from_room_id: int
    from_room: str
    sent_grams: Grams
    received_grams: Grams | None
    picked_at: datetime
    clock_from: datetime
    fresh_until: datetime

    @property
    def short_code(self) -> str:
        return self.code[:CODE_CHARACTERS]


def _cargo(*row: Any) -> CargoRow:
    values = list(row)
    values[9] = Grams(values[9])
    values[10] = None if values[10] is None else Grams(values[10])
    values[11:14] = [clock.from_ms(value) for value in values[11:14]]
    return CargoRow(*values)


async def cargo(row: ConsignmentRow) -> list[CargoRow]:
    """The lots of a consignment that was looked up within its actor's scope."""
    return await db.fetch(
        _cargo,
        "SELECT x.lot_id, l.code, l.form, l.grade, l.cultivar, l.season, l.account_id, x.from_room_id, r.name, x.sent_grams,"
        " x.received_grams, l.picked_at, COALESCE(l.made_at, l.picked_at), l.fresh_until_at FROM storage_consignment_lot x"
        " JOIN storage_lot l ON l.id = x.lot_id JOIN storage_room r ON r.id = x.from_room_id"
        " WHERE x.consignment_id = :id ORDER BY x.lot_id",
        id=row.id,
    )
