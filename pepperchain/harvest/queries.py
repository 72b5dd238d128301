"""Reading slips: one of them, the lists of them, and what waits on the floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.models import Weighin
from pepperchain.harvest.rules import slip_code

_OF_MANY_COOPERATIVES = frozenset({Role.ADMIN, Role.COMMITTEE, Role.TECHNICIAN, Role.SYSTEM})
SCAN_ROWS_MAX = 2_000
"""How far one page looks for rows that pass a filter no index serves; further back is the next page's work."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything that stands on a slip, with the names of whom it tells."""

    id: str
    site_id: int
    number: int
    township_id: int
    village_id: int
    household_id: int
    cooperative_id: int
    product_id: int
    plot_id: int | None
    form: str
    grade: str
    cultivar: str
    season: int
    gross_grams: Grams
    tare_grams: Grams
    deduction_grams: Grams
    net_grams: Grams
    bags: int | None
    moisture_permille: int | None
    picked_at: int
    weighed_at: int
    day: str
    price_fen_per_kg: Fen | None
    amount_fen: Fen | None
    price_set_at: int | None
    device: str | None
    lot_id: int | None
    voided_at: int | None
    void_reason: str | None
    void_id: str | None
    slip_prefix: str
    site: str
    cooperative: str
    village: str
    village_en: str
    township: str
    township_en: str
    group_number: int | None
    card_number: str | None
    name: str | None
    phone: str | None
    deliverer: str | None
    plot: str | None
    operator_id: int | None

    @property
    def code(self) -> str:
        return slip_code(self.slip_prefix, self.number)


_WEIGHTS = slice(13, 17)
_SLIP = """
SELECT w.id, w.site_id, w.number, w.township_id, w.village_id, w.household_id, w.cooperative_id, w.product_id, w.plot_id,
    w.form, w.grade, w.cultivar, w.season, w.gross_grams, w.tare_grams, w.deduction_grams, w.net_grams,
    w.bags, w.moisture_permille, w.picked_at, w.weighed_at, w.day, w.price_fen_per_kg, w.amount_fen, w.price_set_at,
    w.device, w.lot_id, w.voided_at, w.void_reason, w.void_id,
    s.slip_prefix, s.name, o.name, v.name, v.name_en, t.name, t.name_en, h.group_number, h.card_number, p.name, p.phone, d.name, f.name,
    w.operator_id
FROM {source} w
JOIN directory_site s ON s.id = w.site_id
JOIN directory_organization o ON o.id = w.cooperative_id
JOIN directory_household h ON h.id = w.household_id
JOIN directory_area v ON v.id = w.village_id
JOIN directory_area t ON t.id = w.township_id
LEFT JOIN directory_person p ON p.id = h.head_id
LEFT JOIN directory_person d ON d.id = w.deliverer_id
LEFT JOIN directory_plot f ON f.id = w.plot_id
"""


_WHOLE = _SLIP.format(source="harvest_weighin")


def _slip(*row: Any) -> Slip:
    values = list(row)
    values[_WEIGHTS] = [Grams(value) for value in values[_WEIGHTS]]
    values[22:24] = [None if value is None else Fen(value) for value in values[22:24]]
    return Slip(*values)


async def slip(actor: Actor, weighin_id: UUID | str) -> Slip:
    """One slip. Missing: there is none, or it is not the actor's to see."""
    seen = Weighin.visible_to(actor, "w")
    found = await db.fetch_one(
        _slip, f"{_WHOLE} WHERE w.id = :id AND {seen.sql}", id=weighin_id, **seen.params
    )
    if found is None:
        raise Missing()
    return found


