"""Reading what meters said, and what was kept in the meantime."""

from collections.abc import Mapping
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.climate.energy_rules import MeterRow
from pepperchain.climate.models import Meter
from pepperchain.core import db
from pepperchain.storage.report_models import Week

READINGS_MAX = 5_000
_LAST_WORD = """
NOT EXISTS (SELECT 1 FROM climate_meter n WHERE n.site_id = m.site_id AND n.read_on = m.read_on
    AND (n.recorded_at, n.id) > (m.recorded_at, m.id))
"""


def _meter(read_on: object, tenths_kwh: int, is_new: object) -> MeterRow:
    return MeterRow(date.fromisoformat(str(read_on)), int(tenths_kwh), bool(is_new))


async def around(site_id: int, on: date) -> tuple[MeterRow | None, MeterRow | None]:
    """What a site's meter said last before a day, and first after it."""
    found: list[MeterRow | None] = []
    for which, order in (("<", "DESC"), (">", "ASC")):
        found.append(
            await db.fetch_one(
                _meter,
                f"SELECT m.read_on, m.tenths_kwh, m.is_new FROM climate_meter m WHERE m.site_id = :site AND m.read_on {which} :on"
                f" AND {_LAST_WORD} ORDER BY m.read_on {order} LIMIT 1",
                site=site_id,
                on=on,
            )
        )
    return found[0], found[1]


async def readings(actor: Actor, *, first: date, last: date) -> Mapping[int, list[MeterRow]]:
    """By site what its meter said, day by day, as far as the actor sees it."""
    seen = Meter.visible_to(actor)
    rows = await db.tuples(
        f"SELECT m.site_id, m.read_on, m.tenths_kwh, m.is_new FROM climate_meter m WHERE m.read_on BETWEEN :first AND :last"
        f" AND {seen.sql} AND {_LAST_WORD} ORDER BY m.site_id, m.read_on LIMIT :limit",
        first=first,
        last=last,
        limit=READINGS_MAX,
        **seen.params,
    )
    found: dict[int, list[MeterRow]] = {}
    for site_id, *row in rows:
        found.setdefault(int(site_id), []).append(_meter(*row))
    return found


async def gram_days(actor: Actor, site_id: int, *, season: int, first: date, last: date) -> int:
    """What lay at a site from day to day, over the weeks that began between two days."""
    seen = Week.visible_to(actor)
    return int(
        await db.scalar(
            "SELECT COALESCE(SUM(w.gram_days), 0) FROM storage_week w WHERE w.season = :season AND w.site_id = :site"
            f" AND w.week_on >= :first AND w.week_on < :last AND {seen.sql}",
            season=season,
            site=site_id,
            first=first,
            last=last,
            **seen.params,
        )
    )
