"""What a depositor gets for pepper that was sold: one function of terms and facts, whose lines explain themselves.

The published scheme (domain notes, section 1.1): at the floor the operator charges nothing; below it the operator tops up to the floor and
charges no storage; above it the price less costs, over the floor, is split. A preview and a posting run this very code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from pepperchain.bank import months_rules
from pepperchain.bank.terms_rules import (
    PPM,
    WHOLE_PERCENT,
    Bearer,
    Charged,
    Combine,
    Costs,
    EarlyFee,
    FloorRule,
    Proration,
    Terms,
)
from pepperchain.core.errors import Refused
from pepperchain.core.units import GRAMS_PER_TONNE, Fen, Grams, value_of
from pepperchain.core.words import N_


class LineCode(StrEnum):
    """What a line of a settlement is about."""

    LOSS = "loss"
    PROCEEDS = "proceeds"
    FLOOR = "floor"
    TOP_UP = "top_up"
    FEE = "fee"
    FEE_WAIVED = "fee_waived"
    COSTS = "costs"
    COSTS_OPERATOR = "costs_operator"
    GAIN = "gain"
    GROWER_GAIN = "grower_gain"
    OPERATOR_GAIN = "operator_gain"
    GROWER = "grower"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _LABELS[self]


_LABELS = {
    LineCode.LOSS: N_("Natural loss"),
    LineCode.PROCEEDS: N_("Sale"),
    LineCode.FLOOR: N_("Worth at the floor price"),
    LineCode.TOP_UP: N_("Top-up to the floor"),
    LineCode.FEE: N_("Storage fee"),
    LineCode.FEE_WAIVED: N_("Storage fee not charged"),
    LineCode.COSTS: N_("Other costs"),
    LineCode.COSTS_OPERATOR: N_("Other costs, borne by the operator"),
    LineCode.GAIN: N_("Gain over the floor"),
    LineCode.GROWER_GAIN: N_("The grower's share of the gain"),
    LineCode.OPERATOR_GAIN: N_("The operator's share of the gain"),
    LineCode.GROWER: N_("The grower gets"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sale of deposited pepper is about. Without a floor price the floor is nothing."""

    quantity: Grams
    floor_fen_per_kg: Fen | None
    sale_fen_per_kg: Fen
    deposited_on: date
    sold_on: date
    consortium_member: bool = False
    public_benefit_store: bool = False
    other_costs: Fen = Fen(0)
    lost: Grams = Grams(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One step: its amount in fen, and the formula that led there, a message id with the numbers that go into it."""

    code: LineCode
    fen: Fen
    formula: str
    inputs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What everybody gets. `sale + top_up = grower + operator + fee + costs`, exactly, whatever the terms."""

    quantity: Grams
    sale: Fen
    floor: Fen
    grower: Fen
    operator: Fen
    top_up: Fen
    fee: Fen
    costs: Fen
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fee:
    """A storage fee: what it comes to, for how many months or days, and what share of it is left after discounts."""

    fen: Fen
    months: int | None
    days: int | None
    share: Fraction


def fee(
    terms: Terms,
    quantity: Grams,
    start: date,
    end: date,
    *,
    consortium_member: bool,
    public_benefit_store: bool,
) -> Fee:
    """What keeping `quantity` from one day to the other costs under the terms, rounded once, halves up."""
    share = discounted(terms, consortium_member=consortium_member, public_benefit_store=public_benefit_store)
    rate = Fraction(int(quantity) * terms.fee_fen_per_tonne_month, GRAMS_PER_TONNE) * share
    if terms.proration is Proration.BY_DAY:
        days = months_rules.days(start, end)
        return Fee(_rounded(rate * days / terms.days_per_month), None, days, share)
    count = months_rules.whole if terms.proration is Proration.WHOLE_MONTHS else months_rules.started
    months = count(start, end)
    return Fee(_rounded(rate * months), months, None, share)


def discounted(terms: Terms, *, consortium_member: bool, public_benefit_store: bool) -> Fraction:
    """The share of the fee that is left after the discounts."""
    percents = [
        percent
        for percent, holds in (
            (terms.consortium_discount_percent, consortium_member),
            (terms.public_benefit_discount_percent, public_benefit_store),
        )
        if holds
    ]
    if terms.discounts_combine is Combine.LARGEST:
        percents = [max(percents, default=0)]
    share = Fraction(1)
    for percent in percents:
        share *= Fraction(WHOLE_PERCENT - percent, WHOLE_PERCENT)
    return share


def settle(terms: Terms, facts: Facts) -> Settlement:
    """Divides what a sale brought. Refused: sold before it was deposited, or more lost than there was."""
    if facts.sold_on < facts.deposited_on:
        raise Refused("Pepper cannot be sold before it was deposited.", "sold_on")
    quantity, lines = _left(terms, facts)
    sale = value_of(quantity, facts.sale_fen_per_kg)
    lines.append(
        Line(
            LineCode.PROCEEDS,
            sale,
            N_("%(quantity)s at %(price)s a kilogram"),
            {"quantity_grams": quantity, "price_fen_per_kg": facts.sale_fen_per_kg},
        )
    )
    floor_price = facts.floor_fen_per_kg if terms.floor is not FloorRule.NONE else None
    floor = value_of(quantity, floor_price or Fen(0))
    if floor_price is not None:
        lines.append(
            Line(
                LineCode.FLOOR,
                floor,
                N_("%(quantity)s at %(price)s a kilogram"),
                {"quantity_grams": quantity, "price_fen_per_kg": floor_price},
            )
        )
    due = fee(
        terms, quantity, facts.deposited_on, facts.sold_on,
        consortium_member=facts.consortium_member, public_benefit_store=facts.public_benefit_store,
    )  # fmt: skip
    divided = _above if sale > floor else _not_above
    return divided(terms, facts, quantity, sale, floor, due, lines)


def _left(terms: Terms, facts: Facts) -> tuple[Grams, list[Line]]:
    """What is settled: less than was deposited only as far as the depositor bears natural loss."""
    tolerated = Grams(int(facts.quantity) * terms.loss_tolerated_ppm // PPM)
    if terms.loss_borne_by is Bearer.OPERATOR or not facts.lost:
        return facts.quantity, []
    borne = min(facts.lost, tolerated)
    line = Line(
        LineCode.LOSS,
        Fen(0),
        N_("%(lost)s of %(tolerated)s that the terms let go lost; the operator bears what is above"),
        {"lost_grams": borne, "tolerated_grams": tolerated},
    )
    return facts.quantity - borne, [line]


def _above(
    terms: Terms, facts: Facts, quantity: Grams, sale: Fen, floor: Fen, due: Fee, lines: list[Line]
) -> Settlement:
    """The sale brought more than the floor. Fee and costs come out of the gain, and never out of the floor where there is one."""
    protected = terms.floor is not FloorRule.NONE
    pool = sale - floor
    costs = facts.other_costs if terms.costs is Costs.BEFORE_SPLIT else Fen(0)
    costs_taken = min(costs, pool)
    pool -= costs_taken
    fee_taken = min(due.fen, pool)
    pool -= fee_taken
    if terms.costs is not Costs.GROWER:
        lines.extend(_costs(facts, costs_taken))
    lines.extend(_fees(terms, quantity, due, fee_taken))
    lines.append(
        Line(
            LineCode.GAIN,
            pool,
            N_("%(sale)s − %(floor)s − %(costs)s − %(fee)s"),
            {"sale_fen": sale, "floor_fen": floor, "costs_fen": costs_taken, "fee_fen": fee_taken},
        )
    )
    grower_gain = _rounded(Fraction(int(pool) * terms.grower_percent, WHOLE_PERCENT))
    operator = pool - grower_gain
    for code, fen, percent in (
        (LineCode.GROWER_GAIN, grower_gain, terms.grower_percent),
        (LineCode.OPERATOR_GAIN, operator, terms.operator_percent),
    ):
        lines.append(
            Line(code, fen, N_("%(percent)s %% of %(gain)s"), {"percent": percent, "gain_fen": pool})
        )
    grower = floor + grower_gain
    if terms.costs is Costs.GROWER:
        costs_taken = min(facts.other_costs, grower_gain) if protected else min(facts.other_costs, grower)
        grower -= costs_taken
        lines.extend(_costs(facts, costs_taken))
    lines.append(
        _total(
            grower,
            N_("%(floor)s + %(share)s − %(costs)s")
            if terms.costs is Costs.GROWER
            else N_("%(floor)s + %(share)s"),
            {"floor_fen": floor, "share_fen": grower_gain}
            | ({"costs_fen": costs_taken} if terms.costs is Costs.GROWER else {}),
        )
    )
    return Settlement(quantity, sale, floor, grower, operator, Fen(0), fee_taken, costs_taken, tuple(lines))


def _not_above(
    terms: Terms, facts: Facts, quantity: Grams, sale: Fen, floor: Fen, due: Fee, lines: list[Line]
) -> Settlement:
    """The sale brought the floor or less: the operator tops up, and charges storage only if the terms say always."""
    top_up = floor - sale if terms.top_up else Fen(0)
    got = sale + top_up
    if top_up:
        lines.append(
            Line(LineCode.TOP_UP, top_up, N_("%(floor)s − %(sale)s"), {"floor_fen": floor, "sale_fen": sale})
        )
    fee_taken = min(due.fen, got) if terms.fee_charged is Charged.ALWAYS else Fen(0)
    costs_taken = min(facts.other_costs, got - fee_taken) if terms.costs is Costs.GROWER else Fen(0)
    lines.extend(_fees(terms, quantity, due, fee_taken))
    lines.extend(_costs(facts, costs_taken))
    grower = got - fee_taken - costs_taken
    lines.append(
        _total(
            grower,
            N_("%(sale)s + %(top_up)s − %(fee)s − %(costs)s"),
            {"sale_fen": sale, "top_up_fen": top_up, "fee_fen": fee_taken, "costs_fen": costs_taken},
        )
    )
    return Settlement(quantity, sale, floor, grower, Fen(0), top_up, fee_taken, costs_taken, tuple(lines))


def _fees(terms: Terms, quantity: Grams, due: Fee, taken: Fen) -> list[Line]:
    """The fee as it was reckoned and taken, and what was let go of it."""
    found = []
    if taken or not due.fen:
        found.append(Line(LineCode.FEE, -taken, *_reckoned(terms, quantity, due)))
    if taken < due.fen:
        if taken:
            formula = N_("%(due)s − %(taken)s: no more than the gain is taken")
            inputs = {"due_fen": int(due.fen), "taken_fen": int(taken)}
        else:
            formula, inputs = _reckoned(terms, quantity, due)
        found.append(Line(LineCode.FEE_WAIVED, due.fen - taken, formula, inputs))
    return found


def _reckoned(terms: Terms, quantity: Grams, due: Fee) -> tuple[str, dict[str, int]]:
    inputs = {
        "quantity_grams": int(quantity),
        "rate_fen": terms.fee_fen_per_tonne_month,
        "share_permille": int(due.share * 1000),
    }
    if due.days is not None:
        return (
            N_("%(quantity)s × %(rate)s a tonne and month × %(days)s of %(per)s days × %(share)s"),
            inputs | {"days": due.days, "per": terms.days_per_month},
        )
    return (
        N_("%(quantity)s × %(rate)s a tonne and month × %(months)s months × %(share)s"),
        inputs | {"months": due.months or 0},
    )


def _costs(facts: Facts, taken: Fen) -> list[Line]:
    """Other costs as far as the gain or the grower bears them; the rest the operator bears."""
    found = []
    if taken:
        found.append(Line(LineCode.COSTS, -taken, N_("As entered with the sale"), {}))
    if taken < facts.other_costs:
        rest = facts.other_costs - taken
        found.append(Line(LineCode.COSTS_OPERATOR, rest, N_("The rest of what the sale cost"), {}))
    return found


def _total(grower: Fen, formula: str, inputs: Mapping[str, int]) -> Line:
    return Line(LineCode.GROWER, grower, formula, {name: int(value) for name, value in inputs.items()})


def _rounded(exact: Fraction) -> Fen:
    """To the fen, halves up."""
    return Fen((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def withdrawal_fee(
    terms: Terms,
    quantity: Grams,
    start: date,
    end: date,
    *,
    consortium_member: bool,
    public_benefit_store: bool,
) -> Fee:
    """What keeping pepper cost that is taken out in kind; before the minimum term perhaps as much as for the whole of it."""
    until = end
    if terms.early_fee is EarlyFee.FULL_TERM and months_rules.days(start, end) < terms.minimum_days:
        until = months_rules.after(start, terms.minimum_days)
    return fee(
        terms,
        quantity,
        start,
        until,
        consortium_member=consortium_member,
        public_benefit_store=public_benefit_store,
    )
