"""Photos that no visit knows: a crash came between the file and the row."""

from datetime import datetime, timedelta

import structlog

from pepperchain.documents import photos
from pepperchain.visits.queries import known_tokens

STRAY_AFTER = timedelta(days=1)
STRAYS_MAX = 20

log = structlog.get_logger("pepperchain.visits")


async def sweep(*, now: datetime) -> int:
    """Takes away files without a row that are older than a day; how many.

    Many at once are no crashes but a database that these photos are not of: then nothing is touched, and the log says so.
    """
    old = await photos.lying(before=now - STRAY_AFTER)
    known = await known_tokens(old)
    strays = [token for token in old if token not in known]
    if len(strays) > max(STRAYS_MAX, len(old) // 10):
        log.error("photos without rows were left alone: are they of this database?", photos=len(strays))
        return 0
    await photos.discard(strays)
    return len(strays)
