"""Selling what depositors ordered sold: pooled, shared out fairly, settled to the fen, and given out of the lots, all in one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import (
    claims,
    lending,
    lines,
    losses,
    money,
    receipt_queries,
    receipts,
    results,
    sale_queries,
    scheme_queries,
)
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind
from pepperchain.bank.sale_queries import OrderRow
from pepperchain.bank.settlement_rules import Facts, Settlement, settle
from pepperchain.bank.sharing_rules import shared
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import check_reason, wrong_price
from pepperchain.ledger import transactions
from pepperchain.ledger.rules import Leg
from pepperchain.storage import lot_queries, lots, movements, stock
from pepperchain.storage.rules import content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSale:
    """What is sold: so much of a product at a site, at a price, to whom, at what cost besides storage."""

    site_id: int
    product_id: int
    grams: Grams
    price_fen_per_kg: Fen
    buyer: str
    sold_on: date
    costs: Fen = Fen(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One order's part of a sale, settled."""

    order: OrderRow
    receipt: ReceiptRow
    grams: Grams
    settled: Settlement


def eligible(orders: Sequence[OrderRow], price_fen_per_kg: Fen, *, on: date) -> list[OrderRow]:
    """The orders that a price serves on a day: one whose last day is over is not sold, whether or not the timer has come by."""
    return [
        each
        for each in orders
        if (each.limit_fen_per_kg is None or each.limit_fen_per_kg <= price_fen_per_kg)
        and (each.expires_on is None or on <= each.expires_on)
    ]


async def parts(actor: Actor, sale: NewSale) -> list[Part]:
    """How a sale would be shared out and settled; what posts runs this very code.

    Refused: nothing or more than is ordered at this price, a day that cannot be. Missing: a site that is not the actor's.
    """
    if wrong := list(wrong_price(sale.price_fen_per_kg)):
        raise wrong[0]
    if sale.grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    waiting = eligible(
        await sale_queries.open_orders(actor, site_id=sale.site_id, product_id=sale.product_id),
        sale.price_fen_per_kg,
        on=sale.sold_on,
    )
    ordered = Grams(sum(each.open_grams for each in waiting))
    if not waiting or sale.grams > ordered:
        raise Refused("At this price %(ordered)s is ordered sold.", "grams", ordered=ordered)
    weights = [int(each.open_grams) for each in waiting]
    shares = shared(int(sale.grams), weights)
    chosen = [(order, Grams(grams)) for order, grams in zip(waiting, shares, strict=True) if grams]
    costs = shared(int(sale.costs), [int(grams) for _, grams in chosen])
    found = []
    for (order, grams), cost in zip(chosen, costs, strict=True):
        receipt = await receipt_queries.receipt(actor, order.receipt_id)
        terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
        facts = Facts(
            quantity=grams, floor_fen_per_kg=receipt.floor_fen_per_kg, sale_fen_per_kg=sale.price_fen_per_kg,
            deposited_on=receipt.deposited_on, sold_on=sale.sold_on, consortium_member=receipt.is_consortium,
            public_benefit_store=receipt.is_public_benefit, other_costs=Fen(cost),
        )  # fmt: skip
        found.append(Part(order, receipt, grams, settle(terms, facts)))
    return found


