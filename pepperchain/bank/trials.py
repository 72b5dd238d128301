"""Trying terms on what was: last season's prices, and the sales that were really made, settled by the very code that posts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank import lines, months_rules, price_queries
from pepperchain.bank.sale_models import SettlementRecord
from pepperchain.bank.settlement_rules import Facts, LineCode, Settlement, settle
from pepperchain.bank.terms_rules import FloorRule, Terms
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.units import GRAMS_PER_TONNE, Fen, Grams, value_of

MONTHS_SHOWN = 12
MONTHS_LATER = (1, 3, 6, 9)
SETTLEMENTS_TRIED = 1_000
DAYS_TRIED = timedelta(days=400)
TONNE = Grams(GRAMS_PER_TONNE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A tonne kept for some months: how much more its grower gets than at the deposit's price, and what the operator is left with."""

    grower_extra: Fen
    operator: Fen


@dataclass(frozen=True, slots=True)
class Month:
    """A month of deposit with its first price; an outcome for each of `MONTHS_LATER`, None where there is no price yet."""

    month: date
    price_fen_per_kg: Fen
    outcomes: tuple[Outcome | None, ...]


async def months(terms: Terms, *, form: str, grade: str, operator_id: int | None, today: date) -> list[Month]:
    """A tonne deposited in each of the last months and sold later, each month at its first price; members of nothing, no other costs."""
    this = today.replace(day=1)
    first = months_rules.later(this, -MONTHS_SHOWN)
    course = await price_queries.course(
        form=form, grade=grade, first=first, last=today, operator_id=operator_id
    )
    priced: dict[date, Fen] = {}
    for price in course:
        priced.setdefault(price.priced_on.replace(day=1), price.fen_per_kg)
    return [
        Month(
            month,
            at,
            tuple(
                _outcome(terms, month, at, months_rules.later(month, after), priced) for after in MONTHS_LATER
            ),
        )
        for month, at in sorted(priced.items())
        if month < this
    ]


def _outcome(
    terms: Terms, deposited: date, deposit_price: Fen, sold: date, priced: dict[date, Fen]
) -> Outcome | None:
    if sold not in priced:
        return None
    settled = settle(
        terms,
        Facts(
            quantity=TONNE,
            floor_fen_per_kg=_floor(terms, deposit_price),
            sale_fen_per_kg=priced[sold],
            deposited_on=deposited,
            sold_on=sold,
        ),
    )
    return Outcome(settled.grower - value_of(TONNE, deposit_price), _operators(settled, Fen(0)))


def _floor(terms: Terms, deposit_price: Fen | None) -> Fen | None:
    if terms.floor is FloorRule.NONE:
        return None
    if terms.floor is FloorRule.FIXED:
        return Fen(terms.floor_fen_per_kg or 0)
    return deposit_price


def _operators(settled: Settlement, other_costs: Fen) -> Fen:
    """What the operator is left with: fee and share, less the top-up and the costs that nobody else bears."""
    return settled.operator + settled.fee - settled.top_up - (other_costs - settled.costs)


@dataclass(frozen=True, slots=True)
class Sums:
    """What settlements came to for everybody."""

    growers: Fen
    operator: Fen
    top_up: Fen


@dataclass(frozen=True, slots=True)
class Replay:
    """Sales that were made, as they were settled and as the terms would have settled them.

    `left_out` had no price on their day of deposit, which these terms need; `is_cut` if there are more sales than were tried.
    """

    settlements: int
    grams: Grams
    since: date
    was: Sums
    would: Sums
    better: int
    worse: int
    left_out: int
    is_cut: bool


_SOLD = """
SELECT t.grams, s.price_fen_per_kg, s.sold_on, b.deposited_on, b.floor_fen_per_kg, b.is_consortium, b.is_public_benefit,
    d.form, d.grade, b.operator_id, t.lines, t.grower_fen, t.operator_fen, t.fee_fen, t.top_up_fen, t.costs_fen
FROM bank_settlement t
JOIN bank_sale s ON s.id = t.sale_id
JOIN bank_receipt b ON b.id = t.receipt_id
JOIN harvest_product d ON d.id = b.product_id
"""


