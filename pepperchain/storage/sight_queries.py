"""How many rooms and lots somebody sees, for the page that tells an administrator so."""

from pepperchain.access.actor import Actor
from pepperchain.accounts.access_queries import count
from pepperchain.storage.models import Lot, Room


async def rooms(actor: Actor, most: int) -> int:
    """Rooms that the actor sees, counted to `most`."""
    return await count("storage_room r", Room.visible_to(actor, "r"), most)


async def lots(actor: Actor, most: int) -> int:
    """Lots that the actor sees, counted to `most`."""
    return await count("storage_lot l", Lot.visible_to(actor, "l"), most)