@db.unit_of_work
async def sell(actor: Actor, *, id: UUID, sale: NewSale, now: datetime) -> bool:
    """Sells, settles and gives out; False if this sale was made before. Refused like `parts`; nothing is half done.

    NotYours: another operator's store.
    """
    actor.require(Capability.BANK_SETTLE)
    buyer = check_reason(sale.buyer)
    content = content_hash("sale", sale)
    if await _was_made(id, content):
        return False
    operator_id, township_id = await _store(actor, sale.site_id)
    if sale.sold_on > clock.local_day(now):
        raise Refused("This day has not come yet.", "sold_on")
    receipt_ids = await _lock(actor, sale)
    # The same sale, sent twice at the same moment, waited here for the other.
    if await _was_made(id, content):
        return False
    found = await parts(actor, sale)
    if not {part.receipt.id for part in found} <= receipt_ids:
        raise Conflict("Somebody else ordered or sold meanwhile. Look at it again, then repeat it.")
    await registry.enter_as(
        "bank_sale", id=id, site_id=sale.site_id, operator_id=operator_id, township_id=township_id, product_id=sale.product_id,
        grams=sale.grams, price_fen_per_kg=sale.price_fen_per_kg, costs_fen=sale.costs, sold_on=sale.sold_on, buyer=buyer,
        sold_at=now, sold_by=actor.user_id, sold_by_name=actor.name, content_hash=content,
    )  # fmt: skip
    await _post(actor, id, sale, found, operator_id, township_id, now=now)
    await _give_out(actor, id, found, buyer, now=now)
    await results.count(id)
    for (receipt_id, kind), grams in _told(found).items():
        await claims.keep(receipt_id)
        await claims.note(
            actor, receipt_id, kind, grams, transaction_id=id, reason=buyer, now=now, happened_on=sale.sold_on, township_id=township_id
        )  # fmt: skip
    await trail.record(
        actor, "bank_sale.made", subject="bank_sale", subject_id=id, township_id=township_id, now=now,
        facts={"grams": sale.grams, "price": sale.price_fen_per_kg, "receipts": len(found)},
    )  # fmt: skip
    return True


def _told(found: Sequence[Part]) -> dict[tuple[int, EventKind], Grams]:
    """What each receipt's history says of a sale, however many orders of it were served: what it sold, and what was sold for a lender."""
    grams: dict[tuple[int, EventKind], Grams] = {}
    for part in found:
        kind = EventKind.SOLD if part.order.pledge_id is None else EventKind.LIQUIDATED
        grams[part.receipt.id, kind] = grams.get((part.receipt.id, kind), Grams(0)) + part.grams
    return grams


async def _was_made(id: UUID, content: str) -> bool:
    there = await db.scalar("SELECT content_hash FROM bank_sale WHERE id = :id", id=id)
    if there is not None and there != content:
        raise Conflict("This was sent before with other contents.")
    return there is not None


async def _store(actor: Actor, site_id: int) -> tuple[int, int]:
    """Who runs a site, and where it is."""
    rows = await db.tuples("SELECT operator_id, township_id FROM directory_site WHERE id = :id", id=site_id)
    if not rows:
        raise Missing()
    if int(rows[0][0]) != actor.organization_id:
        raise NotYours("Whoever keeps the pepper sells it.")
    return int(rows[0][0]), int(rows[0][1])


async def _lock(actor: Actor, sale: NewSale) -> set[int]:
    """Locks the lots and receipts of all orders that the sale may touch, and whose debts it may set off; the receipts' ids."""
    waiting = await sale_queries.open_orders(actor, site_id=sale.site_id, product_id=sale.product_id)
    ids = sorted({each.receipt_id for each in waiting})
    rows = [await receipt_queries.receipt(actor, id) for id in ids]
    await stock.lock_lots(sorted({row.lot_id for row in rows}))
    await db.lock(receipts.TABLE, ids)
    await db.lock("directory_household", [row.household_id for row in rows])
    return set(ids)