async def slips_by_id(actor: Actor, weighin_ids: Sequence[str]) -> list[Slip]:
    """Whole slips in the given order; those that are not the actor's to see are left out."""
    if not weighin_ids:
        return []
    seen = Weighin.visible_to(actor, "w")
    found = await db.fetch(
        _slip, f"{_WHOLE} WHERE w.id IN :ids AND {seen.sql}", ids=list(weighin_ids), **seen.params
    )
    place = {weighin_id: at for at, weighin_id in enumerate(weighin_ids)}
    return sorted(found, key=lambda each: place[str(each.id)])


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A line of a list of slips."""

    id: str
    number: int
    slip_prefix: str
    site: str
    weighed_at: int
    household_id: int
    name: str | None
    phone: str | None
    village: str
    village_en: str
    group_number: int | None
    form: str
    grade: str
    cultivar: str
    net_grams: int
    bags: int | None
    price_fen_per_kg: int | None
    amount_fen: int | None
    voided_at: int | None
    lot_id: int | None

    @property
    def code(self) -> str:
        return slip_code(self.slip_prefix, self.number)


_ROW = """
SELECT w.id, w.number, s.slip_prefix, s.name, w.weighed_at, w.household_id, p.name, p.phone, v.name, v.name_en, h.group_number,
    w.form, w.grade, w.cultivar, w.net_grams, w.bags, w.price_fen_per_kg, w.amount_fen, w.voided_at, w.lot_id
