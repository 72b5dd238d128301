"""The terms of a scheme: data that a settlement reads, so that no scheme ever needs code of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pepperchain.core.words import N_
from pepperchain.settings import section

WHOLE_PERCENT = 100
MONEY_MAX = 10**9
DAYS_MAX = 3660
PPM = 1_000_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that a version of a scheme promises. Money in fen, weights in grams, shares in whole percent, loss in parts per million.

    `terms.read` makes them of plain data and refuses what cannot be promised.
    """

    forms: tuple[str, ...]
    floor: FloorRule
    fee_fen_per_tonne_month: int
    grower_percent: int
    operator_percent: int
    floor_fen_per_kg: int | None = None
    top_up: bool = True
    fee_charged: Charged = Charged.ABOVE_FLOOR
    proration: Proration = Proration.WHOLE_MONTHS
    days_per_month: int = 30
    consortium_discount_percent: int = 0
    public_benefit_discount_percent: int = 0
    discounts_combine: Combine = Combine.MULTIPLY
    costs: Costs = Costs.BEFORE_SPLIT
    loss_borne_by: Bearer = Bearer.OPERATOR
    loss_tolerated_ppm: int = 0
    floor_paid: FloorPaid = FloorPaid.AT_SALE
    sale_ordered_by: SaleOrderer = SaleOrderer.DEPOSITOR
    minimum_days: int = 0
    maximum_days: int | None = None
    withdrawable: bool = True
    early_fee: EarlyFee = EarlyFee.AS_KEPT
    transferable: bool = True
    pledgeable: bool = True
    pledge_percent_max: int = WHOLE_PERCENT
    insured: bool = False
    insurer: str | None = None


RANGES: dict[str, tuple[int, int]] = {
    "floor_fen_per_kg": (1, MONEY_MAX),
    "fee_fen_per_tonne_month": (0, MONEY_MAX),
    "days_per_month": (28, 31),
    "consortium_discount_percent": (0, WHOLE_PERCENT),
    "public_benefit_discount_percent": (0, WHOLE_PERCENT),
    "grower_percent": (0, WHOLE_PERCENT),
    "operator_percent": (0, WHOLE_PERCENT),
    "loss_tolerated_ppm": (0, PPM),
    "minimum_days": (0, DAYS_MAX),
    "maximum_days": (1, DAYS_MAX),
    "pledge_percent_max": (1, WHOLE_PERCENT),
}
"""Between which numbers a term lies."""


def wrongs(terms: Terms) -> list[tuple[str, str]]:
    """What of terms cannot be promised: the term, and why, as a message id. None if all of it can."""
    found = []
    for name, (least, most) in RANGES.items():
        value = getattr(terms, name)
        if value is not None and not least <= value <= most:
            found.append((name, N_("This number is out of the range that makes sense here.")))
    if not terms.forms:
        found.append(("forms", N_("Choose at least one form of pepper.")))
    if terms.grower_percent + terms.operator_percent != WHOLE_PERCENT:
        found.append(
            (
                "operator_percent",
                N_("The grower's and the operator's share of a gain must add up to a hundred percent."),
            )
        )
    if (terms.floor is FloorRule.FIXED) != (terms.floor_fen_per_kg is not None):
        found.append(("floor_fen_per_kg", N_("A fixed floor needs its price, and no other floor has one.")))
    if terms.floor is FloorRule.NONE and terms.top_up:
        found.append(("top_up", N_("Without a floor there is nothing to top up.")))
    if terms.floor is FloorRule.NONE and terms.fee_charged is Charged.ABOVE_FLOOR:
        found.append(("fee_charged", N_("Without a floor the storage fee is always charged.")))
    if terms.floor_paid is FloorPaid.AT_DEPOSIT:
        found.append(
            ("floor_paid", N_("Advances at deposit are not paid here: the floor is paid with the sale."))
        )
    if terms.maximum_days is not None and terms.maximum_days < terms.minimum_days:
        found.append(("maximum_days", N_("The longest term is shorter than the shortest.")))
    return found


@cache
def published() -> dict[str, dict[str, Any]]:
    """The schemes that ship with the product, by code: name, words about open questions, terms (config/bank.toml)."""
    return {code: dict(scheme) for code, scheme in section("bank_schemes").items()}


def tolerated(terms: Terms, deposited: int) -> int:
    """How many grams of natural loss a depositor bears at most."""
    return deposited * terms.loss_tolerated_ppm // PPM if terms.loss_borne_by is Bearer.DEPOSITOR else 0


_KINDS: dict[str, type[StrEnum]] = {
    "floor": FloorRule, "fee_charged": Charged, "proration": Proration, "discounts_combine": Combine, "costs": Costs,
    "loss_borne_by": Bearer, "floor_paid": FloorPaid, "sale_ordered_by": SaleOrderer, "early_fee": EarlyFee,
}  # fmt: skip


def kept(said: Mapping[str, Any]) -> Terms:
    """Terms that were checked when they were written, as JSON keeps them."""
    values: dict[str, Any] = {
        name: _KINDS[name](value) if name in _KINDS else value for name, value in said.items()
    }
    values["forms"] = tuple(said["forms"])
    return Terms(**values)
