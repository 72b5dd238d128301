"""Closing a day of a site's bank: one prepares what it added up to, another signs, and the books of that day take nothing more."""

import json
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import chains, trail
from pepperchain.bank import close_queries
from pepperchain.bank.close_queries import CloseRow
from pepperchain.bank.close_rules import moved, opened
from pepperchain.bank.rules import book
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.directory.queries import get_site
from pepperchain.ledger import periods
from pepperchain.ledger.books import LEDGER

TABLE = "bank_close"


@db.unit_of_work
async def prepare(actor: Actor, *, id: UUID, site_id: int, on: date, now: datetime) -> bool:
    """Adds a day up for a second person to sign; False if this was sent before. One that nobody has signed yet is replaced.

    Refused: the day is not over, or its books do not add up. Conflict: it is closed already. NotYours: another operator's site.
    """
    actor.require(Capability.BANK_DEPOSIT)
    site = await get_site(actor, site_id)
    if site.operator_id != actor.organization_id:
        raise NotYours("Whoever keeps the pepper closes its days.")
    await periods.quiet()
    await db.lock("directory_site", [site_id])
    there = await db.tuples("SELECT site_id, closed_on FROM bank_close WHERE id = :id", id=id)
    if there:
        if (int(there[0][0]), str(there[0][1])) != (site_id, on.isoformat()):
            raise Conflict("This was sent before with other contents.")
        return False
    if on >= clock.local_day(now):
        raise Refused("A day can be closed when it is over.", "on")
    last = await close_queries.closed_through(site_id)
    if last is not None and last >= on:
        raise Conflict("These books are closed through %(day)s already.", day=last)
    figures = await close_queries.figures(site_id, on)
    if not all(product.adds_up for product in figures.products):
        raise Refused(
            "What is kept and what receipts claim differ. Have the system checked before the day is closed."
        )
    await db.execute(
        "UPDATE bank_close SET state = 'dropped' WHERE site_id = :site_id AND closed_on = :on AND state = 'prepared'",
        site_id=site_id,
        on=on,
    )
    await registry.enter_as(
        TABLE, id=id, site_id=site_id, operator_id=site.operator_id, township_id=site.township_id, closed_on=on,
        figures=json.dumps(figures.plain()), backing_ppm=figures.backing_ppm, state="prepared", prepared_at=now,
        prepared_by=actor.user_id, prepared_by_name=actor.name,
    )  # fmt: skip
    await trail.record(
        actor, "bank_close.prepared", subject="site", subject_id=site_id, township_id=site.township_id, now=now, facts={"day": on}
    )  # fmt: skip
    return True


@db.unit_of_work
async def sign(actor: Actor, *, id: UUID, now: datetime) -> CloseRow:
    """Signs a prepared day as a second person, and closes the site's books through it. Signed twice is signed.

    Refused: by whoever prepared it, or something was entered for that day since. NotYours: another operator's site.
    """
    actor.require(Capability.LEDGER_CLOSE)
    await close_queries.close(actor, id)
    await periods.quiet()
    await db.lock(TABLE, [id])
    row = await close_queries.close(actor, id)
    if row.state == "signed":
        return row
    if row.operator_id != actor.organization_id:
        raise NotYours("Whoever keeps the pepper closes its days.")
    if row.state == "dropped":
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )
    if row.prepared_by is not None and row.prepared_by == actor.user_id:
        raise Refused("You prepared this day, so somebody else signs it.")
    again = await close_queries.figures(row.site_id, row.closed_on)
    if moved(again) != moved(row.figures) or opened(again) != opened(row.figures):
        raise Refused("Something was entered for this day since. Have it prepared again.")
    await periods.close(actor, book=book(row.site_id), through=row.closed_on, now=now)
    head = await chains.head(LEDGER)
    await db.execute(
        "UPDATE bank_close SET state = 'signed', signed_at = :now, signed_by = :by, signed_by_name = :name, chain_head = :head"
        " WHERE id = :id",
        now=now,
        by=actor.user_id,
        name=actor.name,
        head=head.hash,
        id=id,
    )
    return await close_queries.close(actor, id)
