"""Closing a book through a day: from then on late facts go to an open day."""

import json
from datetime import date, datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import chains, trail
from pepperchain.core import db
from pepperchain.core.clock import local_day
from pepperchain.core.errors import Conflict, Refused
from pepperchain.ledger.books import LEDGER


async def quiet() -> None:
    """Waits for postings that are under way, and has others wait until the unit of work ends.

    Without it, one that began before a day was closed could come to stand in it afterwards. To be asked for before any row is locked:
    postings hold their rows while they wait. SQLite has one writer.
    """
    if db.dialect() == "postgres":
        await db.execute("LOCK TABLE ledger_transaction IN SHARE ROW EXCLUSIVE MODE")


@db.unit_of_work
async def close(actor: Actor, *, book: str, through: date, now: datetime) -> None:
    """Closes `book` up to and including a day, writing down what moved and where the hash chain stood.

    Refused: the day is not over. Conflict: it is closed already.
    """
    actor.require(Capability.LEDGER_CLOSE)
    await quiet()
    if through >= local_day(now):
        raise Refused("A day can be closed when it is over.", "through")
    last = await db.scalar("SELECT MAX(closed_through) FROM ledger_period WHERE book = :book", book=book)
    if last is not None and str(last) >= through.isoformat():
        raise Conflict("These books are closed through %(day)s already.", day=str(last))
    moved = await db.tuples(
        "SELECT c.code, COUNT(DISTINCT t.id), CAST(SUM(x.amount) AS BIGINT) FROM ledger_transaction t"
        " JOIN ledger_transfer x ON x.transaction_id = t.id JOIN ledger_commodity c ON c.id = x.commodity_id"
        " WHERE t.book = :book AND t.effective_on <= :through AND t.effective_on > :last GROUP BY c.code ORDER BY c.code",
        book=book,
        through=through,
        last=last or "1970-01-01",
    )
    trial = {code: {"transactions": count, "moved": amount} for code, count, amount in moved}
    head = await chains.head(LEDGER)
    await db.insert(
        "ledger_period",
        book=book,
        closed_through=through,
        closed_at=now,
        closed_by=actor.user_id,
        trial=json.dumps(trial),
        chain_hash=head.hash,
    )
    await trail.record(
        actor,
        "period.closed",
        subject="book",
        subject_id=book,
        facts={"through": through, "moved": trial},
        now=now,
    )
