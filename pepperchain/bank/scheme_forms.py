"""What is typed about schemes and their terms."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import StringConstraints

from pepperchain.bank.forms import Code, Grade, Reason
from pepperchain.bank.scheme_queries import VersionRow
from pepperchain.bank.terms_rules import (
    Bearer,
    Charged,
    Combine,
    Costs,
    EarlyFee,
    FloorRule,
    Proration,
    SaleOrderer,
    Terms,
)
from pepperchain.core.units import Fen
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    OptionalText,
    RegistryId,
    Text,
    Whole,
    Yuan,
    YuanPerKg,
    scaled,
)
from pepperchain.web.forms import Form

__all__ = ["Amendment", "Draft", "DraftStart", "Publication", "Reason", "Revision", "Trial", "filled"]

if TYPE_CHECKING:
    PercentInMillionths = int
else:
    PercentInMillionths = scaled(4, 0, 1_000_000)
"""Percent with four decimals, which are parts per million."""


class _Terms(Form):
    """Every term that somebody decides; the floor is always paid with the sale."""

    forms: list[Code]
    floor: FloorRule
    floor_fen_per_kg: YuanPerKg | None = None
    top_up: Flag = False
    fee_fen_per_tonne_month: Yuan
    fee_charged: Charged
    proration: Proration
    days_per_month: Whole = 30
    consortium_discount_percent: Whole = 0
    public_benefit_discount_percent: Whole = 0
    discounts_combine: Combine
    grower_percent: Whole
    operator_percent: Whole
    costs: Costs
    loss_borne_by: Bearer
    loss_tolerated_ppm: PercentInMillionths = 0
    sale_ordered_by: SaleOrderer
    minimum_days: Whole = 0
    maximum_days: Whole | None = None
    withdrawable: Flag = False
    early_fee: EarlyFee
    transferable: Flag = False
    pledgeable: Flag = False
    pledge_percent_max: Whole = 100
    insured: Flag = False
    insurer: Annotated[Text, StringConstraints(max_length=60)] | None = None
    note: OptionalText = None

    def said(self) -> dict[str, Any]:
        """The terms as plain data."""
        said: dict[str, Any] = {
            name: getattr(self, name)
            for name in _Terms.model_fields
            if name != "note" and getattr(self, name) is not None
        }
        return said | {"forms": tuple(self.forms)}


class Draft(_Terms):
    """A new scheme with the terms of its first version."""

    id: EventId
    code: Annotated[Text, StringConstraints(max_length=30)]
    name_zh: Annotated[Text, StringConstraints(max_length=60)]
    name_en: Annotated[Text, StringConstraints(max_length=60)] | None = None


class Revision(_Terms):
    """The terms of a scheme's next version."""

    id: EventId
    scheme_id: RegistryId


class Amendment(_Terms):
    """Other terms for a draft."""

    seen: Whole


class DraftStart(Form):
    """Which version's terms a draft begins with, and whether it is that scheme's next or another scheme's first."""

    of: RegistryId | None = None
    like: RegistryId | None = None


class Publication(Form):
    """From which day on a version holds, and which state of it was looked at."""

    valid_from: Day
    seen: Whole


class Trial(Form):
    """Which product's prices terms are tried on."""

    form: Code | None = None
    grade: Grade | None = None


def filled(terms: Terms, row: VersionRow | None) -> dict[str, Any]:
    """Terms as their form shows them filled in: money in yuan, loss in percent."""
    shown: dict[str, Any] = {}
    for name in _Terms.model_fields:
        if name == "note":
            continue
        value = getattr(terms, name)
        if isinstance(value, int) and "_fen" in name:
            value = f"{Fen(value).yuan:.2f}"
        elif name == "loss_tolerated_ppm":
            value = f"{(Decimal(value) / 10_000).normalize():f}"
        shown[name] = "" if value is None else value
    return shown | {"note": row.note if row is not None and row.state == "draft" and row.note else ""}
