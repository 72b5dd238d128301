"""Reading day prices."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pepperchain.bank.rules import bounds
from pepperchain.core import db
from pepperchain.core.units import Fen


@dataclass(frozen=True, slots=True)
class DayPrice:
    """What a kilogram was worth on a day, and who said so; `operator_id` is None for the district's price."""

    operator_id: int | None
    priced_on: date
    fen_per_kg: Fen


def _price(operator_id: int | None, priced_on: object, fen: int) -> DayPrice:
    return DayPrice(operator_id, date.fromisoformat(str(priced_on)), Fen(fen))


async def standing(
    *, form: str, grade: str, on: date, operator_id: int | None = None, days_max: int | None = None
) -> DayPrice | None:
    """The price that counts on a day: the latest within the settings' days, the operator's own before the district's."""
    since = on - timedelta(days=(days_max or bounds().price_days_max) - 1)
    for owner in dict.fromkeys((operator_id, None)):
        found = await db.fetch_one(
            _price,
            "SELECT operator_id, priced_on, fen_per_kg FROM bank_price WHERE form = :form AND grade = :grade"
            " AND priced_on BETWEEN :since AND :on"
            f" AND operator_id {'IS NULL' if owner is None else '= :owner'} ORDER BY priced_on DESC, at DESC, id DESC LIMIT 1",
            form=form,
            grade=grade,
            since=since,
            on=on,
            **({} if owner is None else {"owner": owner}),
        )
        if found is not None:
            return found
    return None


async def course(
    *, form: str, grade: str, first: date, last: date, operator_id: int | None = None
) -> list[DayPrice]:
    """Each day's price within a span, oldest first: the last word about a day, the operator's own before the district's."""
    rows = await db.fetch(
        _price,
        "SELECT operator_id, priced_on, fen_per_kg FROM bank_price WHERE form = :form AND grade = :grade"
        " AND priced_on BETWEEN :first AND :last AND (operator_id IS NULL OR operator_id = CAST(:operator_id AS BIGINT))"
        " ORDER BY priced_on, CASE WHEN operator_id IS NULL THEN 0 ELSE 1 END, at, id",
        form=form,
        grade=grade,
        first=first,
        last=last,
        operator_id=operator_id,
    )
    return list({row.priced_on: row for row in rows}.values())


async def same(id: UUID, form: str, grade: str, priced_on: date, fen_per_kg: Fen) -> bool:
    """Whether an id stands for this very price."""
    return (
        await db.scalar(
            "SELECT 1 FROM bank_price WHERE id = :id AND form = :form AND grade = :grade AND priced_on = :priced_on"
            " AND fen_per_kg = :fen",
            id=id,
            form=form,
            grade=grade,
            priced_on=priced_on,
            fen=fen_per_kg,
        )
        is not None
    )
