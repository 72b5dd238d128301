"""A receipt becomes another: split, endorsed to somebody else, issued anew when its paper was lost, or void when it was a mistake.

What it promised stays: the new one has the same terms, floor and day of deposit, and grams go from claim to claim.
"""

from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import claims, issuing, losses, receipt_queries, receipts, scheme_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.issuing import NewReceipt
from pepperchain.bank.receipts import Held
from pepperchain.bank.rules import EventKind, Origin, State
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Grams, value_of
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger import transactions
from pepperchain.ledger.rules import Leg
from pepperchain.storage.rules import content_hash


@db.unit_of_work
async def split(actor: Actor, *, id: UUID, receipt_id: int, grams: Grams, now: datetime) -> Entered:
    """Makes a part of a receipt one of its own, for the same depositor. Refused: more than is free, or all of it."""
    actor.require(Capability.BANK_DEPOSIT)
    content = content_hash("split", receipt_id, grams)
    held, made = await _begin(actor, id, receipt_id, content)
    if made is not None:
        return Entered(made, True)
    if grams >= held.receipt.left_grams:
        raise Refused("That is the whole receipt: there is nothing to split off.", "grams")
    return await _part(
        actor, id, held, held.receipt.household_id, grams, Origin.SPLIT, EventKind.SPLIT_OFF, content=content, reason=None, now=now
    )  # fmt: skip


@db.unit_of_work
async def endorse(
    actor: Actor, *, id: UUID, receipt_id: int, to_household_id: int, grams: Grams, reason: str, now: datetime
) -> Entered:
    """Gives a receipt, or a part of it, to another household of the cooperative, who has the claim from then on.

    Refused: terms that forbid it, more than is free, oneself, a household of another cooperative. Missing: not the actor's to see.
    """
    actor.require(Capability.BANK_DEPOSIT)
    said = check_reason(reason)
    content = content_hash("endorse", receipt_id, to_household_id, grams, said)
    held, made = await _begin(actor, id, receipt_id, content)
    if made is not None:
        return Entered(made, True)
    receipt = held.receipt
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    if not terms.transferable:
        raise Refused("These terms do not let a receipt go to somebody else.")
    if to_household_id == receipt.household_id:
        raise Refused("It is theirs already.", "household_id")
    taker = await receipt_queries.depositor(actor, to_household_id)
    if taker.cooperative_id != receipt.cooperative_id:
        raise Refused(
            "%(name)s is no member of %(cooperative)s, to whom this lot belongs.", "household_id",
            name=taker.head, cooperative=receipt.cooperative,
        )  # fmt: skip
    return await _part(
        actor, id, held, to_household_id, grams, Origin.TRANSFER, EventKind.TRANSFERRED, content=content, reason=said, now=now
    )  # fmt: skip


@db.unit_of_work
async def reissue(actor: Actor, *, id: UUID, receipt_id: int, reason: str, now: datetime) -> Entered:
    """Issues a lost receipt anew, with a number and code of its own; the lost one stands for nothing from then on.

    Refused: it was not reported lost, or some of it is to be sold or pledged.
    """
    actor.require(Capability.BANK_DEPOSIT)
    said = check_reason(reason)
    content = content_hash("reissue", receipt_id, said)
    held, made = await _begin(actor, id, receipt_id, content, is_lost=True)
    if made is not None:
        return Entered(made, True)
    receipt = held.receipt
    if receipt.state is not State.LOST:
        raise Refused("Report it lost first.")
    if receipt.free_grams != receipt.left_grams:
        raise Refused("Some of it is to be sold or pledged. Settle that first.")
    return await _part(
        actor, id, held, receipt.household_id, receipt.free_grams, Origin.REISSUE, EventKind.REISSUED, content=content, reason=said, now=now
    )  # fmt: skip


@db.unit_of_work
async def report(
    actor: Actor, *, id: UUID, receipt_id: int, is_lost: bool, reason: str, now: datetime
) -> None:
    """Reports a receipt's paper lost, or found again: while it is lost, nothing of it goes out. Reported twice is reported."""
    actor.require(Capability.BANK_DEPOSIT)
    said = check_reason(reason)
    content = content_hash("report", receipt_id, is_lost, said)
    held = await receipts.locked(actor, receipt_id)
    if await receipts.repeated(id, content):
        return
    before, after = (State.OPEN, State.LOST) if is_lost else (State.LOST, State.OPEN)
    if held.receipt.state is not before:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )
    await db.execute(
        "UPDATE bank_receipt SET state = :state, version = version + 1 WHERE id = :id",
        state=after,
        id=receipt_id,
    )
    kind = EventKind.LOST if is_lost else EventKind.FOUND
    await claims.note(
        actor, receipt_id, kind, Grams(0), id=id, transaction_id=id, reason=said, content=content, now=now,
        township_id=held.receipt.township_id,
    )  # fmt: skip
    await trail.record(
        actor, f"bank_receipt.{kind.value}", subject="bank_receipt", subject_id=receipt_id,
        township_id=held.receipt.township_id, now=now, facts={"reason": said},
    )  # fmt: skip


