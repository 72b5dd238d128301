"""Paying growers: what is due at a site becomes a list for the bank transfer; a second person says that it was paid."""

from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import claims, money, sale_queries
from pepperchain.bank.account_rules import Account
from pepperchain.bank.sale_queries import PaymentRow
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.units import Fen
from pepperchain.ledger.rules import Leg


@db.unit_of_work
async def list_due(actor: Actor, *, id: UUID, site_id: int, now: datetime) -> bool:
    """Puts what is due at a site on a payment list, 500 settlements at most; False if this list was made before.

    Refused: nothing is due. NotYours: another operator's store. Conflict: the id stood for another site's list.
    """
    actor.require(Capability.BANK_SETTLE)
    await db.lock("directory_site", [site_id])
    there = await db.scalar("SELECT site_id FROM bank_payment WHERE id = :id", id=id)
    if there is not None:
        if there != site_id:
            raise Conflict("This was sent before with other contents.")
        return False
    due = await sale_queries.due(actor, site_id)
    if not due:
        raise Refused("Nothing is due here.")
    rows = await db.tuples("SELECT operator_id, township_id FROM directory_site WHERE id = :id", id=site_id)
    operator_id, township_id = int(rows[0][0]), int(rows[0][1])
    if operator_id != actor.organization_id:
        raise NotYours("Whoever keeps the pepper pays for it.")
    fen = Fen(sum(each.paid_fen for each in due))
    await registry.enter_as(
        "bank_payment", id=id, operator_id=operator_id, site_id=site_id, township_id=township_id, settlements=len(due), fen=fen,
        state="listed", made_at=now, made_by=actor.user_id, made_by_name=actor.name,
    )  # fmt: skip
    listed = await db.execute(
        "UPDATE bank_settlement SET state = 'listed', payment_id = :payment WHERE id IN :ids AND state = 'due'",
        payment=id,
        ids=[each.id for each in due],
    )
    assert listed == len(due), "whoever lists or takes back locks the site"
    await trail.record(
        actor, "bank_payment.listed", subject="bank_payment", subject_id=id, township_id=township_id, now=now,
        facts={"settlements": len(due), "amount_fen": fen},
    )  # fmt: skip
    return True


@db.unit_of_work
async def pay(actor: Actor, *, id: UUID, now: datetime) -> PaymentRow:
    """Says that a list was paid, as somebody else than who made it; what growers have coming is cleared. Said twice is said once."""
    actor.require(Capability.BANK_SETTLE)
    await sale_queries.payment(actor, str(id))
    await db.lock("bank_payment", [str(id)])
    row = await sale_queries.payment(actor, str(id))
    if row.state == "paid":
        return row
    if row.operator_id != actor.organization_id:
        raise NotYours("Whoever keeps the pepper pays for it.")
    if row.made_by is not None and row.made_by == actor.user_id:
        raise Refused("You made this list, so somebody else says that it was paid.")
    by_receipt: dict[int, Fen] = {}
    by_lender: dict[int, Fen] = {}
    for each in await sale_queries.settlements_of_payment(str(id)):
        by_receipt[each.receipt_id] = by_receipt.get(each.receipt_id, Fen(0)) + each.due_fen
        if each.lender_id is not None:
            by_lender[each.lender_id] = by_lender.get(each.lender_id, Fen(0)) + each.lender_fen
    paid = await money.of_organization(Account.PAID, row.operator_id, township_id=row.township_id)
    legs = [
        Leg(
            debit=await money.of_receipt(Account.PAYABLE, receipt_id, township_id=row.township_id),
            credit=paid,
            amount=int(fen),
        )
        for receipt_id, fen in sorted(by_receipt.items())
        if fen
    ]
    legs += [
        Leg(
            debit=await money.of_organization(Account.LENDER, lender_id, township_id=row.township_id),
            credit=paid,
            amount=int(fen),
        )
        for lender_id, fen in sorted(by_lender.items())
        if fen
    ]
    if legs:
        await claims.post(
            actor, id, "bank_payment", legs, site_id=row.site_id, township_id=row.township_id,
            effective_on=clock.local_day(now), now=now,
        )  # fmt: skip
    await db.execute("UPDATE bank_settlement SET state = 'paid' WHERE payment_id = :id", id=id)
    await db.execute(
        "UPDATE bank_payment SET state = 'paid', paid_at = :now, paid_by = :by, paid_by_name = :by_name WHERE id = :id",
        now=now,
        by=actor.user_id,
        by_name=actor.name,
        id=id,
    )
    await trail.record(
        actor, "bank_payment.paid", subject="bank_payment", subject_id=id, township_id=row.township_id, now=now,
        facts={"settlements": row.settlements, "amount_fen": row.fen},
    )  # fmt: skip
    return await sale_queries.payment(actor, str(id))
