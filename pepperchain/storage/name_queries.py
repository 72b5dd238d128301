"""What rooms and lots are called, for those who tell of them by id."""

from collections.abc import Collection, Mapping

from pepperchain.core import db
from pepperchain.storage.lot_queries import CODE_CHARACTERS


async def rooms(ids: Collection[int]) -> Mapping[int, str]:
    """The names of rooms, with that of their site."""
    rows = await db.tuples(
        "SELECT r.id, s.name, r.name FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE r.id IN :ids",
        ids=list(ids),
    )
    return {id: f"{site} {name}" for id, site, name in rows}


async def lots(ids: Collection[int]) -> Mapping[int, str]:
    """The beginnings of lots' codes, by which pages call them."""
    rows = await db.tuples("SELECT id, code FROM storage_lot WHERE id IN :ids", ids=list(ids))
    return {id: code[:CODE_CHARACTERS] for id, code in rows}
