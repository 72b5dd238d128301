"""Rows of queries as JSON objects: integers with units, times with a zone, names and phones masked."""

from datetime import datetime, timedelta
from typing import Any

from pepperchain.api import shapes
from pepperchain.climate.readings import Taken
from pepperchain.core.clock import from_ms, local
from pepperchain.directory.queries import GrowerHit
from pepperchain.harvest.queries import Slip
from pepperchain.market.queries import Offer
from pepperchain.storage.booking_queries import BookingState
from pepperchain.storage.queries import RoomSpace
from pepperchain.web.filters import mask_name
from pepperchain.web.i18n import gettext

GROWER = shapes.record(
    household_id=shapes.WHOLE,
    person_id=shapes.WHOLE,
    name=shapes.TEXT,
    is_head=shapes.FLAG,
    phone_tail=shapes.TEXT,
    card_number=shapes.TEXT,
    village=shapes.TEXT,
    group_number=shapes.WHOLE_OR_NULL,
    township_id=shapes.WHOLE,
    cooperative_id=shapes.WHOLE_OR_NULL,
    cooperative=shapes.TEXT_OR_NULL,
)

WEIGH_IN = shapes.record(
    id=shapes.ID,
    code=shapes.TEXT,
    number=shapes.WHOLE,
    site_id=shapes.WHOLE,
    cooperative_id=shapes.WHOLE,
    household_id=shapes.WHOLE,
    household_card=shapes.TEXT_OR_NULL,
    plot_id=shapes.WHOLE_OR_NULL,
    township_id=shapes.WHOLE,
    form=shapes.TEXT,
    grade=shapes.TEXT,
    cultivar=shapes.TEXT,
    season=shapes.WHOLE,
    gross_grams=shapes.WHOLE,
    tare_grams=shapes.WHOLE,
    deduction_grams=shapes.WHOLE,
    net_grams=shapes.WHOLE,
    bags=shapes.WHOLE_OR_NULL,
    moisture_permille=shapes.WHOLE_OR_NULL,
    picked_at=shapes.MOMENT,
    weighed_at=shapes.MOMENT,
    day=shapes.DAY,
    price_fen_per_kg=shapes.WHOLE_OR_NULL,
    amount_fen=shapes.WHOLE_OR_NULL,
    voided_at=shapes.MOMENT_OR_NULL,
    void_reason=shapes.TEXT_OR_NULL,
)

OFFER = shapes.record(
    lot_id=shapes.WHOLE,
    code=shapes.TEXT,
    form=shapes.TEXT,
    grade=shapes.TEXT,
    cultivar=shapes.TEXT,
    season=shapes.WHOLE,
    township_id=shapes.WHOLE,
    township=shapes.TEXT,
    site_id=shapes.WHOLE,
    site=shapes.TEXT,
    room_kind=shapes.TEXT,
    picked_at=shapes.MOMENT,
    fresh_until=shapes.MOMENT,
    fresh_seconds_left=shapes.WHOLE,
    free_grams=shapes.WHOLE,
    price_fen_per_kg=shapes.WHOLE_OR_NULL,
)

ROOM = shapes.record(
    id=shapes.WHOLE,
    name=shapes.TEXT,
    site_id=shapes.WHOLE,
    site=shapes.TEXT,
    operator_id=shapes.WHOLE,
    township_id=shapes.WHOLE,
    township=shapes.TEXT,
    kind=shapes.TEXT,
    purpose=shapes.TEXT,
    forms={"type": "array", "items": shapes.TEXT},
    capacity_grams=shapes.WHOLE,
    stock_grams=shapes.WHOLE,
    free_grams=shapes.WHOLE,
)


def moment(ms: int | None) -> str | None:
    """A stored moment as ISO 8601 on Jiangjin's clock, with its zone."""
    return None if ms is None else local(from_ms(ms)).isoformat()


def grower(hit: GrowerHit) -> dict[str, Any]:
    """A person found, masked."""
    return {
        "household_id": hit.household_id,
        "person_id": hit.person_id,
        "name": mask_name(hit.name),
        "is_head": hit.is_head,
        "phone_tail": hit.phone_tail,
        "card_number": hit.card_number,
        "village": hit.village,
        "group_number": hit.group_number,
        "township_id": hit.township_id,
        "cooperative_id": hit.cooperative_id,
        "cooperative": hit.cooperative,
    }


