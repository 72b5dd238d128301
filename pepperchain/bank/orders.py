"""Orders to sell: grams of a receipt are set aside until they are sold, the order is taken back, or its days are over."""

from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.bank import claims, receipts, sale_queries, scheme_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind
from pepperchain.bank.sale_queries import OrderRow
from pepperchain.bank.terms_rules import SaleOrderer
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.storage.rules import content_hash

EXPIRED_A_TURN = 200
KIND = "bank_order"


@db.unit_of_work
async def place(
    actor: Actor,
    *,
    id: UUID,
    receipt_id: int,
    grams: Grams,
    now: datetime,
    limit_fen_per_kg: Fen | None = None,
    expires_on: date | None = None,
    words: str | None = None,
) -> bool:
    """Orders so much sold, now or when a kilogram brings `limit_fen_per_kg`; False if this order was placed before.

    Growers order for themselves; staff for a depositor say in `words` who asked for it and how; whether the depositor or the operator
    orders the terms decide. Refused: more than is free. Missing: a receipt that is not the actor's to see.
    """
    actor.require(Capability.BANK_ORDER)
    content = content_hash("order", receipt_id, grams, limit_fen_per_kg, expires_on, words)
    held = await receipts.locked(actor, receipt_id)
    there = await db.scalar("SELECT content_hash FROM bank_order WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return False
    receipt = held.receipt
    receipts.check_open(receipt)
    ordered_by = await _orderer(actor, receipt, words)
    _check(receipt, grams, limit_fen_per_kg, expires_on, now=now)
    await _insert(
        actor, id, receipt, grams, limit_fen_per_kg, expires_on, ordered_by, words, content, now=now
    )
    await receipts.shift(actor, id, KIND, receipt, Claim.FREE, Claim.ORDERED, grams, now=now)
    await claims.note(
        actor,
        receipt_id,
        EventKind.ORDERED,
        grams,
        transaction_id=id,
        reason=words,
        now=now,
        township_id=receipt.township_id,
    )
    await trail.record(
        actor, "bank_order.placed", subject="bank_receipt", subject_id=receipt_id, township_id=receipt.township_id, now=now,
        facts={"grams": grams, "limit_price": limit_fen_per_kg, "until": expires_on},
    )  # fmt: skip
    return True


async def _orderer(actor: Actor, receipt: ReceiptRow, words: str | None) -> str:
    """Who orders, if the terms let them."""
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    keeps = actor.organization_id == receipt.operator_id
    if actor.role is Role.GROWER:
        if terms.sale_ordered_by is SaleOrderer.OPERATOR:
            raise NotYours("Under these terms the operator decides when it is sold.")
        return "depositor"
    if terms.sale_ordered_by is SaleOrderer.OPERATOR:
        if not keeps:
            raise NotYours("Under these terms the operator decides when it is sold.")
        return "operator"
    if not words:
        raise Refused("Say who asked for it, and how.", "words")
    return "staff"


def _check(
    receipt: ReceiptRow, grams: Grams, limit: Fen | None, expires_on: date | None, *, now: datetime
) -> None:
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams > receipt.free_grams:
        raise Refused("Only %(available)s of this receipt is free.", "grams", available=receipt.free_grams)
    if limit is not None and limit <= 0:
        raise Refused("Write a price, more than zero.", "limit_fen_per_kg")
    if expires_on is not None and expires_on < clock.local_day(now):
        raise Refused("This day is over.", "expires_on")


@db.unit_of_work
async def call(
    actor: Actor, *, id: UUID, receipt: ReceiptRow, pledge_id: UUID, grams: Grams, reason: str, now: datetime
) -> None:
    """Sets pledged grams of a (locked) receipt aside to be sold for the lender. A building block: `lending` has checked all of it."""
    content = content_hash("call", pledge_id, grams, reason)
    await _insert(
        actor, id, receipt, grams, None, None, "lender", reason, content, now=now, pledge_id=pledge_id
    )
    await receipts.shift(actor, id, KIND, receipt, Claim.PLEDGED, Claim.ORDERED, grams, now=now)


async def _insert(
    actor: Actor,
    id: UUID,
    receipt: ReceiptRow,
    grams: Grams,
    limit: Fen | None,
    expires_on: date | None,
    ordered_by: str,
    words: str | None,
    content: str,
    *,
    now: datetime,
    pledge_id: UUID | None = None,
) -> None:
    await registry.enter_as(
        "bank_order", id=id, receipt_id=receipt.id, household_id=receipt.household_id, cooperative_id=receipt.cooperative_id,
        operator_id=receipt.operator_id, site_id=receipt.site_id, township_id=receipt.township_id, product_id=receipt.product_id,
        kind="now" if limit is None else "at_price", limit_fen_per_kg=limit, grams=grams, expires_on=expires_on, ordered_by=ordered_by,
        words=words, pledge_id=pledge_id, state="open", placed_at=now, placed_by=actor.user_id, placed_by_name=actor.name,
        content_hash=content,
    )  # fmt: skip


@db.unit_of_work
async def cancel(actor: Actor, *, id: UUID, now: datetime) -> OrderRow:
    """Takes back what is not sold of an order. Cancelled twice is cancelled.

    NotYours: the lender's order, which `lending` takes back. Missing: not the actor's to see.
    """
    actor.require(Capability.BANK_ORDER)
    if (await sale_queries.order(actor, str(id))).pledge_id is not None:
        raise NotYours("The lender ordered this, and alone can take it back.")
    return await _end(actor, id, "cancelled", now=now)


@db.unit_of_work
async def uncall(actor: Actor, *, id: UUID, now: datetime) -> OrderRow:
    """Ends a lender's order; what is not sold is pledged again. A building block: `lending` has checked all of it, and tells the trail."""
    return await _end(actor, id, "cancelled", now=now)


async def expire_due(*, now: datetime) -> int:
    """Ends orders whose last day is over; how many."""
    due = await db.tuples(
        "SELECT id FROM bank_order WHERE state = 'open' AND expires_on IS NOT NULL AND expires_on < :today"
        " ORDER BY expires_on, id LIMIT :limit",
        today=clock.local_day(now),
        limit=EXPIRED_A_TURN,
    )
    return sum([await _expire(UUID(str(id)), now=now) for (id,) in due])


@db.unit_of_work
async def _expire(id: UUID, *, now: datetime) -> bool:
    """False if it was sold or taken back since it was looked for: the others are still due."""
    before = await sale_queries.order_unscoped(str(id))
    await receipts.locked_unscoped(before.receipt_id)
    if (await sale_queries.order_unscoped(str(id))).state != "open":
        return False
    await _end(SYSTEM, id, "expired", now=now)
    return True


async def _end(actor: Actor, id: UUID, state: str, *, now: datetime) -> OrderRow:
    before = await sale_queries.order_unscoped(str(id))
    held = await receipts.locked_unscoped(before.receipt_id)
    row = await sale_queries.order_unscoped(str(id))
    if row.state == state:
        return row
    if row.state != "open":
        raise Conflict("This order has ended already.")
    left = row.open_grams
    # An order that was reopened by taking a sale back ends again: each ending cancels more than the one before.
    ending = uuid5(id, f"end {int(row.cancelled_grams)}")
    await db.execute(
        "UPDATE bank_order SET state = :state, ended_at = :now, cancelled_grams = grams - filled_grams WHERE id = :id",
        state=state,
        now=now,
        id=id,
    )
    back = Claim.FREE if row.pledge_id is None else Claim.PLEDGED
    await receipts.shift(actor, ending, KIND, held.receipt, Claim.ORDERED, back, left, now=now)
    await claims.note(
        actor, row.receipt_id, EventKind.ORDER_ENDED, left, transaction_id=ending, now=now,
        township_id=row.township_id,
    )  # fmt: skip
    if row.pledge_id is None:
        await trail.record(
            actor, f"bank_order.{state}", subject="bank_receipt", subject_id=row.receipt_id, township_id=row.township_id, now=now,
            facts={"grams": left},
        )  # fmt: skip
    return row