@dataclass(frozen=True, slots=True)
class _Sold:
    """A settlement with what it was reckoned from."""

    grams: Grams
    price: Fen
    sold_on: date
    deposited_on: date
    floor: Fen | None
    is_consortium: bool
    is_public_benefit: bool
    form: str
    grade: str
    operator_id: int
    other_costs: Fen
    grower: Fen
    operator: Fen
    top_up: Fen


def _sold(*row: Any) -> _Sold:
    kept = json.loads(row[10]) if isinstance(row[10], str) else row[10]
    other = Fen(
        sum(
            abs(line.fen)
            for line in lines.read(kept)
            if line.code in (LineCode.COSTS, LineCode.COSTS_OPERATOR)
        )
    )
    grower, operator, fee, top_up, costs = map(int, row[11:16])
    return _Sold(
        Grams(row[0]), Fen(row[1]), date.fromisoformat(str(row[2])), date.fromisoformat(str(row[3])),
        None if row[4] is None else Fen(row[4]), bool(row[5]), bool(row[6]), row[7], row[8], row[9], other,
        Fen(grower), Fen(operator + fee - top_up - (int(other) - costs)), Fen(top_up),
    )  # fmt: skip


async def replay(actor: Actor, terms: Terms, *, operator_id: int | None, now: datetime) -> Replay | None:
    """The latest sales of the forms that the terms take, of one operator or of all that the actor sees; None if there were none."""
    seen = SettlementRecord.visible_to(actor) & Clause(
        "t.state <> 'reversed' AND t.settled_at >= :since", {"since": now - DAYS_TRIED}
    )
    if operator_id is not None:
        seen &= Clause("t.operator_id = :of", {"of": operator_id})
    rows = await db.fetch(
        _sold,
        f"{_SOLD} WHERE {seen.sql} ORDER BY t.id DESC LIMIT :limit",
        limit=SETTLEMENTS_TRIED + 1,
        **seen.params,
    )
    taken = [row for row in rows[:SETTLEMENTS_TRIED] if row.form in terms.forms]
    if not taken:
        return None
    floors = await _floors(terms, taken)
    settled = [
        (row, settle(terms, _facts(row, floor)))
        for row, floor in zip(taken, floors, strict=True)
        if floor is not None or terms.floor is FloorRule.NONE
    ]
    return Replay(
        settlements=len(settled),
        grams=Grams(sum(row.grams for row, _ in settled)),
        since=min(row.sold_on for row in taken),
        was=Sums(
            Fen(sum(row.grower for row, _ in settled)),
            Fen(sum(row.operator for row, _ in settled)),
            Fen(sum(row.top_up for row, _ in settled)),
        ),
        would=Sums(
            Fen(sum(each.grower for _, each in settled)),
            Fen(sum(_operators(each, row.other_costs) for row, each in settled)),
            Fen(sum(each.top_up for _, each in settled)),
        ),
        better=sum(each.grower > row.grower for row, each in settled),
        worse=sum(each.grower < row.grower for row, each in settled),
        left_out=len(taken) - len(settled),
        is_cut=len(rows) > SETTLEMENTS_TRIED,
    )


async def _floors(terms: Terms, rows: Sequence[_Sold]) -> list[Fen | None]:
    """The floor that each would have had: the receipt's own where it has one, else the price of its day of deposit."""
    looked_up: dict[tuple[int, str, str, date], Fen | None] = {}
    found = []
    for row in rows:
        if terms.floor is not FloorRule.DAY_PRICE:
            found.append(_floor(terms, None))
            continue
        if row.floor is not None:
            found.append(row.floor)
            continue
        key = (row.operator_id, row.form, row.grade, row.deposited_on)
        if key not in looked_up:
            price = await price_queries.standing(
                form=row.form, grade=row.grade, on=row.deposited_on, operator_id=row.operator_id
            )
            looked_up[key] = None if price is None else price.fen_per_kg
        found.append(looked_up[key])
    return found


def _facts(row: _Sold, floor: Fen | None) -> Facts:
    return Facts(
        quantity=row.grams, floor_fen_per_kg=floor, sale_fen_per_kg=row.price, deposited_on=row.deposited_on, sold_on=row.sold_on,
        consortium_member=row.is_consortium, public_benefit_store=row.is_public_benefit, other_costs=row.other_costs,
    )  # fmt: skip
