"""Taking pepper out in kind: the claim ends, the pepper leaves its lot, and keeping it has its price."""

from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import claims, losses, money, receipts, scheme_queries
from pepperchain.bank.account_rules import Account, Claim
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind
from pepperchain.bank.settlement_rules import Fee, withdrawal_fee
from pepperchain.bank.terms_rules import EarlyFee
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger.rules import Leg
from pepperchain.storage import lots
from pepperchain.storage.rules import content_hash


async def fee_of(receipt: ReceiptRow, grams: Grams, *, now: datetime) -> Fee:
    """What taking so much out today costs under the receipt's own terms."""
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    return withdrawal_fee(
        terms, grams, receipt.deposited_on, clock.local_day(now), consortium_member=receipt.is_consortium,
        public_benefit_store=receipt.is_public_benefit,
    )  # fmt: skip


@db.unit_of_work
async def take_out(
    actor: Actor, *, id: UUID, receipt_id: int, grams: Grams, reason: str, now: datetime
) -> Fen:
    """Gives so much of a receipt out; what storage cost until now, which the household owes from then on. Sent twice, done once.

    Refused: more than is free (what is ordered or pledged is not), terms that give nothing out, or not before their days are over.
    Missing: a receipt that is not the actor's to see.
    """
    actor.require(Capability.BANK_DEPOSIT)
    said = check_reason(reason)
    content = content_hash("withdraw", receipt_id, grams, said)
    held = await receipts.locked(actor, receipt_id)
    receipt, lot = held.receipt, held.lot
    due = await fee_of(receipt, grams, now=now)
    if await receipts.repeated(id, content):
        return due.fen
    receipts.check_open(receipt)
    await _check(receipt, grams, now=now)
    commodity_id = await claims.commodity_of(receipt.product_id)
    township_id = receipt.township_id
    claim = await claims.account(Claim.FREE, receipt_id, commodity_id, township_id=township_id)
    legs = [
        Leg(
            debit=claim,
            credit=await claims.custody(receipt.site_id, commodity_id, township_id=township_id),
            amount=grams,
        )
    ]
    if due.fen:
        owed = await money.of_receipt(Account.RECEIVABLE, receipt_id, township_id=township_id)
        legs.append(
            Leg(
                debit=owed,
                credit=await money.of_organization(Account.FEE, receipt.operator_id, township_id=township_id),
                amount=due.fen,
            )
        )
    await claims.post(
        actor, id, "bank_withdrawal", legs, site_id=receipt.site_id, effective_on=clock.local_day(now), reason=said,
        now=now, township_id=township_id,
    )  # fmt: skip
    await claims.rehold(
        actor, receipt_id, lot, receipt.custody_hold_id, receipt.left_grams - grams, event_id=id, now=now, leaving=grams
    )  # fmt: skip
    await losses.give_way(actor, lot, grams, id=id, now=now)
    await lots.issue(actor, id=uuid5(id, "issue"), lot_id=lot.id, grams=grams, reason=said, now=now)
    await claims.keep(receipt_id)
    await claims.note(
        actor, receipt_id, EventKind.WITHDRAWN, grams, id=id, transaction_id=id, reason=said, content=content,
        now=now, township_id=township_id,
    )  # fmt: skip
    await trail.record(
        actor, "bank_receipt.withdrawn", subject="bank_receipt", subject_id=receipt_id, now=now, township_id=township_id,
        facts={"grams": grams, "fee": due.fen},
    )  # fmt: skip
    return due.fen


async def _check(receipt: ReceiptRow, grams: Grams, *, now: datetime) -> None:
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    kept_days = (clock.local_day(now) - receipt.deposited_on).days
    if not terms.withdrawable:
        raise Refused("These terms give nothing out in kind: it is sold.")
    if kept_days < terms.minimum_days and terms.early_fee is EarlyFee.AS_KEPT and terms.minimum_days:
        raise Refused(
            "It stays for %(days)s days at least, until %(until)s.",
            days=terms.minimum_days,
            until=receipt.deposited_on.fromordinal(receipt.deposited_on.toordinal() + terms.minimum_days),
        )
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams > receipt.free_grams:
        raise Refused("Only %(available)s of this receipt is free.", "grams", available=receipt.free_grams)
