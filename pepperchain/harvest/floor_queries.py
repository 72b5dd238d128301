"""What lies on a site's floor: weighed in, and not yet taken into a room."""

from dataclasses import dataclass

from pepperchain.core import db
from pepperchain.core.units import Grams


@dataclass(frozen=True, slots=True)
class Heap:
    """A product on the floor of a site: its grams, and when the slip that has waited longest was picked."""

    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    net_grams: Grams
    picked_at: int | None


async def heaps(site_id: int) -> list[Heap]:
    """By product. The grams are the ledger's, so that nothing is added up slip by slip."""
    return await db.fetch(
        Heap,
        "SELECT p.id, p.form, p.grade, p.cultivar, p.season, a.debits - a.credits - a.held_credits,"
        " (SELECT w.picked_at FROM harvest_weighin w WHERE w.site_id = :site AND w.product_id = p.id"
        " AND w.lot_id IS NULL AND w.voided_at IS NULL ORDER BY w.weighed_at LIMIT 1)"
        " FROM ledger_account a JOIN harvest_product p ON p.commodity_id = a.commodity_id"
        " WHERE a.kind = 'floor' AND a.ref = :ref AND a.debits > a.credits ORDER BY p.season DESC, p.id",
        site=site_id,
        ref=f"site:{site_id}",
    )
