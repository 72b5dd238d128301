"""The sums kept beside slips, brought into line after slips or plots went from one household to another. A building block of merges."""

from collections.abc import Sequence

from pepperchain.core import db
from pepperchain.core.words import N_
from pepperchain.directory.merge_rules import Mover

_SUMS = (
    "SELECT w.site_id, w.day, w.household_id, MIN(w.township_id),"
    " CAST(SUM(CASE WHEN w.voided_at IS NULL THEN 1 ELSE 0 END) AS INTEGER),"
    " CAST(SUM(CASE WHEN w.voided_at IS NULL THEN w.net_grams ELSE 0 END) AS BIGINT)"
    " FROM harvest_weighin w WHERE w.household_id IN :ids GROUP BY w.site_id, w.day, w.household_id"
    " ORDER BY w.site_id, w.day, w.household_id"
)
_DELETE = (
    "DELETE FROM harvest_day_household WHERE site_id = :site AND day = :day AND household_id = :household"
)
_INSERT = (
    "INSERT INTO harvest_day_household (site_id, day, household_id, township_id, slips, net_grams)"
    " VALUES (:site, :day, :household, :township, :slips, :net)"
)


async def settle(household_ids: Sequence[int]) -> None:
    """Sums by day of these households, added up anew from their slips (a day of voided ones is a row of nothing), and whose plots are."""
    ids = list(household_ids)
    rows = await db.tuples(_SUMS, ids=ids)
    days = sorted({(site, day) for site, day, *_ in rows})
    await db.execute_many(
        _DELETE, [{"site": site, "day": day, "household": id} for site, day in days for id in ids]
    )
    names = ("site", "day", "household", "township", "slips", "net")
    await db.execute_many(_INSERT, [dict(zip(names, row, strict=True)) for row in rows])
    await db.execute(
        "UPDATE harvest_plot_season SET household_id = (SELECT f.household_id FROM directory_plot f"
        " WHERE f.id = harvest_plot_season.plot_id) WHERE household_id IN :ids",
        ids=ids,
    )


MOVER = Mover(
    words={"harvest_weighin": N_("Slips")},
    derived=("harvest_day_household", "harvest_plot_season"),
    settle=settle,
)
