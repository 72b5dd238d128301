"""What a cooperative has in the pepper bank."""

import json
from dataclasses import replace
from datetime import timedelta

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.bank import (
    closes,
    deposits,
    lending,
    orders,
    payouts,
    pledges,
    prices,
    receipt_queries,
    sales,
    terms,
)
from pepperchain.bank.deposits import Goods, Share
from pepperchain.bank.sales import NewSale
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.harness import cast


async def deposit(leader: Actor) -> None:
    """A receipt for part of a lot of dry pepper, for one of its members."""
    now = clock.now()
    lot, grade = (
        await db.tuples(
            "SELECT id, grade FROM storage_lot WHERE cooperative_id = :of AND operator_id = :of AND form = 'dry'"
            " AND free_grams > 8000 ORDER BY id LIMIT 1",
            of=leader.organization_id,
        )
    )[0]
    household = await db.scalar(
        "SELECT MIN(id) FROM directory_household WHERE cooperative_id = :of AND ended_on IS NULL",
        of=leader.organization_id,
    )
    today = clock.local_day(now)
    for who in (SYSTEM, leader):
        await prices.enter(
            who, id=new_id(), form="dry", grade=grade, priced_on=today, fen_per_kg=Fen(5_000), source="The market", now=now
        )  # fmt: skip
    for _ in range(2):
        await deposits.take(leader, id=new_id(), lot_id=lot, share=Share(household, Grams(1_500)), now=now)
    taken = await deposits.take(
        leader, id=new_id(), lot_id=lot, share=Share(household, Grams(4_000), bags=1), now=now,
        goods=Goods(packing="Sacks", marks="Blue thread", quality="Dry and green"),
    )  # fmt: skip
    await _trade(leader, taken.id)
    await _pledge(leader, taken.id)
    await _own_scheme(leader)
    await _close(leader, taken.id)


@db.unit_of_work
async def _own_scheme(leader: Actor) -> None:
    """Two schemes of the cooperative's own: one still a draft, one that somebody else proposed."""
    now = clock.now()
    for code, state, by in (("own", "draft", leader.user_id), ("other", "proposed", None)):
        scheme = await db.insert_id(
            "bank_scheme", request_id=new_id(), code=f"{code}-{leader.organization_id}", name_zh="自办代储", name_en="Own storage",
            operator_id=leader.organization_id, created_at=now, created_by=by, created_by_name=leader.name,
        )  # fmt: skip
        await db.insert(
            "bank_scheme_version", request_id=new_id(), scheme_id=scheme, number=1, terms=json.dumps(terms.plain(terms.default())),
            note="For the members", state=state, drafted_at=now, drafted_by=by, drafted_by_name=leader.name,
        )  # fmt: skip


async def _close(leader: Actor, receipt_id: int) -> None:
    """Yesterday, added up by somebody else than the leader."""
    now, receipt = clock.now(), await receipt_queries.receipt(leader, receipt_id)
    await closes.prepare(
        replace(leader, user_id=None), id=new_id(), site_id=receipt.site_id, on=clock.local_day(now) - timedelta(days=1), now=now
    )  # fmt: skip


async def _pledge(leader: Actor, receipt_id: int) -> None:
    """One asked for at the counter, one that the grower has agreed to, and one that was lent on and is overdue."""
    lender = await cast.actor(cast.LENDER)
    for days_ago, grams, is_agreed, is_lent in (
        (0, 300, False, False),
        (0, 300, True, False),
        (40, 1_300, True, True),
    ):
        now, id = clock.now() - timedelta(days=days_ago), new_id()
        await pledges.request(
            leader, id=id, receipt_id=receipt_id, grams=Grams(grams), lender_id=lender.organization_id or 0, loan=Fen(500),
            words="She asked for it", due_on=clock.local_day(now) + timedelta(days=30), now=now,
        )  # fmt: skip
        if is_agreed:
            await pledges.consent(leader, id=id, words="Signed at the counter", now=now)
        if is_lent:
            await lending.confirm(lender, id=id, loan_number="L-7", now=now)


async def _trade(leader: Actor, receipt_id: int) -> None:
    """Sold twice, a payment list for the first, and an order that waits."""
    now, receipt = clock.now(), await receipt_queries.receipt(leader, receipt_id)
    for grams, sold in ((500, True), (500, True), (1_000, False)):
        await orders.place(
            leader,
            id=new_id(),
            receipt_id=receipt_id,
            grams=Grams(grams),
            words="She said so at the counter",
            now=now,
        )
        if not sold:
            return
        sale = NewSale(
            site_id=receipt.site_id, product_id=receipt.product_id, grams=Grams(grams), price_fen_per_kg=Fen(5_800),
            buyer="The spice mill", sold_on=clock.local_day(now),
        )  # fmt: skip
        await sales.sell(leader, id=new_id(), sale=sale, now=now)
        if not await db.scalar(
            "SELECT COUNT(*) FROM bank_payment WHERE operator_id = :of", of=leader.organization_id
        ):
            await payouts.list_due(leader, id=new_id(), site_id=receipt.site_id, now=now)
