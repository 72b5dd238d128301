"""What lists read instead of counting, added up in the database from the rows that were loaded."""

from dataclasses import dataclass

from pepperchain.core.bulk import Loader
from pepperchain.seeds.families import TERMS

TABLES = (
    "harvest_day_total",
    "harvest_day_household",
    "harvest_plot_season",
    "storage_available",
    "core_counter",
)


@dataclass(frozen=True, slots=True)
class Firsts:
    """The first ids that a load gives: what is below was there before and has been added up by verbs."""

    site: int
    lot: int


async def firsts(loader: Loader) -> Firsts:
    """Asked before anything is loaded."""
    return Firsts(await loader.next_id("directory_site"), await loader.next_id("storage_lot"))


async def add_up(loader: Loader, first: Firsts) -> None:
    """Every sum of every loaded slip and lot, and the search terms in their order."""
    await loader.run(
        "INSERT INTO directory_term (kind, term, person_id, township_id, cooperative_id)"
        f" SELECT kind, term, person_id, township_id, cooperative_id FROM {TERMS} ORDER BY kind, term, person_id"
    )
    await loader.run(f"DROP TABLE {TERMS}")
    await loader.run(
        "INSERT INTO harvest_day_total"
        " (cooperative_id, day, site_id, product_id, township_id, slips, net_grams, amount_fen, unpriced)"
        " SELECT w.cooperative_id, w.day, w.site_id, w.product_id, s.township_id, COUNT(*), SUM(w.net_grams),"
        " SUM(COALESCE(w.amount_fen, 0)), SUM(CASE WHEN w.price_fen_per_kg IS NULL THEN 1 ELSE 0 END)"
        " FROM harvest_weighin w JOIN directory_site s ON s.id = w.site_id"
        f" WHERE w.site_id >= {first.site:d} AND w.voided_at IS NULL"
        " GROUP BY w.cooperative_id, w.day, w.site_id, w.product_id, s.township_id ORDER BY 1, 2, 3, 4"
    )
    await loader.run(
        "INSERT INTO harvest_day_household (site_id, day, household_id, township_id, slips, net_grams)"
        " SELECT w.site_id, w.day, w.household_id, w.township_id, COUNT(*), SUM(w.net_grams) FROM harvest_weighin w"
        f" WHERE w.site_id >= {first.site:d} AND w.voided_at IS NULL"
        " GROUP BY w.site_id, w.day, w.household_id, w.township_id ORDER BY 1, 2, 3"
    )
    await loader.run(
        "INSERT INTO harvest_plot_season (plot_id, season, household_id, cooperative_id, township_id, village_id, cultivar,"
        " slips, net_grams, dry_grams)"
        " SELECT w.plot_id, w.season, w.household_id, w.cooperative_id, f.township_id, f.village_id, f.cultivar, COUNT(*),"
        " SUM(CASE WHEN w.form = 'dry' THEN 0 ELSE w.net_grams END), SUM(CASE WHEN w.form = 'dry' THEN w.net_grams ELSE 0 END)"
        " FROM harvest_weighin w JOIN directory_plot f ON f.id = w.plot_id"
        f" WHERE w.site_id >= {first.site:d} AND w.voided_at IS NULL"
        " GROUP BY w.plot_id, w.season, w.household_id, w.cooperative_id, f.township_id, f.village_id, f.cultivar ORDER BY 1, 2"
    )
    await loader.run(
        "INSERT INTO storage_available (product_id, site_id, township_id, lots, free_grams)"
        " SELECT l.product_id, l.site_id, l.township_id, COUNT(*), SUM(l.free_grams) FROM storage_lot l"
        f" WHERE l.id >= {first.lot:d} AND l.free_grams > 0 GROUP BY l.product_id, l.site_id, l.township_id ORDER BY 1, 2"
    )
    await loader.run(
        "INSERT INTO core_counter (scope, value) SELECT 'slip:' || CAST(w.site_id AS TEXT), MAX(w.number)"
        f" FROM harvest_weighin w WHERE w.site_id >= {first.site:d} GROUP BY w.site_id"
    )
