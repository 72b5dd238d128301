"""Reading the totals kept beside the slips: a site's evening, a cooperative's days, a household's season."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.models import DayTotal, Weighin

T = TypeVar("T")

ROWS_MAX = 200


@dataclass(frozen=True, slots=True)
class SiteDay:
    """A site's day in one line: how many households came, how many slips, how much."""

    households: int
    slips: int
    net_grams: Grams


@dataclass(frozen=True, slots=True)
class ProductDay:
    """A product's part of a day, at one site or all of them."""

    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    slips: int
    net_grams: int
    amount_fen: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """A site's or a cooperative's part of a day."""

    id: int
    name: str
    slips: int
    net_grams: int
    amount_fen: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class DayWeight:
    """What a day brought."""

    day: str
    slips: int
    net_grams: int


_SUMS = (
    "CAST(SUM(t.slips) AS BIGINT) AS slips, CAST(SUM(t.net_grams) AS BIGINT) AS net,"
    " CAST(SUM(t.amount_fen) AS BIGINT) AS amount, CAST(SUM(t.unpriced) AS BIGINT) AS unpriced"
)


async def site_day(*, site_id: int, cooperative_id: int, day: date) -> SiteDay:
    """What the weigher sees above the form. The caller has seen the site."""
    row = await db.tuples(
        "SELECT (SELECT COUNT(*) FROM harvest_day_household h"
        " WHERE h.site_id = :site AND h.day = :day AND h.slips > 0),"
        " COALESCE(SUM(t.slips), 0), COALESCE(SUM(t.net_grams), 0) FROM harvest_day_total t"
        " WHERE t.cooperative_id = :cooperative AND t.day = :day AND t.site_id = :site",
        site=site_id,
        day=day,
        cooperative=cooperative_id,
    )
    households, slips, net = row[0]
    return SiteDay(int(households), int(slips), Grams(int(net)))


async def visits(*, site_id: int, day: date, household_ids: Sequence[int]) -> dict[int, int]:
    """How often each of these households was weighed at a site on a day."""
    if not household_ids:
        return {}
    rows = await db.tuples(
        "SELECT h.household_id, h.slips FROM harvest_day_household h"
        " WHERE h.site_id = :site AND h.day = :day AND h.household_id IN :households AND h.slips > 0",
        site=site_id,
        day=day,
        households=list(household_ids),
    )
    return {int(household): int(slips) for household, slips in rows}


async def by_product(actor: Actor, day: date, *, site_id: int | None = None) -> list[ProductDay]:
    """A day's totals by product, the heaviest first."""
    return await _summed(
        ProductDay, actor, day, "product_id", "p.id, p.form, p.grade, p.cultivar, p.season",
        "JOIN harvest_product p ON p.id = s.part", site_id=site_id,
    )  # fmt: skip


async def by_site(actor: Actor, day: date) -> list[PlaceDay]:
    """A day's totals by site: what a cooperative's people look at."""
    return await _summed(
        PlaceDay, actor, day, "site_id", "o.id, o.name", "JOIN directory_site o ON o.id = s.part"
    )


async def by_cooperative(actor: Actor, day: date) -> list[PlaceDay]:
    """A day's totals by cooperative: what the committee looks at."""
    return await _summed(
        PlaceDay, actor, day, "cooperative_id", "o.id, o.short_name",
        "JOIN directory_organization o ON o.id = s.part",
    )  # fmt: skip


async def _summed(
    shape: Callable[..., T],
    actor: Actor,
    day: date,
    part: str,
    names: str,
    join: str,
    *,
    site_id: int | None = None,
) -> list[T]:
    """A day's sums by one column of the totals, and then the names of its values: in this order, whatever the planner thinks."""
    seen = DayTotal.visible_to(actor, "t")
    return await db.fetch(
        shape,
        f"SELECT {names}, s.slips, s.net, s.amount, s.unpriced FROM"
        f" (SELECT t.{part} AS part, {_SUMS} FROM harvest_day_total t WHERE t.day = :day AND t.slips > 0 AND {seen.sql}"
        f" {'AND t.site_id = :site ' if site_id else ''}GROUP BY t.{part} ORDER BY net DESC LIMIT :limit) s"
        f" {join} ORDER BY s.net DESC, s.part",
        day=day,
        limit=ROWS_MAX,
        **({"site": site_id} if site_id else {}),
        **seen.params,
    )


async def by_day(actor: Actor, first: date, last: date) -> list[DayWeight]:
    """What each day of a span brought, days without slips left out."""
    seen = DayTotal.visible_to(actor, "t")
    return await db.fetch(
        DayWeight,
        "SELECT t.day, CAST(SUM(t.slips) AS BIGINT), CAST(SUM(t.net_grams) AS BIGINT) FROM harvest_day_total t"
        f" WHERE t.day BETWEEN :first AND :last AND t.slips > 0 AND {seen.sql} GROUP BY t.day ORDER BY t.day",
        first=first,
        last=last,
        **seen.params,
    )


