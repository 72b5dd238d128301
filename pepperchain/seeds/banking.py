"""The village's pepper bank: a season of prices, pepper that is kept, some of it sold, and an order that waits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pepperchain.access.actor import SYSTEM
from pepperchain.bank import deposits, lending, orders, pledges, prices, receipt_queries, sales
from pepperchain.bank.deposits import Goods, Share
from pepperchain.bank.sales import NewSale
from pepperchain.core import clock, db
from pepperchain.core.units import Fen, Grams
from pepperchain.seeds.scene import Scene, form_id, told

LEADER, CLERK, LENDER = "19900000004", "19900000006", "19900000013"
_HOUR = 10


async def this_season(scene: Scene) -> None:
    """As far as the season has come by `now`; by the first cooperative's people, in the store that it runs itself."""
    file = told("banking")
    await _prices(scene, file)
    receipts: dict[int, int] = {}
    acts = sorted(
        (one["day"], order, number, one)
        for order, kind in enumerate(("deposit", "order", "pledge", "sale"))
        for number, one in enumerate(file[kind], start=1)
    )
    for day, order, number, one in acts:
        at = clock.at_local(scene.day(day), _HOUR + order)
        if at > scene.now:
            return
        if order == 0:
            made = await _deposit(scene, number, one, at)
            if made is None:
                return
            receipts[number] = made
        elif order == 1:
            await orders.place(
                scene.actors[CLERK], id=form_id("bank order", number), receipt_id=receipts[one["deposit"]],
                grams=Grams.from_kg(one["kg"]), limit_fen_per_kg=Fen.from_yuan(one["limit"]) if "limit" in one else None,
                words=one["words"], now=at,
            )  # fmt: skip
        elif order == 2:
            await _pledge(scene, number, one, receipts[one["deposit"]], at)
        else:
            await _sale(scene, number, one, receipts, at)


async def _prices(scene: Scene, file: Mapping[str, Any]) -> None:
    for product in file["price"]:
        for day, yuan in product["yuan"]:
            on = scene.day(day)
            if on <= clock.local_day(scene.now):
                await prices.enter(
                    SYSTEM, id=form_id("bank price", product["grade"], day), form="dry", grade=product["grade"], priced_on=on,
                    fen_per_kg=Fen.from_yuan(yuan), source="江津花椒市场", now=clock.at_local(on, _HOUR - 1),
                )  # fmt: skip


async def _deposit(scene: Scene, number: int, one: Mapping[str, Any], at: datetime) -> int | None:
    """A receipt out of the lot of the cooperative's own that has most to give; None if none has enough."""
    clerk = scene.actors[CLERK]
    lot_id = await db.scalar(
        "SELECT id FROM storage_lot WHERE cooperative_id = :own AND operator_id = :own AND form = 'dry' AND grade = 'grade_1'"
        " AND season = :season AND free_grams >= :grams AND received_at < :at ORDER BY free_grams DESC, id LIMIT 1",
        own=clerk.organization_id,
        season=scene.season,
        grams=Grams.from_kg(one["kg"]),
        at=at,
    )
    if lot_id is None:
        return None
    share = Share(scene.households[one["household"]].id, Grams.from_kg(one["kg"]), one.get("bags"))
    entered = await deposits.take(
        clerk,
        id=form_id("bank deposit", number),
        lot_id=int(lot_id),
        share=share,
        goods=Goods(marks=one.get("marks")),
        now=at,
    )
    return entered.id


async def _pledge(scene: Scene, number: int, one: Mapping[str, Any], receipt_id: int, at: datetime) -> None:
    """Asked for at the counter and agreed to there; the bank lends on it, or is still to say."""
    clerk, lender, id = scene.actors[CLERK], scene.actors[LENDER], form_id("bank pledge", number)
    await pledges.request(
        clerk, id=id, receipt_id=receipt_id, grams=Grams.from_kg(one["kg"]), lender_id=lender.organization_id or 0,
        loan=Fen.from_yuan(one["loan"]), due_on=clock.local_day(at) + timedelta(days=one["days"]), words=one["words"], now=at,
    )  # fmt: skip
    await pledges.consent(clerk, id=id, words="本人签字，会计在场", now=at)
    if one["confirmed"]:
        await lending.confirm(lender, id=id, loan_number=f"NS-{number:04}", now=at)


async def _sale(
    scene: Scene, number: int, one: Mapping[str, Any], receipts: Mapping[int, int], at: datetime
) -> None:
    leader = scene.actors[LEADER]
    receipt = await receipt_queries.receipt(leader, receipts[one["deposit"]])
    sold_on: date = clock.local_day(at)
    sale = NewSale(
        site_id=receipt.site_id, product_id=receipt.product_id, grams=Grams.from_kg(one["kg"]), price_fen_per_kg=Fen.from_yuan(one["yuan"]),
        buyer=one["buyer"], sold_on=sold_on, costs=Fen.from_yuan(Decimal(one["costs"])),
    )  # fmt: skip
    await sales.sell(leader, id=form_id("bank sale", number), sale=sale, now=at)
