"""Reading bookings: those of a room, and one of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.storage.models import Room
from pepperchain.storage.space_models import Booking


def _date(value: object) -> date:
    return date.fromisoformat(str(value))


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking of a room that the actor may see."""

    id: str
    organization: str | None
    form: str
    grams: Grams
    used_grams: Grams
    first: date
    last: date
    consignment_id: str | None
    kind: str
    version: int
    expires_at: int | None
    is_own: bool

    @property
    def can_change(self) -> bool:
        """Whether its days and grams are its holder's to change: those of what is on the road, offered or picked are not."""
        return self.consignment_id is None and self.kind == "booking"


async def bookings(actor: Actor, room_id: int, *, on: date, limit: int = 50) -> list[BookingRow]:
    """A room's bookings that have not ended, soonest first: the actor's own, and to its keeper all of them."""
    seen = Booking.visible_to(actor) | Clause(
        "b.room_id IN (SELECT r.id FROM storage_room r WHERE " + Room.run_by(actor).sql + ")",
        Room.run_by(actor).params,
    )
    return await db.fetch(
        lambda *row: BookingRow(
            str(row[0]),
            row[1],
            row[2],
            Grams(row[3]),
            Grams(row[4]),
            _date(row[5]),
            _date(row[6]),
            None if row[7] is None else str(row[7]),
            row[8],
            int(row[9]),
            row[10],
            row[11] == actor.organization_id,
        ),
        "SELECT b.id, o.short_name, b.form, b.grams, b.used_grams, b.from_on, b.to_on, b.consignment_id, b.kind, b.version,"
        " b.expires_at, b.organization_id FROM storage_booking b"
        " LEFT JOIN directory_organization o ON o.id = b.organization_id"
        f" WHERE b.room_id = :room_id AND b.released_at IS NULL AND b.to_on >= :today AND {seen.sql}"
        " ORDER BY b.from_on, b.id LIMIT :limit",
        room_id=room_id,
        today=on,
        limit=limit,
        **seen.params,
    )


@dataclass(frozen=True, slots=True)
class BookingState:
    """A booking and how it stands: placed, offered, picked, released or expired."""

    id: UUID
    room_id: int
    room: str
    form: str
    grams: Grams
    used_grams: Grams
    from_on: date
    to_on: date
    version: int
    kind: str
    released_at: int | None
    expired_at: int | None

    @property
    def state(self) -> str:
        if self.expired_at is not None:
            return "expired"
        if self.released_at is not None:
            return "released"
        return "placed" if self.kind == "booking" else self.kind


async def booking(actor: Actor, id: UUID) -> BookingState:
    """One booking. Missing: neither the actor's own nor one in a room of theirs, or space that waits for what is on the road."""
    seen = Booking.visible_to(actor) | Room.run_by(actor)
    found = await db.fetch_one(
        _state,
        "SELECT b.id, b.room_id, s.name || ' ' || r.name, b.form, b.grams, b.used_grams, b.from_on, b.to_on, b.version, b.kind,"
        " b.released_at, b.expired_at FROM storage_booking b JOIN storage_room r ON r.id = b.room_id"
        f" JOIN directory_site s ON s.id = r.site_id WHERE b.id = :id AND b.consignment_id IS NULL AND {seen.sql}",
        id=id,
        **seen.params,
    )
    if found is None:
        raise Missing()
    return found


def _state(*row: Any) -> BookingState:
    values = list(row)
    values[0] = UUID(str(values[0]))
    values[4:6] = [Grams(values[4]), Grams(values[5])]
    values[6:8] = [_date(values[6]), _date(values[7])]
    return BookingState(*values)