FROM {source} w
JOIN directory_site s ON s.id = w.site_id
JOIN directory_household h ON h.id = w.household_id
JOIN directory_area v ON v.id = w.village_id
LEFT JOIN directory_person p ON p.id = h.head_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of slips is narrowed to; None is no narrowing."""

    first_day: date | None = None
    last_day: date | None = None
    site_id: int | None = None
    household_id: int | None = None
    cooperative_id: int | None = None
    township_id: int | None = None
    form: str | None = None
    grade: str | None = None
    unpriced: bool = False
    voided: bool | None = None


R = TypeVar("R", SlipRow, Slip)


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """A page of slips; `before` is where the next one begins, `exhausted` False when looking stopped at the scan limit."""

    rows: Sequence[R]
    before: tuple[int, str] | None
    exhausted: bool


async def slips(
    actor: Actor,
    filters: Filters,
    *,
    limit: int,
    before: tuple[int, str] | None = None,
    scan: int = SCAN_ROWS_MAX,
) -> Found[SlipRow]:
    """Slips from the newest weighing back, each page read along one index (of grower, cooperative, township or time)."""
    return await _found(SlipRow, _ROW, actor, filters, limit=limit, before=before, scan=scan)


async def whole_slips(
    actor: Actor,
    filters: Filters,
    *,
    limit: int,
    before: tuple[int, str] | None = None,
    scan: int = SCAN_ROWS_MAX,
) -> Found[Slip]:
    """The same slips with everything that stands on them."""
    return await _found(_slip, _SLIP, actor, filters, limit=limit, before=before, scan=scan)


async def _found(
    shape: Callable[..., R],
    select: str,
    actor: Actor,
    filters: Filters,
    *,
    limit: int,
    before: tuple[int, str] | None,
    scan: int,
) -> Found[R]:
    seen = Weighin.visible_to(actor, "w")
    lanes, covered = _lanes(actor, filters, seen)
    span, span_params = _span(filters, before)
    rest = _rest(filters, covered)
    narrowed = rest.sql != "TRUE"
    arms = [
        f"SELECT * FROM (SELECT * FROM harvest_weighin w WHERE {lane.sql} AND {seen.sql}{span}"
        f" ORDER BY w.weighed_at DESC, w.id DESC LIMIT :scan) arm_{place}"
        for place, lane in enumerate(lanes)
    ]
    source = " UNION ALL ".join(arms)
    params: dict[str, Any] = {**seen.params, **span_params, "scan": scan if narrowed else limit + 1}
    for lane in lanes:
        params.update(lane.params)
    # Names are looked up for the rows of this page alone, not for those that were only looked at.
    page = f"(SELECT * FROM ({source}) w WHERE {rest.sql} ORDER BY w.weighed_at DESC, w.id DESC LIMIT :limit)"
    rows = await db.fetch(
        shape,
        f"{select.format(source=page)} ORDER BY w.weighed_at DESC, w.id DESC",
        limit=limit + 1,
        **params,
        **rest.params,
    )
    if len(rows) > limit:
        last = rows[limit - 1]
        return Found(rows[:limit], (last.weighed_at, last.id), exhausted=True)
    edge = None
    if narrowed:
        edge = await db.fetch_one(
            lambda at, id: (int(at), str(id)),
            f"SELECT w.weighed_at, w.id FROM ({source}) w ORDER BY w.weighed_at DESC, w.id DESC LIMIT 1 OFFSET :offset",
            offset=scan - 1,
            **params,
        )
    return Found(rows, edge, exhausted=edge is None)


async def count_slips(actor: Actor, filters: Filters) -> int:
    """How many there are, however many; for work that takes longer than counting them."""
    seen = Weighin.visible_to(actor, "w")
    lanes, covered = _lanes(actor, filters, seen)
    span, span_params = _span(filters, None)
    rest = _rest(filters, covered)
    count = 0
    for lane in lanes:
        count += int(
            await db.scalar(
                f"SELECT COUNT(*) FROM harvest_weighin w WHERE {lane.sql} AND {seen.sql}{span} AND {rest.sql}",
                **{**seen.params, **span_params, **lane.params, **rest.params},
            )
        )
    return count


def _lanes(actor: Actor, filters: Filters, seen: Clause) -> tuple[list[Clause], str]:
    """The conditions whose indexes hold the rows in order (several for a technician of several townships), and which of
    the filters they serve."""
    if filters.household_id is not None:
        return [Clause("w.household_id = :household", {"household": filters.household_id})], "household_id"
    if actor.role in _OF_MANY_COOPERATIVES:
        if filters.cooperative_id is not None:
            lane = Clause("w.cooperative_id = :cooperative", {"cooperative": filters.cooperative_id})
            return [lane], "cooperative_id"
        if filters.township_id is not None:
            return [Clause("w.township_id = :township", {"township": filters.township_id})], "township_id"
    return seen.apart(), ""


def _span(filters: Filters, before: tuple[int, str] | None) -> tuple[str, dict[str, Any]]:
    parts: list[str] = []
    params: dict[str, Any] = {}
    if filters.first_day is not None:
        parts.append(" AND w.weighed_at >= :since")
        params["since"] = clock.day_range(filters.first_day)[0]
    if filters.last_day is not None:
        parts.append(" AND w.weighed_at < :until")
        params["until"] = clock.day_range(filters.last_day)[1]
    if before is not None:
        parts.append(" AND (w.weighed_at, w.id) < (:before_at, :before_id)")
        params["before_at"], params["before_id"] = before
    return "".join(parts), params


def _rest(filters: Filters, covered: str) -> Clause:
    """What no lane's index serves, looked at row by row within the scan limit."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    for name in ("site_id", "cooperative_id", "township_id", "form", "grade"):
        value = getattr(filters, name)
        if value is not None and name != covered:
            parts.append(f"w.{name} = :wanted_{name}")
            params[f"wanted_{name}"] = value
    if filters.unpriced:
        parts.append("w.price_fen_per_kg IS NULL AND w.voided_at IS NULL")
    if filters.voided is not None:
        parts.append("w.voided_at IS NOT NULL" if filters.voided else "w.voided_at IS NULL")
    return Clause(" AND ".join(parts) or "TRUE", params)


async def latest_at(actor: Actor, site_id: int, *, limit: int) -> list[SlipRow]:
    """The last slips of a site in the order of their numbers: what the weigher sees under the form."""
    seen = Weighin.visible_to(actor, "w")
    return await db.fetch(
        SlipRow,
        _ROW.format(
            source="(SELECT * FROM harvest_weighin WHERE site_id = :site ORDER BY number DESC LIMIT :limit)"
        )
        + f" WHERE {seen.sql} ORDER BY w.number DESC",
        site=site_id,
        limit=limit,
        **seen.params,
    )


async def row(actor: Actor, weighin_id: UUID | str) -> SlipRow:
    """One slip as a line of a list. Missing: not the actor's to see."""
    seen = Weighin.visible_to(actor, "w")
    found = await db.fetch_one(
        SlipRow,
        _ROW.format(source="harvest_weighin") + f" WHERE w.id = :id AND {seen.sql}",
        id=weighin_id,
        **seen.params,
    )
    if found is None:
        raise Missing()
    return found
