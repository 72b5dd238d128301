"""Prices set after weighing: for one slip, or for all of a day's slips of a product. The price before stays in the trail."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Invalid, NotYours, Refused
from pepperchain.core.units import Fen, value_of
from pepperchain.harvest import queries, totals
from pepperchain.harvest.rules import wrong_price
from pepperchain.web.filters import count, money


@dataclass(frozen=True, slots=True)
class Priced:
    """How many slips got the price, and what they are worth together."""

    slips: int
    amount: Fen

    def spelled(self) -> dict[str, str]:
        """For the sentence that tells of it."""
        return {"slips": count(self.slips), "amount": money(self.amount)}


@db.unit_of_work
async def set_for(actor: Actor, *, weighin_id: UUID, price_fen_per_kg: int, now: datetime) -> Priced:
    """Sets or changes the price of one slip. Missing: not the actor's to see. Refused: voided, or no price at all."""
    actor.require(Capability.HARVEST_PRICE)
    _check(price_fen_per_kg)
    await db.lock("harvest_weighin", [str(weighin_id)])
    slip = await queries.slip(actor, weighin_id)
    if actor.role is not Role.SYSTEM and slip.cooperative_id != actor.organization_id:
        raise NotYours()
    if slip.voided_at is not None:
        raise Refused("This slip was voided: it has no price any more.")
    amount = value_of(slip.net_grams, price_fen_per_kg)
    if slip.price_fen_per_kg == price_fen_per_kg:
        return Priced(0, amount)
    await db.execute(
        "UPDATE harvest_weighin SET price_fen_per_kg = :price, amount_fen = :amount, price_set_at = :now WHERE id = :id",
        price=price_fen_per_kg,
        amount=amount,
        now=now,
        id=weighin_id,
    )
    await totals.reprice(
        day=slip.day, site_id=slip.site_id, cooperative_id=slip.cooperative_id, product_id=slip.product_id,
        gained=amount - (slip.amount_fen or Fen(0)), priced=1 if slip.price_fen_per_kg is None else 0,
    )  # fmt: skip
    await trail.record(
        actor, "weighin.priced", subject="weighin", subject_id=weighin_id, township_id=slip.township_id, now=now,
        facts={"code": slip.code, "before": slip.price_fen_per_kg, "after": price_fen_per_kg},
    )  # fmt: skip
    return Priced(1, amount)


@db.unit_of_work
async def set_for_day(
    actor: Actor,
    *,
    day: date,
    product_id: int,
    price_fen_per_kg: int,
    now: datetime,
    instead_of: int | None = None,
) -> Priced:
    """Sets the price of all slips of the own cooperative of a day and product that have none (or that have `instead_of`).

    Sent twice, it finds nothing left to price and answers zero slips.
    """
    actor.require(Capability.HARVEST_PRICE)
    _check(price_fen_per_kg)
    rows = await db.tuples(
        "SELECT w.id, w.site_id, w.net_grams, w.amount_fen FROM harvest_weighin w"
        " WHERE w.cooperative_id = :cooperative AND w.day = :day AND w.product_id = :product AND w.voided_at IS NULL"
        f" AND {'w.price_fen_per_kg IS NULL' if instead_of is None else 'w.price_fen_per_kg = :before'}"
        f" ORDER BY w.id{' FOR NO KEY UPDATE' if db.dialect() == 'postgres' else ''}",
        cooperative=actor.organization_id,
        day=day,
        product=product_id,
        **({} if instead_of is None else {"before": instead_of}),
    )
    gained: dict[int, list[int]] = {}
    amounts: list[dict[str, object]] = []
    for weighin_id, site_id, net_grams, before in rows:
        amount = value_of(net_grams, price_fen_per_kg)
        amounts.append({"id": weighin_id, "amount": amount, "price": price_fen_per_kg, "now": now})
        gained.setdefault(site_id, []).append(amount - (before or 0))
    if not rows or actor.organization_id is None:
        return Priced(0, Fen(0))
    await db.execute_many(
        "UPDATE harvest_weighin SET price_fen_per_kg = :price, amount_fen = :amount, price_set_at = :now WHERE id = :id",
        amounts,
    )
    for site_id in sorted(gained):
        await totals.reprice(
            day=day.isoformat(), site_id=site_id, cooperative_id=actor.organization_id, product_id=product_id,
            gained=sum(gained[site_id]), priced=len(gained[site_id]) if instead_of is None else 0,
        )  # fmt: skip
    worth = sum((each["amount"] for each in amounts if isinstance(each["amount"], Fen)), Fen(0))
    await trail.record(
        actor, "weighin.day_priced", subject="product", subject_id=product_id, now=now,
        facts={"day": day, "before": instead_of, "after": price_fen_per_kg, "slips": len(rows), "amount_fen": worth},
    )  # fmt: skip
    return Priced(len(rows), worth)


def _check(price_fen_per_kg: int) -> None:
    if wrong := list(wrong_price(price_fen_per_kg)):
        raise Invalid(wrong)