async def _post(
    actor: Actor,
    id: UUID,
    sale: NewSale,
    found: Sequence[Part],
    operator_id: int,
    township_id: int,
    *,
    now: datetime,
) -> None:
    """Grams and money in one transaction; what each depositor gets is written down with its lines."""
    commodity_id = await claims.commodity_of(sale.product_id)
    kept = await claims.custody(sale.site_id, commodity_id, township_id=township_id)
    legs: list[Leg] = []
    owed: dict[int, list[money.Debt]] = {}
    for part in found:
        ordered = await claims.account(
            Claim.ORDERED, part.receipt.id, commodity_id, township_id=part.receipt.township_id
        )
        legs.append(Leg(debit=ordered, credit=kept, amount=part.grams))
        home = part.receipt.household_id
        if home not in owed:
            owed[home] = await money.debts(home)
        cleared = money.set_off(owed[home], part.settled.grower)
        set_off = Fen(sum(fen for _, fen in cleared))
        lender = await _lenders(actor, part, part.settled.grower - set_off, now=now)
        legs += await money.legs_of(
            part.settled,
            receipt_id=part.receipt.id,
            operator_id=operator_id,
            cleared=cleared,
            township_id=township_id,
            lender=lender,
        )
        await _write(id, part, set_off, lender, operator_id, now=now)
    await claims.post(
        actor, id, "bank_sale", legs, site_id=sale.site_id, township_id=township_id, effective_on=clock.local_day(now), now=now
    )  # fmt: skip


async def _lenders(actor: Actor, part: Part, most: Fen, *, now: datetime) -> tuple[int, Fen] | None:
    """Who lent on what is sold here, and what of it they get; None where nobody did."""
    if part.order.pledge_id is None:
        return None
    pledge, fen = await lending.share_of(UUID(part.order.pledge_id), most)
    await lending.sold(actor, pledge.id, part.grams, fen, now=now)
    return pledge.lender_id, fen


async def _write(
    id: UUID, part: Part, set_off: Fen, lender: tuple[int, Fen] | None, operator_id: int, *, now: datetime
) -> None:
    order, settled = part.order, part.settled
    await db.insert(
        "bank_settlement", sale_id=id, order_id=order.id, receipt_id=order.receipt_id, household_id=order.household_id,
        cooperative_id=order.cooperative_id, operator_id=operator_id, site_id=order.site_id, township_id=order.township_id,
        grams=part.grams, sale_fen=settled.sale, floor_fen=settled.floor, top_up_fen=settled.top_up, fee_fen=settled.fee,
        costs_fen=settled.costs, operator_fen=settled.operator, grower_fen=settled.grower, set_off_fen=set_off,
        lender_id=None if lender is None else lender[0], lender_fen=0 if lender is None else lender[1],
        lines=json.dumps(lines.kept(settled.lines), ensure_ascii=False), settled_at=now, state="due",
    )  # fmt: skip
    left = order.open_grams - part.grams
    await db.execute(
        "UPDATE bank_order SET filled_grams = filled_grams + :grams, state = :state, ended_at = :ended_at WHERE id = :id"
        if not left
        else "UPDATE bank_order SET filled_grams = filled_grams + :grams WHERE id = :id",
        grams=part.grams,
        id=order.id,
        **({} if left else {"state": "filled", "ended_at": now}),
    )


async def _give_out(actor: Actor, id: UUID, found: Sequence[Part], buyer: str, *, now: datetime) -> None:
    """Lets go what the receipts held of what was sold, and issues it lot by lot."""
    leaving: dict[int, Grams] = {}
    gone: dict[int, Grams] = {}
    for part in found:
        leaving[part.receipt.lot_id] = leaving.get(part.receipt.lot_id, Grams(0)) + part.grams
        gone[part.receipt.id] = gone.get(part.receipt.id, Grams(0)) + part.grams
    before: dict[int, Grams] = {}
    for receipt in {part.receipt.id: part.receipt for part in found}.values():
        lot = await lot_queries.lot_unscoped(receipt.lot_id)
        before[lot.id] = before.get(lot.id, Grams(0)) + gone[receipt.id]
        await claims.rehold(
            actor,
            receipt.id,
            lot,
            receipt.custody_hold_id,
            receipt.left_grams - gone[receipt.id],
            event_id=id,
            now=now,
            leaving=before[lot.id],
        )
    for lot_id in sorted(leaving):
        await losses.give_way(actor, await lot_queries.lot_unscoped(lot_id), leaving[lot_id], id=id, now=now)
        await lots.issue(
            actor, id=issue_id(id, lot_id), lot_id=lot_id, grams=leaving[lot_id], reason=buyer, now=now
        )


