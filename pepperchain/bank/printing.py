"""How often a receipt was printed: only the first print is the original."""

from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import receipt_queries
from pepperchain.core import db


@db.unit_of_work
async def count(actor: Actor, *, receipt_id: int, now: datetime) -> int:
    """Counts a print; how many there are now. Missing: not the actor's to see."""
    actor.require(Capability.BANK_DEPOSIT)
    receipt = await receipt_queries.receipt(actor, receipt_id)
    printed = await db.scalar(
        "UPDATE bank_receipt SET printed = printed + 1 WHERE id = :id RETURNING printed", id=receipt_id
    )
    await trail.record(
        actor, "bank_receipt.printed", subject="bank_receipt", subject_id=receipt_id, township_id=receipt.township_id,
        facts={"count": printed}, now=now,
    )  # fmt: skip
    return int(printed)
