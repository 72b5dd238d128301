"""What a lender does with a pledge: confirms or declines it, lets grams go, has them sold when the loan is overdue.

A pledged gram is locked in the receipt's own account: it can be neither taken out, nor sold, nor endorsed until the lender says so.
"""

from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import claims, orders, pledge_queries, pledges, receipt_queries, receipts, sale_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.pledge_queries import PledgeRow
from pepperchain.bank.pledge_rules import PledgeState
from pepperchain.bank.pledges import check_state, step, told
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import check_reason
from pepperchain.storage import stock
from pepperchain.storage.rules import content_hash

KIND = "bank_pledge"


@db.unit_of_work
async def confirm(actor: Actor, *, id: UUID, loan_number: str | None = None, now: datetime) -> None:
    """Locks the grams for the lender, and lets those go that this pledge stands for. Confirmed twice is confirmed.

    Refused: less is free by now, or the receipt was reported lost. Missing: not the actor's to see.
    """
    actor.require(Capability.BANK_LEND)
    before = await pledge_queries.pledge(actor, id)
    old_id = before.replaces_id
    others = [] if old_id is None else [(await pledge_queries.pledge_unscoped(old_id)).receipt_id]
    await _lock_receipts([before.receipt_id, *others])
    row = await pledges.locked(actor, id)
    if row.state.is_locked:
        return
    check_state(row, PledgeState.CONSENTED)
    receipt = (await receipts.locked_unscoped(row.receipt_id)).receipt
    receipts.check_open(receipt)
    if row.grams > receipt.free_grams:
        raise Refused("Only %(available)s of this receipt is free.", available=receipt.free_grams)
    await receipts.shift(
        actor, uuid5(id, "lock"), KIND, receipt, Claim.FREE, Claim.PLEDGED, row.grams, now=now
    )
    await step(
        row, PledgeState.ACTIVE, confirmed_at=now, confirmed_by_name=actor.name, loan_number=loan_number, held_grams=row.grams
    )  # fmt: skip
    await _note(actor, row, EventKind.PLEDGED, row.grams, uuid5(id, "lock"), reason=row.lender, now=now)
    await told(actor, row, "bank_pledge.confirmed", now=now, grams=row.grams, amount_fen=row.loan_fen)
    if old_id is not None:
        await _replace(actor, old_id, uuid5(id, "instead"), now=now)


async def _lock_receipts(ids: list[int]) -> None:
    """All of them, and their lots, in the one order in which everything is locked."""
    held = [await receipt_queries.receipt_unscoped(id) for id in set(ids)]
    await stock.lock_lots(sorted({receipt.lot_id for receipt in held}))
    await db.lock(receipts.TABLE, sorted({receipt.id for receipt in held}))


async def _receipt(id: int) -> ReceiptRow:
    return (await receipts.locked_unscoped(id)).receipt


async def _replace(actor: Actor, id: UUID, transaction_id: UUID, *, now: datetime) -> None:
    """Lets all go that a pledge holds for which another stands now."""
    old = await pledge_queries.pledge_unscoped(id)
    if old.state is not PledgeState.ACTIVE:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )
    receipt = await _receipt(old.receipt_id)
    await receipts.shift(
        actor, transaction_id, KIND, receipt, Claim.PLEDGED, Claim.FREE, old.held_grams, now=now
    )
    await step(
        old,
        PledgeState.REPLACED,
        held_grams=0,
        ended_at=now,
        ended_by_name=actor.name,
    )
    await _note(actor, old, EventKind.UNPLEDGED, old.held_grams, transaction_id, reason=None, now=now)


@db.unit_of_work
async def decline(actor: Actor, *, id: UUID, reason: str, now: datetime) -> None:
    """Lends nothing on it. Declined twice is declined."""
    actor.require(Capability.BANK_LEND)
    said = check_reason(reason)
    row = await pledges.locked(actor, id)
    if row.state is PledgeState.DECLINED:
        return
    check_state(row, PledgeState.CONSENTED)
    await step(row, PledgeState.DECLINED, ended_at=now, ended_by_name=actor.name, ended_reason=said)
    await told(actor, row, "bank_pledge.declined", now=now, reason=said)


@db.unit_of_work
async def release(actor: Actor, *, id: UUID, pledge_id: UUID, grams: Grams, now: datetime) -> None:
    """Lets so much go: the depositor may do with it what they want again. Sent twice, done once.

    Refused: more than is locked and not on its way to be sold.
    """
    actor.require(Capability.BANK_LEND)
    content = content_hash("release", pledge_id, grams)
    row = await pledges.locked(actor, pledge_id)
    if await receipts.repeated(id, content):
        return
    check_state(row, PledgeState.ACTIVE, PledgeState.CALLED)
    _check_held(row, grams)
    receipt = await _receipt(row.receipt_id)
    await receipts.shift(actor, id, KIND, receipt, Claim.PLEDGED, Claim.FREE, grams, now=now)
    left = row.held_grams - grams
    await _settle_down(actor, row, PledgeState.RELEASED, held=left, called=row.called_grams, now=now)
    await _note(
        actor, row, EventKind.UNPLEDGED, grams, id, reason=row.lender, now=now, id=id, content=content
    )
    await told(actor, row, "bank_pledge.released", now=now, grams=grams)


