"""Reading what the watch over prices has found."""

from pepperchain.access.actor import Actor
from pepperchain.bank.sale_models import Order
from pepperchain.core import db
from pepperchain.core.sql import Clause

COUNTED_MAX = 1_000


async def reached(actor: Actor) -> int:
    """How many open orders of the actor's own store have reached their price; counted to a thousand."""
    which = Order.visible_to(actor) & Clause("x.operator_id = :of", {"of": actor.organization_id})
    found: int = await db.scalar(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM bank_order x WHERE x.state = 'open' AND x.reached_on IS NOT NULL AND {which.sql}"
        " LIMIT :limit) n",
        limit=COUNTED_MAX,
        **which.params,
    )
    return found
