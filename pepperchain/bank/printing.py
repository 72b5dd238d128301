"""How often a receipt or a storage book was printed: only the first print is the original."""

from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import queries as audit
from pepperchain.audit import trail
from pepperchain.bank import account_queries, receipt_queries
from pepperchain.core import db
from pepperchain.core.errors import Missing

BOOK_PRINTED = "bank_storage_book.printed"


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


async def book_prints(household_id: int) -> int:
    """How often a household's storage book was printed so far: the trail knows."""
    return await audit.count(BOOK_PRINTED, subject="household", subject_id=household_id)


@db.unit_of_work
async def count_book(actor: Actor, *, household_id: int, now: datetime) -> int:
    """Counts a print of a household's storage book; how many there are now. Missing: the actor sees no receipt of theirs."""
    actor.require(Capability.BANK_DEPOSIT)
    if await account_queries.head(actor, household_id) is None:
        raise Missing()
    printed = await book_prints(household_id) + 1
    township_id = await db.scalar(
        "SELECT township_id FROM directory_household WHERE id = :id", id=household_id
    )
    await trail.record(
        actor, BOOK_PRINTED, subject="household", subject_id=household_id, township_id=township_id, facts={"count": printed}, now=now
    )  # fmt: skip
    return printed
