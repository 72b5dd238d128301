"""From the floor into lots: which slips storage has taken in. Its verbs require, post and leave the audit row."""

from collections.abc import Sequence

from pepperchain.core import db
from pepperchain.core.errors import Conflict


async def take_in(slip_ids: Sequence[str], *, lot_id: int) -> None:
    """Notes on slips that their pepper is in a lot. Conflict: one of them was voided or taken in since it was read."""
    taken = await db.execute(
        "UPDATE harvest_weighin SET lot_id = :lot_id WHERE id IN :ids AND lot_id IS NULL AND voided_at IS NULL",
        lot_id=lot_id,
        ids=list(slip_ids),
    )
    if taken != len(set(slip_ids)):
        raise Conflict(
            "Some of these slips were put away or voided meanwhile. Look at what is left and try again."
        )


async def give_back(slip_ids: Sequence[str], *, lot_id: int) -> None:
    """The slips of a lot that was never received lie on the floor again."""
    await db.execute(
        "UPDATE harvest_weighin SET lot_id = NULL WHERE id IN :ids AND lot_id = :lot_id",
        ids=list(slip_ids),
        lot_id=lot_id,
    )
