"""Slips as the sheet of weigh-ins shows them, some hundred at a time along one index."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.harvest.models import Weighin
from pepperchain.harvest.queries import Slip, slips_by_id

ROWS_A_READ = 500


async def rows(actor: Actor) -> AsyncIterator[Mapping[str, Any]]:
    """Every slip that the actor sees and that counts, oldest first."""
    seen = Weighin.visible_to(actor, "w")
    after: tuple[int, str] = (-1, "")
    while True:
        ids = await db.tuples(
            f"SELECT w.weighed_at, w.id FROM harvest_weighin w WHERE {seen.sql} AND w.voided_at IS NULL"
            " AND (w.weighed_at > :at OR (w.weighed_at = :at AND w.id > :id)) ORDER BY w.weighed_at, w.id LIMIT :most",
            at=after[0],
            id=after[1] or "00000000-0000-0000-0000-000000000000",
            most=ROWS_A_READ,
            **seen.params,
        )
        if not ids:
            return
        for slip in await slips_by_id(actor, [str(id) for _, id in ids]):
            yield _row(slip)
        after = (ids[-1][0], str(ids[-1][1]))


def _row(slip: Slip) -> dict[str, Any]:
    return {
        "number": slip.code,
        "site": slip.site,
        "weighed_at": clock.from_ms(slip.weighed_at),
        "card": slip.card_number,
        "name": slip.name,
        "phone": slip.phone,
        "plot": slip.plot,
        "form": slip.form,
        "grade": slip.grade,
        "cultivar": slip.cultivar,
        "gross": slip.gross_grams,
        "tare": slip.tare_grams or None,
        "deduction": slip.deduction_grams or None,
        "net": slip.net_grams,
        "bags": slip.bags,
        "moisture": None if slip.moisture_permille is None else _percent(slip.moisture_permille),
        "price": slip.price_fen_per_kg,
        "picked_at": clock.from_ms(slip.picked_at),
    }


def _percent(permille: int) -> str:
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth}"
