"""Reading where a lot's pepper came from, back to the slips of the scale, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import slip_code
from pepperchain.storage.lot_queries import LotRow, lots_by_id
from pepperchain.storage.models import Lot

KIN_MAX = 500
"""How many lots a trace follows in one direction."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The receipts a lot goes back to: how many slips, from which days."""

    slips: int
    net_grams: Grams
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class OriginSlip:
    """A slip behind a lot. Only its owner is told the grower's name."""

    id: str
    prefix: str
    number: int
    weighed_at: int
    net_grams: Grams
    village: str
    village_en: str
    name: str | None

    @property
    def code(self) -> str:
        return slip_code(self.prefix, self.number)


# A movement that was taken back made nothing of anything. UNION and not UNION ALL: what was merged and parted again comes up once.
_KIN = """
WITH RECURSIVE kin(id) AS (
    SELECT CAST(:id AS BIGINT)
    UNION SELECT x.{to} FROM kin JOIN storage_lot_source x ON x.{of} = kin.id
    LEFT JOIN storage_movement v ON v.reverses_id = x.movement_id WHERE v.id IS NULL
) SELECT id FROM kin LIMIT :limit
"""
_UP, _DOWN = _KIN.format(to="source_id", of="lot_id"), _KIN.format(to="lot_id", of="source_id")


async def ancestors(lot_id: int) -> list[int]:
    """The lots whose pepper is in this one, itself among them."""
    return [row[0] for row in await db.tuples(_UP, id=lot_id, limit=KIN_MAX)]


async def made_of(actor: Actor, lot_id: int) -> list[LotRow]:
    """The lots that went into this one, as far as the actor may see them, oldest first."""
    return await _others(actor, lot_id, _UP)


async def made_into(actor: Actor, lot_id: int) -> list[LotRow]:
    """The lots that this one went into, as far as the actor may see them, oldest first."""
    return await _others(actor, lot_id, _DOWN)


async def _others(actor: Actor, lot_id: int, way: str) -> list[LotRow]:
    ids = [row[0] for row in await db.tuples(way, id=lot_id, limit=KIN_MAX)]
    return await lots_by_id(actor, sorted(id for id in ids if id != lot_id))


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """What went into a processing and what came of it."""

    movement_id: str
    from_form: str
    to_form: str
    in_grams: Grams
    out_grams: Grams
    seed_grams: Grams
    waste_grams: Grams
    loss_grams: Grams


async def conversions_of(lot_id: int) -> dict[str, ConversionRow]:
    """The processings that a lot went into or came out of, by movement; regradings, which lose nothing, are left out."""
    found = await db.fetch(
        lambda *row: ConversionRow(str(row[0]), row[1], row[2], *map(Grams, row[3:])),
        "SELECT c.movement_id, c.from_form, c.to_form, c.in_grams, c.out_grams, c.seed_grams, c.waste_grams, c.loss_grams"
        " FROM storage_conversion c WHERE c.from_form <> c.to_form AND c.movement_id IN ("
        "SELECT movement_id FROM storage_lot_source WHERE lot_id = :id"
        " UNION SELECT movement_id FROM storage_lot_source WHERE source_id = :id)",
        id=lot_id,
    )
    return {row.movement_id: row for row in found}


async def origin(lot_ids: Sequence[int]) -> Origin | None:
    """The sum of the slips that lots were received from; None if there are none."""
    return await db.fetch_one(
        lambda *row: Origin(row[0], Grams(row[1]), row[2], row[3]),
        "SELECT COUNT(*), CAST(SUM(w.net_grams) AS BIGINT), MIN(w.picked_at), MAX(w.picked_at) FROM storage_lot_slip x"
        " JOIN harvest_weighin w ON w.id = x.weighin_id AND w.lot_id = x.lot_id WHERE x.lot_id IN :ids HAVING COUNT(*) > 0",
        ids=list(lot_ids),
    )


async def origin_slips(owner: Actor, lot_ids: Sequence[int], *, limit: int = 200) -> Sequence[OriginSlip]:
    """The slips behind lots with the growers' names, for the owning cooperative; nobody else gets a row."""
    owned = Lot.owned_by(owner)
    return await db.fetch(
        lambda *row: OriginSlip(str(row[0]), row[1], row[2], row[3], Grams(row[4]), *row[5:]),
        "SELECT w.id, s.slip_prefix, w.number, w.weighed_at, w.net_grams, v.name, v.name_en, p.name FROM storage_lot_slip x"
        " JOIN storage_lot l ON l.id = x.lot_id JOIN harvest_weighin w ON w.id = x.weighin_id AND w.lot_id = x.lot_id"
        " JOIN directory_site s ON s.id = w.site_id JOIN directory_area v ON v.id = w.village_id"
        " JOIN directory_household h ON h.id = w.household_id LEFT JOIN directory_person p ON p.id = h.head_id"
        f" WHERE x.lot_id IN :ids AND {owned.sql} ORDER BY w.site_id, w.number LIMIT :limit",
        ids=list(lot_ids),
        limit=limit,
        **owned.params,
    )
