"""The sums kept beside the slips, moved in the same unit of work: by day, by household, by plot.

Every statement adds whole rows of sums, so that one slip and a list of two hundred take the same path.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.core import db
from pepperchain.core.units import Fen, Grams

DRY = "dry"

_Key = tuple[Any, ...]
_Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What of a slip the sums are made of."""

    day: date
    site_id: int
    site_township_id: int
    cooperative_id: int
    product_id: int
    form: str
    season: int
    household_id: int
    township_id: int
    village_id: int
    plot_id: int | None
    plot_township_id: int | None
    plot_village_id: int | None
    plot_cultivar: str | None
    net: Grams
    amount: Fen | None


_ADD_DAY = (
    "INSERT INTO harvest_day_total"
    " (cooperative_id, day, site_id, product_id, township_id, slips, net_grams, amount_fen, unpriced)"
    " VALUES (:cooperative_id, :day, :site_id, :product_id, :township_id, :slips, :net, :amount, :unpriced)"
    " ON CONFLICT (cooperative_id, day, site_id, product_id) DO UPDATE SET"
    " slips = harvest_day_total.slips + excluded.slips,"
    " net_grams = harvest_day_total.net_grams + excluded.net_grams,"
    " amount_fen = harvest_day_total.amount_fen + excluded.amount_fen,"
    " unpriced = harvest_day_total.unpriced + excluded.unpriced"
)
_ADD_HOUSEHOLD = (
    "INSERT INTO harvest_day_household (site_id, day, household_id, township_id, slips, net_grams)"
    " VALUES (:site_id, :day, :household_id, :township_id, :slips, :net)"
    " ON CONFLICT (site_id, day, household_id) DO UPDATE SET"
    " slips = harvest_day_household.slips + excluded.slips, net_grams = harvest_day_household.net_grams + excluded.net_grams"
)
_ADD_PLOT = (
    "INSERT INTO harvest_plot_season (plot_id, season, household_id, cooperative_id, township_id, village_id,"
    " cultivar, slips, net_grams, dry_grams)"
    " VALUES (:plot_id, :season, :household_id, :cooperative_id, :township_id, :village_id, :cultivar, :slips, :net, :dry)"
    " ON CONFLICT (plot_id, season) DO UPDATE SET slips = harvest_plot_season.slips + excluded.slips,"
    " net_grams = harvest_plot_season.net_grams + excluded.net_grams,"
    " dry_grams = harvest_plot_season.dry_grams + excluded.dry_grams"
)
_TAKE_DAY = (
    "UPDATE harvest_day_total SET slips = slips - :slips, net_grams = net_grams - :net,"
    " amount_fen = amount_fen - :amount, unpriced = unpriced - :unpriced"
    " WHERE cooperative_id = :cooperative_id AND day = :day AND site_id = :site_id AND product_id = :product_id"
)
_TAKE_HOUSEHOLD = (
    "UPDATE harvest_day_household SET slips = slips - :slips, net_grams = net_grams - :net"
    " WHERE site_id = :site_id AND day = :day AND household_id = :household_id"
)
_TAKE_PLOT = (
    "UPDATE harvest_plot_season SET slips = slips - :slips, net_grams = net_grams - :net, dry_grams = dry_grams - :dry"
    " WHERE plot_id = :plot_id AND season = :season"
)


async def add(slips: Iterable[Counted]) -> None:
    """Counts slips that were just written. In one order of keys, so that two units never wait for each other in a ring."""
    sums = Sums()
    sums.count(slips)
    await sums.add()


_DAY = ("site_id", "day", "product_id", "cooperative_id", "township_id", "slips", "net", "amount", "unpriced")
_HOUSEHOLD = ("site_id", "day", "household_id", "township_id", "slips", "net")
_PLOT = (
    "plot_id", "season", "household_id", "cooperative_id", "township_id", "village_id", "cultivar", "slips", "net", "dry",
)  # fmt: skip
_ROWS_A_STATEMENT = 1_000