def issue_id(sale_id: UUID, lot_id: int) -> UUID:
    """The movement by which a sale leaves a lot."""
    return uuid5(sale_id, f"lot {lot_id}")


@db.unit_of_work
async def reverse(actor: Actor, *, id: UUID, reason: str, now: datetime) -> None:
    """Takes a whole sale back as long as nothing of it is on a payment list: grams, money and orders are as they were.

    Taken back twice is taken back. Refused: some of it is being paid, or the books of its day are closed.
    """
    actor.require(Capability.BANK_SETTLE)
    said = check_reason(reason)
    row = await sale_queries.sale(actor, str(id))
    if row.operator_id != actor.organization_id:
        raise NotYours("Whoever keeps the pepper sells it.")
    settled = await sale_queries.settlements_of_sale(str(id))
    held = [await receipt_queries.receipt_unscoped(each.receipt_id) for each in settled]
    await stock.lock_lots(sorted({receipt.lot_id for receipt in held}))
    await db.lock(receipts.TABLE, sorted({receipt.id for receipt in held}))
    # Payment lists are made under this lock too: what is taken back gets onto none meanwhile.
    await db.lock("directory_site", [row.site_id])
    row = await sale_queries.sale(actor, str(id))
    if row.reversed_at is not None:
        return
    settled = await sale_queries.settlements_of_sale(str(id))
    if any(each.state != "due" for each in settled):
        raise Refused("Some of it stands on a payment list already.")
    # The bank's accounts before those of the lots, as everywhere: two units never wait for each other.
    await transactions.reverse(
        actor, id=uuid5(id, "back"), of=id, effective_on=clock.local_day(now), reason=said, now=now
    )
    for lot_id in sorted({receipt.lot_id for receipt in held}):
        await movements.reverse(
            actor, id=uuid5(issue_id(id, lot_id), "back"), of=issue_id(id, lot_id), reason=said, now=now
        )
    back: dict[int, Grams] = {}
    for each in settled:
        order = await sale_queries.order_unscoped(each.order_id)
        if order.pledge_id is not None:
            await lending.unsold(UUID(order.pledge_id), each.grams, each.lender_fen)
        back[each.receipt_id] = back.get(each.receipt_id, Grams(0)) + each.grams
        await db.execute(
            "UPDATE bank_order SET filled_grams = filled_grams - :grams, state = 'open', ended_at = NULL WHERE id = :id",
            grams=each.grams,
            id=each.order_id,
        )
    await db.execute("UPDATE bank_settlement SET state = 'reversed' WHERE sale_id = :id", id=id)
    await results.take_off(id)
    await db.execute(
        "UPDATE bank_sale SET reversed_at = :now, reversed_reason = :reason WHERE id = :id",
        now=now,
        reason=said,
        id=id,
    )
    for receipt_id, grams in sorted(back.items()):
        receipt = await receipt_queries.receipt_unscoped(receipt_id)
        lot = await lot_queries.lot_unscoped(receipt.lot_id)
        await claims.rehold(
            actor,
            receipt_id,
            lot,
            receipt.custody_hold_id,
            receipt.left_grams + grams,
            event_id=uuid5(id, "back"),
            now=now,
        )
        await claims.keep(receipt_id)
        await claims.note(
            actor, receipt_id, EventKind.REVERSED, grams, transaction_id=uuid5(id, "back"), reason=said, now=now,
            township_id=receipt.township_id,
        )  # fmt: skip
    await trail.record(
        actor, "bank_sale.reversed", subject="bank_sale", subject_id=id, township_id=row.township_id, now=now,
        facts={"grams": row.grams, "reason": said},
    )  # fmt: skip
