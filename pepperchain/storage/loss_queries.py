"""Reading natural loss: policies, what a lot has left of its allowance, what was found missing, and sums of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.storage.loss_models import FoundLoss, LossPolicy
from pepperchain.storage.loss_rules import LossState
from pepperchain.storage.rules import RoomKind
from pepperchain.web.paging import LIMIT, Slice, cut, decode

POLICIES_MAX = 200


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy as it was stated."""

    id: str
    operator: str | None
    form: str
    kind: RoomKind
    ppm_per_day: int
    tolerance_ppm: int
    valid_from: date
    reason: str
    set_by_name: str
    set_at: int


async def policies(actor: Actor) -> list[PolicyRow]:
    """The policies that concern the actor, by form and kind of room, the latest first."""
    seen = LossPolicy.visible_to(actor)
    return await db.fetch(
        lambda id, operator, form, kind, ppm, tolerance, day, reason, by, at: PolicyRow(
            str(id),
            operator,
            form,
            RoomKind(kind),
            ppm,
            tolerance,
            date.fromisoformat(str(day)),
            reason,
            by,
            at,
        ),
        "SELECT p.id, o.short_name, p.form, p.kind, p.ppm_per_day, p.tolerance_ppm, p.valid_from_on, p.reason, p.set_by_name, p.set_at"
        " FROM storage_loss_policy p LEFT JOIN directory_organization o ON o.id = p.operator_id"
        f" WHERE {seen.sql} ORDER BY p.form, p.kind, p.valid_from_on DESC, p.set_at DESC LIMIT :limit",
        limit=POLICIES_MAX,
        **seen.params,
    )


STANDING = """(SELECT q.{column} FROM storage_loss_policy q WHERE q.form = {form} AND q.kind = {kind} AND q.valid_from_on <= :day
    AND (q.operator_id = {operator} OR q.operator_id IS NULL)
    ORDER BY CASE WHEN q.operator_id IS NULL THEN 1 ELSE 0 END, q.valid_from_on DESC, q.set_at DESC, q.id DESC LIMIT 1)"""
"""SQL of what the policy of a :day says: the operator's own, or the district's where the operator states none."""


async def standing_tolerance_ppm(*, form: str, kind: str, operator_id: int, on: date) -> int | None:
    """The tolerance of the policy that holds on a day; None without a policy."""
    found = await db.scalar(
        "SELECT "
        + STANDING.format(
            column="tolerance_ppm", form=":form", kind=":kind", operator="CAST(:operator_id AS BIGINT)"
        ),
        form=form,
        kind=kind,
        operator_id=operator_id,
        day=on,
    )
    return None if found is None else int(found)


async def earned(lot_id: int) -> tuple[int, Grams]:
    """What a lot's days have earned, in grams × parts per million, and how many grams of that counting has found."""
    rows = await db.tuples(
        "SELECT accrued_ppm, used_grams FROM storage_allowance WHERE lot_id = :id", id=lot_id
    )
    return (int(rows[0][0]), Grams(rows[0][1])) if rows else (0, Grams(0))


@dataclass(frozen=True, slots=True)
class LossRow:
    """What a count found missing of a lot."""

    movement_id: str
    lot_id: int
    code: str
    site: str
    room: str
    operator_id: int
    cooperative: str
    township_id: int
    form: str
    found_on: date
    book_grams: Grams
    allowed_grams: Grams
    natural_grams: Grams
    excess_grams: Grams
    state: LossState
    explanation: str | None
    explained_by: int | None
    explained_by_name: str | None
    closed_by_name: str | None

    @property
    def found_grams(self) -> Grams:
        return self.natural_grams + self.excess_grams

    @property
    def short_code(self) -> str:
        """The beginning of its lot's code, by which people call it."""
        return self.code[:6]

    @property
    def is_case(self) -> bool:
        return self.state in (LossState.OPEN, LossState.EXPLAINED)


