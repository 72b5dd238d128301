"""The terms of a scheme: data that a settlement reads, so that no scheme ever needs code of its own."""

from enum import StrEnum
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pepperchain.core.words import N_
from pepperchain.settings import section

WHOLE_PERCENT = 100
MONEY_MAX = 10**9


class FloorRule(StrEnum):
    """Which price a depositor never gets less than."""

    DAY_PRICE = "day_price"
    FIXED = "fixed"
    NONE = "none"


class Proration(StrEnum):
    """Which part of a month is charged."""

    WHOLE_MONTHS = "whole_months"
    """Months that are over, counted from the day of deposit; a month that has begun costs nothing."""
    STARTED_MONTHS = "started_months"
    BY_DAY = "by_day"


class Charged(StrEnum):
    """Whether storage costs something although the sale brought no gain."""

    ABOVE_FLOOR = "above_floor"
    ALWAYS = "always"


class Combine(StrEnum):
    """What two discounts come to."""

    MULTIPLY = "multiply"
    LARGEST = "largest"


class Costs(StrEnum):
    """Who bears what a sale costs besides storage."""

    BEFORE_SPLIT = "before_split"
    OPERATOR = "operator"
    GROWER = "grower"


class Bearer(StrEnum):
    """Who bears natural loss."""

    OPERATOR = "operator"
    DEPOSITOR = "depositor"


class FloorPaid(StrEnum):
    """When a depositor is paid the floor's worth."""

    AT_SALE = "at_sale"
    AT_DEPOSIT = "at_deposit"


class SaleOrderer(StrEnum):
    """Who may order a sale."""

    DEPOSITOR = "depositor"
    OPERATOR = "operator"
    EITHER = "either"


class EarlyFee(StrEnum):
    """What taking pepper out before the minimum term costs."""

    AS_KEPT = "as_kept"
    FULL_TERM = "full_term"


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Terms(_Terms):
    """All that a version of a scheme promises. Money in fen, weights in grams, shares in whole percent, loss in parts per million."""

    forms: tuple[str, ...] = Field(min_length=1)
    floor: FloorRule
    floor_fen_per_kg: int | None = Field(default=None, gt=0, le=MONEY_MAX)
    top_up: bool = True
    fee_fen_per_tonne_month: int = Field(ge=0, le=MONEY_MAX)
    fee_charged: Charged = Charged.ABOVE_FLOOR
    proration: Proration = Proration.WHOLE_MONTHS
    days_per_month: int = Field(default=30, ge=28, le=31)
    consortium_discount_percent: int = Field(default=0, ge=0, le=WHOLE_PERCENT)
    public_benefit_discount_percent: int = Field(default=0, ge=0, le=WHOLE_PERCENT)
    discounts_combine: Combine = Combine.MULTIPLY
    grower_percent: int = Field(ge=0, le=WHOLE_PERCENT)
    operator_percent: int = Field(ge=0, le=WHOLE_PERCENT)
    costs: Costs = Costs.BEFORE_SPLIT
    loss_borne_by: Bearer = Bearer.OPERATOR
    loss_tolerated_ppm: int = Field(default=0, ge=0, le=1_000_000)
    floor_paid: FloorPaid = FloorPaid.AT_SALE
    sale_ordered_by: SaleOrderer = SaleOrderer.DEPOSITOR
    minimum_days: int = Field(default=0, ge=0, le=3660)
    maximum_days: int | None = Field(default=None, gt=0, le=3660)
    withdrawable: bool = True
    early_fee: EarlyFee = EarlyFee.AS_KEPT
    transferable: bool = True
    pledgeable: bool = True
    pledge_percent_max: int = Field(default=WHOLE_PERCENT, ge=1, le=WHOLE_PERCENT)
    insured: bool = False
    insurer: str | None = Field(default=None, max_length=60)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for wrong in wrongs(self):
            raise ValueError(wrong)
        return self


def wrongs(terms: Terms) -> list[str]:
    """What contradicts itself in terms, as message ids; none if they can be promised."""
    found = []
    if terms.grower_percent + terms.operator_percent != WHOLE_PERCENT:
        found.append(N_("The grower's and the operator's share of a gain must add up to 100 %."))
    if (terms.floor is FloorRule.FIXED) != (terms.floor_fen_per_kg is not None):
        found.append(N_("A fixed floor needs its price, and no other floor has one."))
    if terms.floor is FloorRule.NONE and (terms.top_up or terms.floor_paid is FloorPaid.AT_DEPOSIT):
        found.append(N_("Without a floor there is nothing to top up and nothing to pay at deposit."))
    if terms.floor is FloorRule.NONE and terms.fee_charged is Charged.ABOVE_FLOOR:
        found.append(N_("Without a floor the storage fee is always charged."))
    if terms.maximum_days is not None and terms.maximum_days < terms.minimum_days:
        found.append(N_("The longest term is shorter than the shortest."))
    return found


@cache
def published() -> dict[str, dict[str, Any]]:
    """The schemes that ship with the product, by code: name, words about open questions, terms (config/bank.toml)."""
    return {code: dict(scheme) for code, scheme in section("bank_schemes").items()}


@cache
def default_terms() -> Terms:
    """The terms of the published Jiangjin scheme, by which a settlement is previewed unless a scheme is named."""
    return Terms(**published()[section("bank")["default_scheme"]]["terms"])