def weigh_in(slip: Slip) -> dict[str, Any]:
    """A slip without anybody's name."""
    return {
        "id": str(slip.id),
        "code": slip.code,
        "number": slip.number,
        "site_id": slip.site_id,
        "cooperative_id": slip.cooperative_id,
        "household_id": slip.household_id,
        "household_card": slip.card_number,
        "plot_id": slip.plot_id,
        "township_id": slip.township_id,
        "form": slip.form,
        "grade": slip.grade,
        "cultivar": slip.cultivar,
        "season": slip.season,
        "gross_grams": slip.gross_grams,
        "tare_grams": slip.tare_grams,
        "deduction_grams": slip.deduction_grams,
        "net_grams": slip.net_grams,
        "bags": slip.bags,
        "moisture_permille": slip.moisture_permille,
        "picked_at": moment(slip.picked_at),
        "weighed_at": moment(slip.weighed_at),
        "day": slip.day,
        "price_fen_per_kg": slip.price_fen_per_kg,
        "amount_fen": slip.amount_fen,
        "voided_at": moment(slip.voided_at),
        "void_reason": slip.void_reason,
    }


def offer(found: Offer, *, now: datetime) -> dict[str, Any]:
    """A lot that can be bought: what, where, how fresh, how much; nobody's name."""
    return {
        "lot_id": found.lot_id,
        "code": found.code,
        "form": found.form,
        "grade": found.grade,
        "cultivar": found.cultivar,
        "season": found.season,
        "township_id": found.township_id,
        "township": found.township,
        "site_id": found.site_id,
        "site": found.site,
        "room_kind": found.room_kind,
        "picked_at": moment(found.picked_at),
        "fresh_until": moment(found.fresh_until_at),
        "fresh_seconds_left": found.freshness(now).left_seconds,
        "free_grams": found.free_grams,
        "price_fen_per_kg": found.asking_fen_per_kg,
    }


def room(space: RoomSpace) -> dict[str, Any]:
    """A room with what is free of it on every day that was asked for."""
    found = space.room
    return {
        "id": found.id,
        "name": found.name,
        "site_id": found.site_id,
        "site": found.site,
        "operator_id": found.operator_id,
        "township_id": found.township_id,
        "township": found.township,
        "kind": found.kind,
        "purpose": found.purpose,
        "forms": list(found.forms),
        "capacity_grams": found.capacity_grams,
        "stock_grams": found.stock_grams,
        "free_grams": space.free_grams,
    }


BOOKING = shapes.record(
    id=shapes.ID,
    room_id=shapes.WHOLE,
    form=shapes.TEXT,
    grams=shapes.WHOLE,
    used_grams=shapes.WHOLE,
    to=shapes.DAY,
    state=shapes.TEXT,
    **{"from": shapes.DAY},
)


def booking(found: BookingState) -> dict[str, Any]:
    """A booking as it stands; `to` is not included."""
    return {
        "id": str(found.id),
        "room_id": found.room_id,
        "form": found.form,
        "grams": found.grams,
        "used_grams": found.used_grams,
        "from": found.from_on.isoformat(),
        "to": (found.to_on + timedelta(days=1)).isoformat(),
        "state": found.state,
    }


READINGS = shapes.record(
    id=shapes.ID,
    new=shapes.WHOLE,
    known=shapes.WHOLE,
    refused={
        "type": "array",
        "items": shapes.record(
            row=shapes.WHOLE, sensor=shapes.TEXT_OR_NULL, reason=shapes.TEXT, message=shapes.TEXT
        ),
    },
)


def readings(taken: Taken) -> dict[str, Any]:
    """What became of a batch; rows are counted from zero."""
    return {
        "id": str(taken.id),
        "new": taken.fresh,
        "known": taken.known,
        "refused": [
            {
                "row": each.row,
                "sensor": each.sensor,
                "reason": each.reason.value,
                "message": gettext(each.reason.label),
            }
            for each in taken.refused
        ],
    }