_LOSS = """
SELECT f.movement_id, f.lot_id, l.code, s.name, r.name, f.operator_id, o.short_name, f.township_id, f.form, f.found_on, f.book_grams,
    f.allowed_grams, f.natural_grams, f.excess_grams, f.state, f.explanation, f.explained_by, f.explained_by_name, f.closed_by_name
FROM storage_found_loss f
JOIN storage_lot l ON l.id = f.lot_id
JOIN directory_site s ON s.id = f.site_id
JOIN storage_room r ON r.id = f.room_id
JOIN directory_organization o ON o.id = f.cooperative_id
"""


def _loss(*row: Any) -> LossRow:
    values = list(row)
    values[0] = str(values[0])
    values[9] = date.fromisoformat(str(values[9]))
    values[10:14] = [Grams(value) for value in values[10:14]]
    values[14] = LossState(values[14])
    return LossRow(*values)


async def losses(
    actor: Actor, *, only_cases: bool = False, cursor: str | None = None, limit: int = LIMIT
) -> Slice[LossRow]:
    """What was found missing, the latest first; or the cases alone."""
    which = FoundLoss.visible_to(actor)
    if only_cases:
        which &= Clause("f.state IN ('open', 'explained')")
    after = decode(cursor, str, str)
    if after is not None:
        which &= Clause(
            "(f.found_on, f.movement_id) < (CAST(:day AS DATE), :before)"
            if db.dialect() == "postgres"
            else "(f.found_on, f.movement_id) < (:day, :before)",
            {"day": date.fromisoformat(after[0]), "before": after[1]},
        )
    rows = await db.fetch(
        _loss,
        f"{_LOSS} WHERE {which.sql} ORDER BY f.found_on DESC, f.movement_id DESC LIMIT :limit",
        limit=limit + 1,
        **which.params,
    )
    return cut(rows, limit, lambda row: (row.found_on.isoformat(), row.movement_id))


async def loss(actor: Actor, movement_id: str) -> LossRow:
    """One of them. Missing: there is none, or it is not the actor's to see."""
    which = FoundLoss.visible_to(actor) & Clause("f.movement_id = :id", {"id": movement_id})
    found = await db.fetch_one(_loss, f"{_LOSS} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month's losses of a form: what was allowed of them, what was more, and the stock that they are held against."""

    month: str
    form: str
    natural_grams: Grams
    excess_grams: Grams
    gram_days: int

    @property
    def ppm_per_day(self) -> int | None:
        """All that was lost, in parts per million of a day's stock."""
        lost = int(self.natural_grams) + int(self.excess_grams)
        return lost * 1_000_000 // self.gram_days if self.gram_days else None


async def months(actor: Actor, *, season: int) -> list[MonthRow]:
    """A season's losses by month and form, with the stock of the weeks that began in the month."""
    seen, stock = FoundLoss.visible_to(actor, "f"), FoundLoss.visible_to(actor, "w")
    month = {"sqlite": "substr({0}, 1, 7)", "postgres": "to_char({0}, 'YYYY-MM')"}[db.dialect()]
    lost = await db.tuples(
        f"SELECT {month.format('f.found_on')}, f.form, CAST(SUM(f.natural_grams) AS BIGINT), CAST(SUM(f.excess_grams) AS BIGINT)"
        f" FROM storage_found_loss f WHERE f.found_on BETWEEN :first AND :last AND f.state <> 'taken_back' AND {seen.sql} GROUP BY 1, 2",
        first=date(season, 1, 1),
        last=date(season, 12, 31),
        **seen.params,
    )
    days = await db.tuples(
        f"SELECT {month.format('w.week_on')}, w.form, CAST(SUM(w.gram_days) AS BIGINT) FROM storage_week w"
        f" WHERE w.season = :season AND {stock.sql} GROUP BY 1, 2",
        season=season,
        **stock.params,
    )
    kept = {(str(when), str(form)): int(sums) for when, form, sums in days}
    return [
        MonthRow(str(when), str(form), Grams(natural), Grams(excess), kept.get((str(when), str(form)), 0))
        for when, form, natural, excess in sorted(lost)
    ]