@db.unit_of_work
async def void(actor: Actor, *, id: UUID, receipt_id: int, reason: str, now: datetime) -> None:
    """Takes a deposit back as if it had not been: the exact mirror in the ledger, the lot's grams are free, the number stays void.

    Refused: something was done with it since, or the day's books are closed. Voided twice is voided.
    """
    actor.require(Capability.BANK_DEPOSIT)
    said = check_reason(reason)
    content = content_hash("void", receipt_id, said)
    held = await receipts.locked(actor, receipt_id)
    if await receipts.repeated(id, content):
        return
    receipt = held.receipt
    touched = await db.scalar(
        "SELECT 1 FROM bank_event WHERE receipt_id = :id AND kind NOT IN ('issued', 'printed') LIMIT 1",
        id=receipt_id,
    )
    if receipt.origin != Origin.DEPOSIT or receipt.free_grams != receipt.grams or touched is not None:
        raise Refused("Something was done with this receipt since: it cannot be void any more.")
    deposit = await db.scalar("SELECT request_id FROM bank_receipt WHERE id = :id", id=receipt_id)
    await transactions.reverse(
        actor, id=id, of=UUID(str(deposit)), effective_on=clock.local_day(now), reason=said, now=now
    )
    await claims.rehold(actor, receipt_id, held.lot, receipt.custody_hold_id, Grams(0), event_id=id, now=now)
    await claims.keep(receipt_id, when_empty=State.VOID)
    await losses.take_up(actor, held.lot, id=id, now=now)
    await claims.note(
        actor, receipt_id, EventKind.VOIDED, receipt.grams, id=id, transaction_id=id, reason=said, content=content, now=now,
        township_id=receipt.township_id,
    )  # fmt: skip
    await trail.record(
        actor, "bank_receipt.voided", subject="bank_receipt", subject_id=receipt_id, township_id=receipt.township_id, now=now,
        facts={"grams": receipt.grams, "reason": said},
    )  # fmt: skip


async def _begin(
    actor: Actor, id: UUID, receipt_id: int, content: str, *, is_lost: bool = False
) -> tuple[Held, int | None]:
    """The receipt, locked; and the one that this very act made of it before. Conflict: the id stood for another act."""
    held = await receipts.locked(actor, receipt_id)
    made = await issuing.made(id, content)
    if made is None and not is_lost:
        receipts.check_open(held.receipt)
    return held, made


async def _part(
    actor: Actor,
    id: UUID,
    held: Held,
    household_id: int,
    grams: Grams,
    origin: Origin,
    kind: EventKind,
    *,
    content: str,
    reason: str | None,
    now: datetime,
) -> Entered:
    """A new receipt for so much of a (locked) one, whose claim is less by it."""
    receipt = held.receipt
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams > receipt.free_grams:
        raise Refused("Only %(available)s of this receipt is free.", "grams", available=receipt.free_grams)
    version = await scheme_queries.version_unscoped(receipt.scheme_version_id)
    floor = receipt.floor_fen_per_kg
    insured = value_of(grams, floor) if receipt.insured_fen is not None and floor is not None else None
    # What it may still lose goes along in proportion: parted or not, no more is borne.
    along = Grams(int(receipt.loss_left_grams) * int(grams) // int(receipt.left_grams))
    new = NewReceipt(
        lot=held.booked, household_id=household_id, grams=grams, version=version, deposited_on=receipt.deposited_on, floor=floor,
        is_consortium=receipt.is_consortium, is_public_benefit=receipt.is_public_benefit, origin=origin, parent_id=receipt.id,
        packing=receipt.packing, marks=receipt.marks, quality=receipt.quality, insured=insured,
        bags=receipt.bags if grams == receipt.left_grams else None, loss_left=along,
    )  # fmt: skip
    made = await issuing.issue(actor, id, new, content=content, now=now)
    await issuing.hand_on(receipt.id, along)
    commodity_id = await claims.commodity_of(receipt.product_id)
    before, after = [
        await claims.account(Claim.FREE, each, commodity_id, township_id=receipt.township_id)
        for each in (receipt.id, made)
    ]
    await claims.post(
        actor, id, "bank_part", [Leg(debit=before, credit=after, amount=grams)], site_id=receipt.site_id,
        township_id=receipt.township_id, effective_on=clock.local_day(now), reason=reason, now=now,
    )  # fmt: skip
    await claims.rehold(
        actor, receipt.id, held.lot, receipt.custody_hold_id, receipt.left_grams - grams, event_id=id, now=now
    )
    await claims.rehold(actor, made, held.lot, None, grams, event_id=id, now=now)
    for each in (receipt.id, made):
        await claims.keep(each, when_empty=State.REPLACED)
    await claims.note(
        actor, receipt.id, kind, grams, transaction_id=id, other_receipt_id=made, reason=reason, now=now,
        township_id=receipt.township_id,
    )  # fmt: skip
    await trail.record(
        actor, f"bank_receipt.{kind.value}", subject="bank_receipt", subject_id=receipt.id, township_id=receipt.township_id, now=now,
        facts={"grams": grams, "receipt": made, "household": household_id, "reason": reason},
    )  # fmt: skip
    return Entered(made, False)
