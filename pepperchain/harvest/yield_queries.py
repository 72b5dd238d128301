"""Reading yields per mu: by village, township, cultivar, year and practice from the kept table, by plot from the plots' seasons."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.harvest.models import PlotSeason, Yield
from pepperchain.harvest.rules import fresh_equivalent, per_mu

ROWS_MAX = 400


@dataclass(frozen=True, slots=True)
class YieldRow:
    """A group of plots: its key (an area id as text, a code or a year), its name if it is an area, and what it gave."""

    key: str
    name: str | None
    name_en: str | None
    plots: int
    area_centimu: int
    net_grams: int
    as_of: int

    @property
    def per_mu(self) -> Grams | None:
        return per_mu(self.net_grams, self.area_centimu)


_KEYS = {
    "township": ("y.township_id", "a.name, a.name_en"),
    "village": ("y.village_id", "a.name, a.name_en"),
    "cultivar": ("y.cultivar", "NULL, NULL"),
    "season": ("y.season", "NULL, NULL"),
    "practice": ("y.practice", "NULL, NULL"),
}


async def yields(
    actor: Actor,
    by: str,
    *,
    season: int | None = None,
    township_id: int | None = None,
    cultivar: str | None = None,
    practice: str | None = None,
) -> list[YieldRow]:
    """Yields by one thing and narrowed by the others, the best first (years in their order)."""
    seen = Yield.visible_to(actor, "y")
    key, name = _KEYS[by]  # a KeyError is ours: forms let no other name through
    wanted = {"season": season, "township_id": township_id, "cultivar": cultivar, "practice": practice}
    given = {column: value for column, value in wanted.items() if value is not None}
    where = "".join(f" AND y.{column} = :{column}" for column in given)
    join = f" JOIN directory_area a ON a.id = {key}" if by in ("township", "village") else ""
    group = f"{key}, {name}" if join else key
    order = (
        "MIN(y.season) DESC"
        if by == "season"
        else "CAST(SUM(y.net_grams) AS BIGINT) * 1000 / SUM(y.area_centimu) DESC"
    )
    return await db.fetch(
        lambda key, *rest: YieldRow(str(key), *rest),
        f"SELECT {key}, {name}, CAST(SUM(y.plots) AS BIGINT), CAST(SUM(y.area_centimu) AS BIGINT),"
        f" CAST(SUM(y.net_grams) AS BIGINT), MIN(y.as_of) FROM harvest_yield y{join}"
        f" WHERE {seen.sql}{where} GROUP BY {group} ORDER BY {order} LIMIT :limit",
        limit=ROWS_MAX,
        **given,
        **seen.params,
    )


async def seasons(actor: Actor) -> list[int]:
    """The seasons that yields were added up for, the latest first."""
    seen = Yield.visible_to(actor, "y")
    rows = await db.tuples(
        f"SELECT DISTINCT y.season FROM harvest_yield y WHERE {seen.sql} ORDER BY y.season DESC",
        **seen.params,
    )
    return [int(row[0]) for row in rows]


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A plot's season."""

    plot_id: int
    plot: str
    household_id: int
    name: str | None
    village: str
    village_en: str
    cultivar: str
    practice: str
    area_centimu: int
    slips: int
    net_grams: Grams

    @property
    def per_mu(self) -> Grams | None:
        return per_mu(self.net_grams, self.area_centimu)


def _plot(season: int, fresh: int, dry: int, *row: Any) -> PlotRow:
    columns = (*row, fresh_equivalent(fresh, dry, season))
    return PlotRow(*columns)


async def plots(
    actor: Actor, season: int, *, limit: int, village_id: int | None = None, after: int | None = None
) -> list[PlotRow]:
    """Plots with slips of a season, in the order of their ids; `after` is the last id of the page before."""
    seen = PlotSeason.visible_to(actor, "s")
    parts = [seen] if village_id is not None else seen.apart()
    params: dict[str, object] = {}
    for part in parts:
        params.update(part.params)
    narrow = (" AND s.village_id = :village" if village_id is not None else "") + (
        " AND s.plot_id > :after" if after is not None else ""
    )
    chosen = " UNION ALL ".join(
        f"SELECT * FROM (SELECT s.* FROM harvest_plot_season s WHERE s.season = :season AND {part.sql}{narrow}"
        f" AND s.slips > 0 ORDER BY s.plot_id LIMIT :limit) part_{place}"
        for place, part in enumerate(parts)
    )
    return await db.fetch(
        partial(_plot, season),
        "SELECT s.net_grams, s.dry_grams, s.plot_id, f.name, s.household_id, p.name, v.name, v.name_en, s.cultivar,"
        " COALESCE(r.practice, ''), f.area_centimu, s.slips"
        f" FROM (SELECT * FROM ({chosen}) listed ORDER BY plot_id LIMIT :limit) s"
        " JOIN directory_plot f ON f.id = s.plot_id JOIN directory_household h ON h.id = s.household_id"
        " JOIN directory_area v ON v.id = s.village_id LEFT JOIN directory_person p ON p.id = h.head_id"
        " LEFT JOIN directory_plot_practice r ON r.plot_id = s.plot_id AND r.season = s.season ORDER BY s.plot_id",
        season=season,
        limit=limit,
        **({"village": village_id} if village_id is not None else {}),
        **({"after": after} if after is not None else {}),
        **params,
    )
