"""Terms in words: group by group, as whoever deposits reads them, and what differs between two versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pepperchain.bank.terms_rules import (
    Bearer,
    Charged,
    Combine,
    Costs,
    EarlyFee,
    FloorPaid,
    FloorRule,
    Proration,
    SaleOrderer,
    Terms,
)
from pepperchain.core.units import Fen
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.web.filters import money
from pepperchain.web.i18n import gettext, reader

PPM_PER_PERCENT = 10_000

_CHOICES: Mapping[type[StrEnum], Mapping[str, str]] = {
    FloorRule: {
        FloorRule.DAY_PRICE: N_("the price of the day of deposit"),
        FloorRule.FIXED: N_("one price for all"),
        FloorRule.NONE: N_("no floor"),
    },
    Proration: {
        Proration.WHOLE_MONTHS: N_("by whole months; one that has only begun costs nothing"),
        Proration.STARTED_MONTHS: N_("by months, each as soon as it begins"),
        Proration.BY_DAY: N_("by the day"),
    },
    Charged: {
        Charged.ABOVE_FLOOR: N_("only out of a gain over the floor"),
        Charged.ALWAYS: N_("always"),
    },
    Combine: {
        Combine.MULTIPLY: N_("one after the other"),
        Combine.LARGEST: N_("only the larger one"),
    },
    Costs: {
        Costs.BEFORE_SPLIT: N_("they come off the gain before it is shared"),
        Costs.OPERATOR: N_("the operator bears them"),
        Costs.GROWER: N_("the grower bears them"),
    },
    Bearer: {
        Bearer.OPERATOR: N_("the operator bears it"),
        Bearer.DEPOSITOR: N_("the depositor bears it, as far as it is tolerated"),
    },
    FloorPaid: {
        FloorPaid.AT_SALE: N_("with the sale"),
        FloorPaid.AT_DEPOSIT: N_("at the deposit"),
    },
    SaleOrderer: {
        SaleOrderer.DEPOSITOR: N_("the depositor"),
        SaleOrderer.OPERATOR: N_("the operator"),
        SaleOrderer.EITHER: N_("either of them"),
    },
    EarlyFee: {
        EarlyFee.AS_KEPT: N_("for the time that it was kept"),
        EarlyFee.FULL_TERM: N_("for the whole shortest term"),
    },
}


def called(choice: StrEnum) -> str:
    """What a choice of a term is called: a message id."""
    return _CHOICES[type(choice)][choice]


LABELS: Mapping[str, str] = {
    "forms": N_("Forms that are taken"),
    "minimum_days": N_("Shortest term"),
    "maximum_days": N_("Longest term"),
    "withdrawable": N_("May be taken out in kind"),
    "early_fee": N_("Storage fee when it is taken out early"),
    "floor": N_("Floor price"),
    "floor_fen_per_kg": N_("The floor, a kilogram"),
    "top_up": N_("The operator makes up what a sale falls short of the floor"),
    "floor_paid": N_("The floor's worth is paid"),
    "fee_fen_per_tonne_month": N_("Storage fee, a tonne and month"),
    "fee_charged": N_("The fee is charged"),
    "proration": N_("Parts of a month"),
    "days_per_month": N_("Days that make a month"),
    "consortium_discount_percent": N_("Discount for members of the consortium"),
    "public_benefit_discount_percent": N_("Discount in a public-benefit store"),
    "discounts_combine": N_("Both discounts together"),
    "grower_percent": N_("The grower's share of the gain"),
    "operator_percent": N_("The operator's share of the gain"),
    "costs": N_("Other costs of a sale"),
    "loss_borne_by": N_("Natural loss"),
    "loss_tolerated_ppm": N_("Natural loss that is tolerated"),
    "sale_ordered_by": N_("Who orders a sale"),
    "transferable": N_("May be endorsed to somebody else"),
    "pledgeable": N_("May be pledged for a loan"),
    "pledge_percent_max": N_("Lent at most, of its worth"),
    "insured": N_("Insured by the operator"),
    "insurer": N_("Insurer"),
}
"""What the terms are called, in the order in which they are read."""

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("The floor"), ("floor", "floor_fen_per_kg", "top_up", "floor_paid")),
    (N_("The gain"), ("grower_percent", "operator_percent", "costs")),
    (
        N_("Storage fee"),
        (
            "fee_fen_per_tonne_month", "fee_charged", "proration", "days_per_month", "consortium_discount_percent",
            "public_benefit_discount_percent", "discounts_combine",
        ),
    ),
    (
        N_("What is kept, and how long"),
        ("forms", "minimum_days", "maximum_days", "withdrawable", "early_fee", "loss_borne_by", "loss_tolerated_ppm"),
    ),
    (N_("What the depositor may do"), ("sale_ordered_by", "transferable", "pledgeable", "pledge_percent_max")),
    (N_("Insurance"), ("insured", "insurer")),
)  # fmt: skip
"""Which terms are read together."""


@dataclass(frozen=True, slots=True)
class Said:
    """A term: what it is called and what it says, in the reader's language."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A term that two versions say differently."""

    label: str
    before: str
    after: str


def groups(terms: Terms) -> list[tuple[str, list[Said]]]:
    """All that the terms promise, group by group; what means nothing under them is left out."""
    return [
        (
            gettext(title),
            [
                Said(name, gettext(LABELS[name]), _text(terms, name))
                for name in names
                if _matters(terms, name)
            ],
        )
        for title, names in GROUPS
    ]


def changes(before: Terms, after: Terms) -> list[Change]:
    """What the later terms say otherwise."""
    return [
        Change(gettext(label), _text(before, name), _text(after, name))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _matters(terms: Terms, name: str) -> bool:
    rule = _ONLY_IF.get(name)
    return rule is None or rule(terms)


_ONLY_IF: Mapping[str, Callable[[Terms], bool]] = {
    "floor_fen_per_kg": lambda terms: terms.floor is FloorRule.FIXED,
    "top_up": lambda terms: terms.floor is not FloorRule.NONE,
    "floor_paid": lambda terms: terms.floor is not FloorRule.NONE,
    "days_per_month": lambda terms: terms.proration is Proration.BY_DAY,
    "discounts_combine": lambda terms: bool(
        terms.consortium_discount_percent and terms.public_benefit_discount_percent
    ),
    "early_fee": lambda terms: terms.withdrawable and terms.minimum_days > 0,
    "maximum_days": lambda terms: terms.maximum_days is not None,
    "pledge_percent_max": lambda terms: terms.pledgeable,
    "insurer": lambda terms: terms.insured and terms.insurer is not None,
    "loss_tolerated_ppm": lambda terms: terms.loss_borne_by is Bearer.DEPOSITOR,
}
"""Terms that say something only beside others."""


def _text(terms: Terms, name: str) -> str:
    value: Any = getattr(terms, name)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext(N_("yes")) if value else gettext(N_("no"))
    if isinstance(value, StrEnum):
        return gettext(called(value))
    return _number(name, value)


def _number(name: str, value: Any) -> str:
    if name == "forms":
        named = words(reader().language)
        return gettext(N_(", ")).join(named.form(form) for form in value)
    if "_fen" in name:
        return money(Fen(value))
    if name.endswith("_ppm"):
        whole, part = divmod(value, PPM_PER_PERCENT)
        return f"{whole}.{part:04d}".rstrip("0").rstrip(".") + " %"
    if "percent" in name:
        return f"{value} %"
    if name in ("minimum_days", "maximum_days"):
        return gettext(N_("%(count)s days")) % {"count": value} if value else gettext(N_("none"))
    return str(value)
