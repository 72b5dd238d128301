"""Photos that are kept long enough: the visit stays, its pictures go."""

from datetime import datetime, timedelta

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.documents import photos
from pepperchain.settings import settings

AT_ONCE = 500


async def remove(*, now: datetime) -> int:
    """Takes photos away that came in before the days of `config/retention.toml`; how many.

    Rows go first: a file that a crash leaves behind is a stray one, which the next night takes.
    """
    days = settings().section("retention")["visit_photo_days"]
    if days <= 0:
        return 0
    removed = 0
    while True:
        tokens = await _forget(now - timedelta(days=days), now=now)
        await photos.discard(tokens)
        removed += len(tokens)
        if len(tokens) < AT_ONCE:
            return removed


@db.unit_of_work
async def _forget(before: datetime, *, now: datetime) -> list[str]:
    # Ids grow with the days, so that the oldest are found without looking through all of them.
    rows = await db.tuples(
        "SELECT c.id, c.token FROM (SELECT f.id, f.token, f.created_at FROM visits_photo f ORDER BY f.id LIMIT :most) c"
        " WHERE c.created_at < :before",
        most=AT_ONCE,
        before=before,
    )
    if rows:
        await db.execute("DELETE FROM visits_photo WHERE id IN :ids", ids=[row[0] for row in rows])
        await trail.record(
            SYSTEM, "photos.removed", subject="visit", subject_id="", facts={"dropped": len(rows)}, now=now
        )
    return [str(row[1]) for row in rows]
