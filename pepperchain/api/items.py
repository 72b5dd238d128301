"""Rows of queries as JSON objects: integers with units, times with a zone, names and phones masked."""

from typing import Any

from pepperchain.api import shapes
from pepperchain.core.clock import from_ms, local
from pepperchain.directory.queries import GrowerHit
from pepperchain.harvest.queries import Slip
from pepperchain.web.filters import mask_name

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