class Sums:
    """What slips come to in each row of totals: it is touched once, however many slips are counted, and keys stand in order."""

    def __init__(self) -> None:
        self._days: dict[_Key, _Numbers] = {}
        self._households: dict[_Key, _Numbers] = {}
        self._plots: dict[_Key, _Numbers] = {}
        self._around: dict[_Key, tuple[Any, ...]] = {}

    def count(self, slips: Iterable[Counted]) -> None:
        """Adds slips to the sums, and nothing to the database."""
        for s in slips:
            net = int(s.net)
            day = (s.site_id, s.day, s.product_id, s.cooperative_id, s.site_township_id)
            _more(self._days, day, (1, net, int(s.amount or 0), 1 if s.amount is None else 0))
            _more(self._households, (s.site_id, s.day, s.household_id, s.township_id), (1, net))
            if s.plot_id is not None:
                plot = (s.plot_id, s.season)
                _more(self._plots, plot, (1, 0, net) if s.form == DRY else (1, net, 0))
                self._around[plot] = (
                    s.household_id, s.cooperative_id, s.plot_township_id, s.plot_village_id, s.plot_cultivar,
                )  # fmt: skip

    async def add(self) -> None:
        """Counts all of them."""
        await self._each(_ADD_DAY, _ADD_HOUSEHOLD, _ADD_PLOT)

    async def take_away(self) -> None:
        """Uncounts all of them."""
        await self._each(_TAKE_DAY, _TAKE_HOUSEHOLD, _TAKE_PLOT)

    async def _each(self, day: str, household: str, plot: str) -> None:
        await _run(day, _DAY, sorted(self._days.items()))
        await _run(household, _HOUSEHOLD, sorted(self._households.items()))
        plots = [(key + self._around[key], numbers) for key, numbers in sorted(self._plots.items())]
        await _run(plot, _PLOT, plots)


def _more(sums: dict[_Key, _Numbers], key: _Key, numbers: _Numbers) -> None:
    before = sums.get(key)
    sums[key] = numbers if before is None else tuple(map(int.__add__, before, numbers))


async def _run(sql: str, names: Sequence[str], sums: Sequence[tuple[_Key, _Numbers]]) -> None:
    for first in range(0, len(sums), _ROWS_A_STATEMENT):
        some = sums[first : first + _ROWS_A_STATEMENT]
        await db.execute_many(sql, [dict(zip(names, key + numbers, strict=True)) for key, numbers in some])


async def take_away_many(slips: Iterable[Counted]) -> None:
    """Uncounts slips that were voided together. In the same order of keys."""
    sums = Sums()
    sums.count(slips)
    await sums.take_away()


async def take_away(
    *,
    day: str,
    site_id: int,
    cooperative_id: int,
    product_id: int,
    form: str,
    season: int,
    household_id: int,
    plot_id: int | None,
    net: Grams,
    amount: Fen | None,
) -> None:
    """Uncounts a slip that was voided."""
    await db.execute(
        "UPDATE harvest_day_total SET slips = slips - 1, net_grams = net_grams - :net,"
        " amount_fen = amount_fen - :amount, unpriced = unpriced - :unpriced"
        " WHERE cooperative_id = :cooperative_id AND day = :day AND site_id = :site_id AND product_id = :product_id",
        net=net,
        amount=amount or 0,
        unpriced=1 if amount is None else 0,
        cooperative_id=cooperative_id,
        day=day,
        site_id=site_id,
        product_id=product_id,
    )
    await db.execute(
        "UPDATE harvest_day_household SET slips = slips - 1, net_grams = net_grams - :net"
        " WHERE site_id = :site_id AND day = :day AND household_id = :household_id",
        net=net,
        site_id=site_id,
        day=day,
        household_id=household_id,
    )
    if plot_id is not None:
        await db.execute(
            "UPDATE harvest_plot_season SET slips = slips - 1, net_grams = net_grams - :net, dry_grams = dry_grams - :dry"
            " WHERE plot_id = :plot_id AND season = :season",
            net=0 if form == DRY else net,
            dry=net if form == DRY else 0,
            plot_id=plot_id,
            season=season,
        )


async def reprice(
    *, day: str, site_id: int, cooperative_id: int, product_id: int, gained: int, priced: int
) -> None:
    """Moves the money of a day: `gained` fen more (or fewer), `priced` slips that had no price before."""
    await db.execute(
        "UPDATE harvest_day_total SET amount_fen = amount_fen + :gained, unpriced = unpriced - :priced"
        " WHERE cooperative_id = :cooperative_id AND day = :day AND site_id = :site_id AND product_id = :product_id",
        gained=gained,
        priced=priced,
        cooperative_id=cooperative_id,
        day=day,
        site_id=site_id,
        product_id=product_id,
    )
