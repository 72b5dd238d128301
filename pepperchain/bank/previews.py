"""A settlement reckoned through by the code that settles, with nothing written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pepperchain.access.actor import Actor
from pepperchain.bank import price_queries, scheme_queries, terms
from pepperchain.bank.course_drawings import Worth
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.settlement_rules import Facts, Settlement, settle
from pepperchain.bank.terms_rules import FloorRule, Terms
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen
from pepperchain.settings import section


async def of(actor: Actor, facts: Facts, *, scheme: str | None = None) -> Settlement:
    """What a sale would come to under a scheme's terms of the deposit day, or those that ship.

    Refused: no such scheme, a floor price that is missing, nothing to sell.
    """
    promised = await _terms(actor, facts, scheme)
    if facts.quantity <= 0:
        raise Refused("Write how much, more than zero.", "quantity_grams")
    if facts.sale_fen_per_kg <= 0:
        raise Refused("Write a price, more than zero.", "sale_fen_per_kg")
    if promised.floor is not FloorRule.NONE and not facts.floor_fen_per_kg:
        raise Refused("These terms have a floor: say at which price.", "floor_fen_per_kg")
    return settle(promised, facts)


async def _terms(actor: Actor, facts: Facts, scheme: str | None) -> Terms:
    code = scheme or section("bank")["default_scheme"]
    standing = await scheme_queries.standing_of(actor, code, on=facts.deposited_on)
    if standing is not None:
        return standing.terms
    if code == section("bank")["default_scheme"]:
        return terms.default()
    raise Refused("There is no such scheme, or it was not in force on the day of deposit.", "scheme")


@dataclass(frozen=True, slots=True)
class IfSoldToday:
    """What a receipt would bring its depositor at the latest price, against its worth at the floor."""

    priced_on: date
    price_fen_per_kg: Fen
    settled: Settlement

    @property
    def extra(self) -> Fen:
        """How much more than at the floor."""
        return self.settled.grower - self.settled.floor


DAYS_BACK = timedelta(days=400)


async def day_by_day(receipt: ReceiptRow, *, now: datetime) -> list[Worth]:
    """What all that is left of a receipt would have brought at each day's price since it was deposited, oldest day first."""
    today, left = clock.local_day(now), receipt.left_grams
    if not left:
        return []
    promised = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    first = max(receipt.deposited_on, today - DAYS_BACK)
    prices = await price_queries.course(
        form=receipt.form, grade=receipt.grade, first=first, last=today, operator_id=receipt.operator_id
    )
    return [
        Worth(price.priced_on, settle(promised, _facts(receipt, price.fen_per_kg, price.priced_on)).grower)
        for price in prices
    ]


def _facts(receipt: ReceiptRow, sale_fen_per_kg: Fen, on: date) -> Facts:
    """A receipt sold whole on a day."""
    return Facts(
        quantity=receipt.left_grams, floor_fen_per_kg=receipt.floor_fen_per_kg, sale_fen_per_kg=sale_fen_per_kg,
        deposited_on=receipt.deposited_on, sold_on=on, consortium_member=receipt.is_consortium,
        public_benefit_store=receipt.is_public_benefit,
    )  # fmt: skip


async def today(receipt: ReceiptRow, *, now: datetime) -> IfSoldToday | None:
    """All that is left of a receipt, sold today; None if nothing is left or nobody entered a price."""
    day = clock.local_day(now)
    price = await price_queries.standing(
        form=receipt.form, grade=receipt.grade, on=day, operator_id=receipt.operator_id
    )
    if price is None or not receipt.left_grams or day < receipt.deposited_on:
        return None
    promised = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    settled = settle(promised, _facts(receipt, price.fen_per_kg, day))
    return IfSoldToday(price.priced_on, price.fen_per_kg, settled)
