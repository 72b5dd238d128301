"""Reading what waits to be put away: heaps of slips on the floors of sites."""

from dataclasses import dataclass
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.units import Grams
from pepperchain.harvest import floor_queries
from pepperchain.storage.models import floor_of
from pepperchain.storage.rules import Freshness, RoomKind, freshness, limits

SLIPS_MAX = 2_000
"""How many slips go into one lot; a larger heap is put away in several."""

SITES_MAX = 50


@dataclass(frozen=True, slots=True)
class FloorSite:
    """A site whose floor the actor may clear."""

    id: int
    name: str
    township_id: int
    operator: str


@dataclass(frozen=True, slots=True)
class Heap:
    """Slips of one product on the floor of a site; `through_number` is the highest slip number among them."""

    site: FloorSite
    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    slips: int
    grams: Grams
    picked_at: datetime
    through_number: int
    has_more: bool

    def freshness(self, now: datetime) -> Freshness:
        """The clock as it runs outside of a room."""
        return freshness(self.picked_at, self.picked_at + limits(self.form, RoomKind.AMBIENT).fresh, now=now)


async def floor_sites(actor: Actor) -> list[FloorSite]:
    """Open sites whose floor the actor may clear."""
    seen = floor_of(actor)
    return await db.fetch(
        FloorSite,
        "SELECT s.id, s.name, s.township_id, o.short_name FROM directory_site s"
        " JOIN directory_organization o ON o.id = s.operator_id"
        f" WHERE s.closed_on IS NULL AND {seen.sql} ORDER BY s.operator_id, s.id LIMIT :limit",
        limit=SITES_MAX,
        **seen.params,
    )


async def heaps(actor: Actor, *, site_id: int | None = None) -> list[Heap]:
    """What lies on those floors, oldest picking first."""
    found: list[Heap] = []
    for site in await floor_sites(actor):
        if site_id is None or site.id == site_id:
            found += await _heaps_at(site)
    return sorted(found, key=lambda heap: (heap.picked_at, heap.site.id, heap.product_id))


async def _heaps_at(site: FloorSite) -> list[Heap]:
    found: list[Heap] = []
    for lying in await floor_queries.heaps(site.id):
        heap = await db.fetch_one(
            lambda *row, lying=lying: _heap(site, lying, *row),
            "SELECT COUNT(*), CAST(SUM(x.net_grams) AS BIGINT), MIN(x.picked_at), MAX(x.number) FROM (SELECT w.net_grams, w.picked_at,"
            " w.number FROM harvest_weighin w WHERE w.site_id = :site_id AND w.product_id = :product_id"
            " AND w.lot_id IS NULL AND w.voided_at IS NULL ORDER BY w.weighed_at, w.id LIMIT :most) AS x",
            site_id=site.id,
            product_id=lying.product_id,
            most=SLIPS_MAX,
        )
        if heap is not None and heap.slips:
            found.append(heap)
    return found


def _heap(
    site: FloorSite,
    lying: floor_queries.Heap,
    slips: int,
    grams: int | None,
    picked_at: int | None,
    number: int | None,
) -> Heap:
    return Heap(
        site, lying.product_id, lying.form, lying.grade, lying.cultivar, lying.season, slips, Grams(grams or 0),
        clock.from_ms(picked_at or 0), number or 0, has_more=lying.net_grams > (grams or 0),
    )  # fmt: skip
