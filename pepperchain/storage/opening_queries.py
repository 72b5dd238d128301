"""What lay in rooms before anybody weighed here: whose it may be, which rows stand, and what was done with them since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.directory.sheet_rules import spoken
from pepperchain.storage.report_models import Opening


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A lot as the sheet laid it down."""

    lot_id: int
    site: str
    room: str
    owner: str
    form: str
    grade: str
    cultivar: str
    picked_on: str
    origin: str
    label: str
    grams: int


async def owners(operator_ids: Collection[int]) -> dict[str, tuple[int, int | None]]:
    """By whole or short name: cooperatives whose pepper may lie in these operators' rooms, with their townships.

    Those that run them, and those that store at them or booked space there.
    """
    if not operator_ids:
        return {}
    rows = await db.tuples(
        "SELECT o.id, o.township_id, o.name, o.short_name FROM directory_organization o WHERE o.kind = 'cooperative'"
        " AND o.ended_on IS NULL AND (o.id IN :operators OR o.id IN (SELECT r.from_id FROM directory_organization_relation r"
        " WHERE r.to_id IN :operators AND r.kind = 'stores_at' AND r.ended_on IS NULL) OR o.id IN (SELECT b.organization_id"
        " FROM storage_booking b JOIN storage_room k ON k.id = b.room_id WHERE k.operator_id IN :operators AND b.released_at IS NULL))"
        " ORDER BY o.id DESC",
        operators=list(operator_ids),
    )
    return {spoken(name): (id, township_id) for id, township_id, *names in rows for name in names if name}


async def laid_down(movement_ids: Sequence[UUID]) -> dict[str, tuple[str, bool]]:
    """Of movements that are there: the hash of what they said, and whether they were taken back."""
    if not movement_ids:
        return {}
    rows = await db.tuples(
        "SELECT m.id, m.content_hash, v.id FROM storage_movement m LEFT JOIN storage_movement v ON v.reverses_id = m.id"
        " WHERE m.id IN :ids",
        ids=[str(id) for id in movement_ids],
    )
    return {str(id): (content, taken_back is not None) for id, content, taken_back in rows}


async def touched(movement_ids: Sequence[str]) -> set[str]:
    """Those whose lot is no longer just as it was laid down: taken back, moved, issued, promised, priced or made into something."""
    if not movement_ids:
        return set()
    rows = await db.tuples(
        "SELECT o.movement_id FROM storage_opening o JOIN storage_lot l ON l.id = o.lot_id WHERE o.movement_id IN :ids"
        " AND l.on_hand_grams = o.grams AND l.held_grams = 0 AND l.room_id = o.room_id AND l.asking_fen_per_kg IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM storage_movement m WHERE m.lot_id = o.lot_id AND m.id <> o.movement_id)"
        " AND NOT EXISTS (SELECT 1 FROM storage_lot_source x WHERE x.source_id = o.lot_id)"
        " AND NOT EXISTS (SELECT 1 FROM storage_sample s WHERE s.lot_id = o.lot_id)",
        ids=list(movement_ids),
    )
    return set(movement_ids) - {str(row[0]) for row in rows}


async def openings(actor: Actor, *, after: int | None = None, limit: int) -> list[OpeningRow]:
    """Opening stock that stands, in the order in which it was laid down."""
    seen = Opening.visible_to(actor)
    return await db.fetch(
        _row,
        "SELECT o.lot_id, s.name, r.name, c.short_name, l.form, l.grade, l.cultivar, o.picked_on, t.name, o.label, o.grams"
        " FROM storage_opening o JOIN storage_lot l ON l.id = o.lot_id JOIN storage_room r ON r.id = o.room_id"
        " JOIN directory_site s ON s.id = r.site_id JOIN directory_organization c ON c.id = l.cooperative_id"
        " JOIN directory_area t ON t.id = l.origin_township_id LEFT JOIN storage_movement v ON v.reverses_id = o.movement_id"
        f" WHERE o.lot_id > :after AND v.id IS NULL AND {seen.sql} ORDER BY o.lot_id LIMIT :limit",
        after=after or 0,
        limit=limit,
        **seen.params,
    )


def _row(*row: object) -> OpeningRow:
    values = list(row)
    values[7], values[10] = str(values[7]), Grams(int(str(values[10])))
    return OpeningRow(*values)  # type: ignore[arg-type]
