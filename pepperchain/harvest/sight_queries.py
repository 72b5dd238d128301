"""How many slips somebody sees, for the page that tells an administrator so."""

from pepperchain.access.actor import Actor
from pepperchain.accounts.access_queries import count
from pepperchain.harvest.models import Weighin


async def slips(actor: Actor, most: int) -> int:
    """Slips that the actor sees, counted to `most`."""
    return await count("harvest_weighin w", Weighin.visible_to(actor, "w"), most)
