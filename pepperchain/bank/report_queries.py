"""Reading what schemes came to, and what is in store against today's prices, by its age, and pledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank import months_rules, price_queries, scheme_queries
from pepperchain.bank.models import Receipt
from pepperchain.bank.pledge_models import Pledge
from pepperchain.bank.sale_models import Result
from pepperchain.bank.settlement_rules import Facts, settle
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.units import Fen, Grams, value_of

AGES = (1, 3, 6, 12)
"""Where one class of age ends and the next begins, in whole months."""
SOON_DAYS = 30
RESULTS_MAX = 500
KEEPERS_MAX = 200


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What a version of a scheme came to in a season, at one operator's."""

    operator_id: int
    operator: str
    version_id: int
    name_zh: str
    name_en: str
    number: int
    season: int
    settlements: int
    grams: Grams
    sale_fen: Fen
    floor_fen: Fen
    grower_fen: Fen
    operator_fen: Fen
    fee_fen: Fen
    costs_fen: Fen
    top_up_fen: Fen

    @property
    def extra_fen(self) -> Fen:
        """How much more growers got than their pepper was worth at its floor."""
        return self.grower_fen - self.floor_fen

    @property
    def left_fen(self) -> Fen:
        """What the operator is left with of fees and shares, after the top-ups."""
        return self.operator_fen + self.fee_fen - self.top_up_fen

    def name(self, language: str) -> str:
        """What the scheme is called."""
        return self.name_en if language == "en" else self.name_zh


def _result(*row: Any) -> ResultRow:
    said = dict(zip(ResultRow.__dataclass_fields__, row, strict=True))
    for name in said:
        if name.endswith("_fen"):
            said[name] = Fen(said[name])
    return ResultRow(**{**said, "grams": Grams(said["grams"])})


async def results(actor: Actor, *, season: int) -> list[ResultRow]:
    """A season's results, whichever brought growers most first."""
    seen = Result.visible_to(actor) & Clause("r.season = :season AND r.settlements <> 0", {"season": season})
    return await db.fetch(
        _result,
        "SELECT r.operator_id, o.name, v.id, c.name_zh, c.name_en, v.number, r.season, r.settlements, r.grams, r.sale_fen, r.floor_fen,"
        " r.grower_fen, r.operator_fen, r.fee_fen, r.costs_fen, r.top_up_fen FROM bank_result r"
        " JOIN bank_scheme_version v ON v.id = r.scheme_version_id JOIN bank_scheme c ON c.id = v.scheme_id"
        f" JOIN directory_organization o ON o.id = r.operator_id WHERE {seen.sql}"
        " ORDER BY r.grower_fen - r.floor_fen DESC, r.id LIMIT :limit",
        limit=RESULTS_MAX,
        **seen.params,
    )


async def seasons(actor: Actor) -> list[int]:
    """The seasons that have results, the latest first."""
    seen = Result.visible_to(actor)
    rows = await db.tuples(
        f"SELECT DISTINCT r.season FROM bank_result r WHERE {seen.sql} ORDER BY r.season DESC LIMIT 20",
        **seen.params,
    )
    return [int(season) for (season,) in rows]


async def keepers(actor: Actor) -> list[tuple[int, str]]:
    """Operators with results that the actor sees: id and name."""
    seen = Result.visible_to(actor)
    rows = await db.tuples(
        "SELECT o.id, o.name FROM directory_organization o WHERE EXISTS"
        f" (SELECT 1 FROM bank_result r WHERE r.operator_id = o.id AND {seen.sql}) ORDER BY o.name LIMIT :limit",
        limit=KEEPERS_MAX,
        **seen.params,
    )
    return [(int(id), str(name)) for id, name in rows]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A product in store against today's price; without a price only what it is worth at its floors."""

    form: str
    grade: str
    receipts: int
    grams: Grams
    floor_fen: Fen
    price_fen_per_kg: Fen | None
    worth_fen: Fen
    grower_fen: Fen
    top_up_fen: Fen


@dataclass(frozen=True, slots=True)
class Aged:
    """What has been in store for so many whole months; `below` is None for the oldest."""

    since: int
    below: int | None
    receipts: int
    grams: Grams


@dataclass(frozen=True, slots=True)
class _Heap:
    """Receipts that one settlement of all of them speaks for: same terms, product, floor, day and discounts."""

    version_id: int
    form: str
    grade: str
    floor: int | None
    deposited_on: date
    is_consortium: bool
    is_public_benefit: bool
    receipts: int
    grams: int


