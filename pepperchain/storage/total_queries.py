"""Adding up rooms: how much the actor's rooms can hold and do hold. A district has some hundreds of them."""

from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.storage.models import Room


@dataclass(frozen=True, slots=True)
class Standing:
    """Open rooms together."""

    rooms: int
    capacity_grams: Grams
    stock_grams: Grams

    @property
    def free_grams(self) -> Grams:
        return self.capacity_grams - self.stock_grams


def _standing(rooms: int, capacity: int, stock: int) -> Standing:
    return Standing(int(rooms), Grams(int(capacity)), Grams(int(stock)))


async def standing(actor: Actor) -> Standing:
    """The open rooms that the actor may see."""
    seen = Room.visible_to(actor)
    found = await db.fetch_one(
        _standing,
        "SELECT COUNT(*), COALESCE(SUM(r.capacity_grams), 0), COALESCE(SUM(r.stock_grams), 0) FROM storage_room r"
        f" WHERE r.closed_on IS NULL AND {seen.sql}",
        **seen.params,
    )
    assert found is not None
    return found