@db.unit_of_work
async def call(actor: Actor, *, id: UUID, pledge_id: UUID, grams: Grams, reason: str, now: datetime) -> None:
    """Has so much sold at the next sale, because the loan was not paid back in time. Sent twice, done once.

    What it brings the depositor goes to the lender first, as far as the loan. Refused: the loan is not overdue, more than is locked.
    """
    actor.require(Capability.BANK_LEND)
    said = check_reason(reason)
    row = await pledges.locked(actor, pledge_id)
    there = await db.scalar("SELECT content_hash FROM bank_order WHERE id = :id", id=id)
    if there is not None:
        if there != content_hash("call", pledge_id, grams, said):
            raise Conflict("This was sent before with other contents.")
        return
    check_state(row, PledgeState.ACTIVE, PledgeState.CALLED)
    if row.due_on >= clock.local_day(now):
        raise Refused("The loan is due on %(day)s: before that nothing is sold for it.", day=row.due_on)
    if row.called_grams:
        raise Refused("Some of it waits to be sold already. Take that back first.")
    _check_held(row, grams)
    receipt = await _receipt(row.receipt_id)
    await orders.call(actor, id=id, receipt=receipt, pledge_id=pledge_id, grams=grams, reason=said, now=now)
    await step(row, PledgeState.CALLED, held_grams=row.held_grams - grams, called_grams=grams)
    await _note(actor, row, EventKind.ORDERED, grams, id, reason=said, now=now)
    await told(actor, row, "bank_pledge.called", now=now, grams=grams, reason=said)


@db.unit_of_work
async def uncall(actor: Actor, *, pledge_id: UUID, now: datetime) -> None:
    """Takes back what waits to be sold for the loan: it is locked as before. Done twice is done once."""
    actor.require(Capability.BANK_LEND)
    row = await pledges.locked(actor, pledge_id)
    order = await sale_queries.open_order_of_pledge(str(pledge_id))
    if order is None:
        return
    ended = await orders.uncall(actor, id=UUID(order.id), now=now)
    held = row.held_grams + ended.open_grams
    await step(row, PledgeState.ACTIVE, held_grams=held, called_grams=0)
    await told(actor, row, "bank_pledge.uncalled", now=now, grams=ended.open_grams)


def _check_held(row: PledgeRow, grams: Grams) -> None:
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams > row.held_grams:
        raise Refused("Only %(available)s of it is locked.", "grams", available=row.held_grams)


async def share_of(pledge_id: UUID, most: Fen) -> tuple[PledgeRow, Fen]:
    """What of a settlement a lender gets: what is still owing, as far as the settlement goes."""
    row = await pledge_queries.pledge_unscoped(pledge_id)
    return row, min(row.owing_fen, most)


async def sold(actor: Actor, pledge_id: UUID, grams: Grams, fen: Fen, *, now: datetime) -> None:
    """Notes that so much of what was called is sold, and what the lender got of it. A part of a sale."""
    row = await pledge_queries.pledge_unscoped(pledge_id)
    await db.execute(
        "UPDATE bank_pledge SET received_fen = received_fen + :fen WHERE id = :id", fen=fen, id=pledge_id
    )
    await _settle_down(
        actor, row, PledgeState.SETTLED, held=row.held_grams, called=row.called_grams - grams, now=now
    )


async def unsold(pledge_id: UUID, grams: Grams, fen: Fen) -> None:
    """Takes `sold` back: the grams wait to be sold again, the lender has so much less. A part of taking a sale back."""
    row = await pledge_queries.pledge_unscoped(pledge_id)
    await step(
        row, PledgeState.CALLED, called_grams=row.called_grams + grams, received_fen=row.received_fen - fen, ended_at=None,
        ended_by_name=None, ended_reason=None,
    )  # fmt: skip


async def _settle_down(
    actor: Actor, row: PledgeRow, when_empty: PledgeState, *, held: Grams, called: Grams, now: datetime
) -> None:
    """The state that follows from what is left: called while some waits to be sold, over when nothing is left."""
    if held + called == Grams(0):
        await step(row, when_empty, held_grams=0, called_grams=0, ended_at=now, ended_by_name=actor.name)
    else:
        state = PledgeState.CALLED if called else PledgeState.ACTIVE
        await step(row, state, held_grams=held, called_grams=called)


async def _note(
    actor: Actor,
    row: PledgeRow,
    kind: EventKind,
    grams: Grams,
    transaction_id: UUID,
    *,
    reason: str | None,
    now: datetime,
    id: UUID | None = None,
    content: str | None = None,
) -> None:
    await claims.note(
        actor, row.receipt_id, kind, grams, transaction_id=transaction_id, reason=reason, now=now, township_id=row.township_id, id=id,
        content=content,
    )  # fmt: skip