async def _heaps(actor: Actor, operator_id: int) -> list[_Heap]:
    seen = Receipt.visible_to(actor) & Clause(
        "b.state IN ('open', 'lost') AND b.operator_id = :of", {"of": operator_id}
    )
    return await db.fetch(
        lambda *row: _Heap(
            row[0], row[1], row[2], row[3], date.fromisoformat(str(row[4])), bool(row[5]), bool(row[6]), int(row[7]), int(row[8])
        ),
        "SELECT b.scheme_version_id, d.form, d.grade, b.floor_fen_per_kg, b.deposited_on, b.is_consortium, b.is_public_benefit, COUNT(*),"
        " SUM(b.free_grams + b.ordered_grams + b.pledged_grams) FROM bank_receipt b JOIN harvest_product d ON d.id = b.product_id"
        f" WHERE {seen.sql} GROUP BY b.scheme_version_id, d.form, d.grade, b.floor_fen_per_kg, b.deposited_on, b.is_consortium,"
        " b.is_public_benefit",
        **seen.params,
    )  # fmt: skip


async def in_store(actor: Actor, *, operator_id: int, today: date) -> tuple[list[Exposed], list[Aged]]:
    """An operator's store as if all of it were sold today, by product, and by its age.

    Like receipts are settled in one, by the code that settles: of rounding to the fen this is at most half a fen a receipt off.
    """
    heaps = await _heaps(actor, operator_id)
    return await _exposed(heaps, operator_id, today), _aged(heaps, today)


async def _exposed(heaps: Sequence[_Heap], operator_id: int, today: date) -> list[Exposed]:
    terms = {
        id: (await scheme_queries.version_unscoped(id)).terms for id in {heap.version_id for heap in heaps}
    }
    found = []
    for form, grade in sorted({(heap.form, heap.grade) for heap in heaps}):
        price = await price_queries.standing(form=form, grade=grade, on=today, operator_id=operator_id)
        mine = [heap for heap in heaps if (heap.form, heap.grade) == (form, grade)]
        grams = Grams(sum(heap.grams for heap in mine))
        settled = [
            settle(
                terms[heap.version_id],
                Facts(
                    quantity=Grams(heap.grams), floor_fen_per_kg=None if heap.floor is None else Fen(heap.floor),
                    sale_fen_per_kg=price.fen_per_kg, deposited_on=heap.deposited_on, sold_on=max(today, heap.deposited_on),
                    consortium_member=heap.is_consortium, public_benefit_store=heap.is_public_benefit,
                ),
            )
            for heap in mine
            if price is not None
        ]  # fmt: skip
        found.append(
            Exposed(
                form, grade, sum(heap.receipts for heap in mine), grams,
                Fen(sum(value_of(Grams(heap.grams), heap.floor or 0) for heap in mine)),
                None if price is None else price.fen_per_kg, Fen(0) if price is None else value_of(grams, price.fen_per_kg),
                Fen(sum(each.grower for each in settled)), Fen(sum(each.top_up for each in settled)),
            )
        )  # fmt: skip
    return found


def _aged(heaps: Sequence[_Heap], today: date) -> list[Aged]:
    bounds: list[tuple[int, int | None]] = list(zip((0, *AGES), (*AGES, None), strict=True))
    found = []
    for since, below in bounds:
        mine = [
            heap
            for heap in heaps
            for months in [max(months_rules.whole(heap.deposited_on, today), 0)]
            if months >= since and (below is None or months < below)
        ]
        found.append(
            Aged(since, below, sum(heap.receipts for heap in mine), Grams(sum(heap.grams for heap in mine)))
        )
    return found


@dataclass(frozen=True, slots=True)
class LentRow:
    """What one lender has lent on an operator's receipts and has not back."""

    lender: str
    pledges: int
    grams: Grams
    loan_fen: Fen
    overdue: int
    due_soon: int


async def lent(actor: Actor, *, operator_id: int, today: date) -> list[LentRow]:
    """Pledges that are locked now, lender by lender."""
    seen = Pledge.visible_to(actor) & Clause(
        "g.state IN ('active', 'called') AND g.operator_id = :of", {"of": operator_id}
    )
    return await db.fetch(
        lambda *row: LentRow(row[0], int(row[1]), Grams(row[2]), Fen(row[3]), int(row[4]), int(row[5])),
        "SELECT o.name, COUNT(*), SUM(g.held_grams), SUM(g.loan_fen), SUM(CASE WHEN g.due_on < :today THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN g.due_on >= :today AND g.due_on <= :soon THEN 1 ELSE 0 END) FROM bank_pledge g"
        f" JOIN directory_organization o ON o.id = g.lender_id WHERE {seen.sql} GROUP BY o.id, o.name ORDER BY o.name",
        today=today,
        soon=months_rules.after(today, SOON_DAYS),
        **seen.params,
    )
