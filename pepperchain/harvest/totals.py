"""The sums kept beside the slips, moved in the same unit of work: by day, by household, by plot.

Every statement adds whole rows of sums, so that one slip and a list of two hundred take the same path.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pepperchain.core import db
from pepperchain.core.units import Fen, Grams

DRY = "dry"


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
    " VALUES (:cooperative_id, :day, :site_id, :product_id, :township_id, 1, :net, :amount, :unpriced)"
    " ON CONFLICT (cooperative_id, day, site_id, product_id) DO UPDATE SET"
    " slips = harvest_day_total.slips + 1,"
    " net_grams = harvest_day_total.net_grams + excluded.net_grams,"
    " amount_fen = harvest_day_total.amount_fen + excluded.amount_fen,"
    " unpriced = harvest_day_total.unpriced + excluded.unpriced"
)
_ADD_HOUSEHOLD = (
    "INSERT INTO harvest_day_household (site_id, day, household_id, township_id, slips, net_grams)"
    " VALUES (:site_id, :day, :household_id, :township_id, 1, :net)"
    " ON CONFLICT (site_id, day, household_id) DO UPDATE SET"
    " slips = harvest_day_household.slips + 1, net_grams = harvest_day_household.net_grams + excluded.net_grams"
)
_ADD_PLOT = (
    "INSERT INTO harvest_plot_season (plot_id, season, household_id, cooperative_id, township_id, village_id,"
    " cultivar, slips, net_grams, dry_grams)"
    " VALUES (:plot_id, :season, :household_id, :cooperative_id, :township_id, :village_id, :cultivar, 1, :net, :dry)"
    " ON CONFLICT (plot_id, season) DO UPDATE SET slips = harvest_plot_season.slips + 1,"
    " net_grams = harvest_plot_season.net_grams + excluded.net_grams,"
    " dry_grams = harvest_plot_season.dry_grams + excluded.dry_grams"
)


async def add(slips: Iterable[Counted]) -> None:
    """Counts slips that were just written. In one order of keys, so that two units never wait for each other in a ring."""
    ordered = sorted(
        slips, key=lambda s: (s.site_id, s.day, s.product_id, s.household_id, s.plot_id or 0, s.season)
    )
    await db.execute_many(_ADD_DAY, [_day_values(slip) for slip in ordered])
    await db.execute_many(
        _ADD_HOUSEHOLD,
        [
            {"site_id": s.site_id, "day": s.day, "household_id": s.household_id,
             "township_id": s.township_id, "net": s.net}
            for s in ordered
        ],
    )  # fmt: skip
    await db.execute_many(_ADD_PLOT, [_plot_values(slip) for slip in ordered if slip.plot_id is not None])


def _day_values(slip: Counted) -> dict[str, object]:
    return {
        "cooperative_id": slip.cooperative_id,
        "day": slip.day,
        "site_id": slip.site_id,
        "product_id": slip.product_id,
        "township_id": slip.site_township_id,
        "net": slip.net,
        "amount": slip.amount or 0,
        "unpriced": 1 if slip.amount is None else 0,
    }


def _plot_values(slip: Counted) -> dict[str, object]:
    return {
        "plot_id": slip.plot_id,
        "season": slip.season,
        "household_id": slip.household_id,
        "cooperative_id": slip.cooperative_id,
        "township_id": slip.plot_township_id,
        "village_id": slip.plot_village_id,
        "cultivar": slip.plot_cultivar,
        "net": 0 if slip.form == DRY else slip.net,
        "dry": slip.net if slip.form == DRY else 0,
    }


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