@dataclass(frozen=True, slots=True)
class SiteProductDay:
    """What a site weighed in on a day of one product."""

    day: str
    cooperative: str
    site: str
    form: str
    grade: str
    cultivar: str
    season: int
    slips: int
    net_grams: int
    amount_fen: int
    unpriced: int


async def by_site_and_product(actor: Actor, day: date) -> list[SiteProductDay]:
    """A day's totals as they are kept: the whole day in as many rows as it had sites and products."""
    seen = DayTotal.visible_to(actor, "t")
    return await db.fetch(
        SiteProductDay,
        "SELECT t.day, o.short_name, s.name, p.form, p.grade, p.cultivar, p.season, t.slips, t.net_grams, t.amount_fen, t.unpriced"
        f" FROM (SELECT * FROM harvest_day_total t WHERE t.day = :day AND t.slips > 0 AND {seen.sql}) t"
        " JOIN directory_organization o ON o.id = t.cooperative_id JOIN directory_site s ON s.id = t.site_id"
        " JOIN harvest_product p ON p.id = t.product_id ORDER BY t.cooperative_id, t.site_id, t.product_id",
        day=day,
        **seen.params,
    )


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Slips of a day and product that still want a price."""

    day: str
    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    slips: int
    net_grams: int

    @property
    def on(self) -> date:
        return date.fromisoformat(self.day)


@dataclass(frozen=True, slots=True)
class Priced:
    """Slips of a day and product that share a price."""

    day: str
    product_id: int
    form: str
    grade: str
    cultivar: str
    price_fen_per_kg: int
    slips: int
    net_grams: int
    amount_fen: int

    @property
    def on(self) -> date:
        return date.fromisoformat(self.day)


async def unpriced(actor: Actor) -> list[Unpriced]:
    """What the own cooperative has weighed in and not yet priced, the latest day first."""
    seen = Weighin.visible_to(actor, "w")
    return await db.fetch(
        Unpriced,
        "SELECT w.day, w.product_id, w.form, w.grade, w.cultivar, w.season, COUNT(*),"
        " CAST(SUM(w.net_grams) AS BIGINT) FROM harvest_weighin w"
        f" WHERE w.price_fen_per_kg IS NULL AND w.voided_at IS NULL AND {seen.sql}"
        " GROUP BY w.day, w.product_id, w.form, w.grade, w.cultivar, w.season"
        " ORDER BY w.day DESC, w.product_id LIMIT :limit",
        limit=ROWS_MAX,
        **seen.params,
    )


async def priced(actor: Actor, *, since_at: int, until_at: int) -> list[Priced]:
    """What was weighed in a span and has a price, by day, product and price."""
    seen = Weighin.visible_to(actor, "w")
    return await db.fetch(
        Priced,
        "SELECT w.day, w.product_id, w.form, w.grade, w.cultivar, w.price_fen_per_kg, COUNT(*),"
        " CAST(SUM(w.net_grams) AS BIGINT), CAST(SUM(w.amount_fen) AS BIGINT) FROM harvest_weighin w"
        " WHERE w.price_fen_per_kg IS NOT NULL AND w.voided_at IS NULL AND w.weighed_at >= :since"
        f" AND w.weighed_at < :until AND {seen.sql}"
        " GROUP BY w.day, w.product_id, w.form, w.grade, w.cultivar, w.price_fen_per_kg"
        " ORDER BY w.day DESC, w.product_id, w.price_fen_per_kg LIMIT :limit",
        since=since_at,
        until=until_at,
        limit=ROWS_MAX,
        **seen.params,
    )


@dataclass(frozen=True, slots=True)
class SeasonOfHousehold:
    """A household's season: slips that count, kilograms, money so far, and slips that wait for a price."""

    slips: int
    net_grams: Grams
    amount_fen: Fen
    unpriced: int


async def season_of_household(actor: Actor, household_id: int, season: int) -> SeasonOfHousehold:
    """Added up from the household's own few slips."""
    seen = Weighin.visible_to(actor, "w")
    rows = await db.tuples(
        "SELECT COUNT(*), COALESCE(SUM(w.net_grams), 0), COALESCE(SUM(w.amount_fen), 0),"
        " COALESCE(SUM(CASE WHEN w.price_fen_per_kg IS NULL THEN 1 ELSE 0 END), 0) FROM harvest_weighin w"
        f" WHERE w.household_id = :household AND w.season = :season AND w.voided_at IS NULL AND {seen.sql}",
        household=household_id,
        season=season,
        **seen.params,
    )
    slips, net, amount, waiting = rows[0]
    return SeasonOfHousehold(int(slips), Grams(int(net)), Fen(int(amount)), int(waiting))
