"""Yields per mu, added up from the plots' seasons: village by village, rebuilt by a timer, stamped with when."""

from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import db
from pepperchain.harvest.rules import fresh_to_dry_permille

_REBUILD = """
INSERT INTO harvest_yield (season, township_id, village_id, cultivar, practice, plots, area_centimu, net_grams, as_of)
SELECT s.season, s.township_id, s.village_id, s.cultivar, COALESCE(r.practice, ''), COUNT(*),
    CAST(SUM(f.area_centimu) AS BIGINT),
    CAST(SUM(s.net_grams + s.dry_grams * CAST(:ratio AS BIGINT) / 1000) AS BIGINT), CAST(:now AS BIGINT)
FROM harvest_plot_season s
JOIN directory_plot f ON f.id = s.plot_id
LEFT JOIN directory_plot_practice r ON r.plot_id = s.plot_id AND r.season = s.season
WHERE s.village_id IN :villages AND s.season = :season AND s.slips > 0
GROUP BY s.season, s.township_id, s.village_id, s.cultivar, COALESCE(r.practice, '')
"""


async def rebuild(actor: Actor, *, season: int, now: datetime) -> int:
    """Adds a season's yields up anew, a township at a time so that the scales never wait for it; how many townships."""
    actor.require(Capability.HARVEST_READ)
    townships = await db.tuples("SELECT id FROM directory_area WHERE kind = 'township' ORDER BY id")
    for (township_id,) in townships:
        await _rebuild_township(township_id, season=season, now=now)
    return len(townships)


@db.unit_of_work
async def _rebuild_township(township_id: int, *, season: int, now: datetime) -> None:
    villages = [
        row[0]
        for row in await db.tuples(
            "SELECT id FROM directory_area WHERE parent_id = :township", township=township_id
        )
    ]
    await db.execute(
        "DELETE FROM harvest_yield WHERE season = :season AND township_id = :township",
        season=season,
        township=township_id,
    )
    await db.execute_long(
        _REBUILD, villages=villages, season=season, ratio=fresh_to_dry_permille(season), now=now
    )
