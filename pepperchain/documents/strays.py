"""Photos that nothing knows: a crash came between the file and its row."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from pepperchain.documents import photos

STRAY_AFTER = timedelta(days=1)
STRAYS_MAX = 20
ASKED_AT_ONCE = 500

log = structlog.get_logger("pepperchain.photos")

Known = Callable[[Sequence[str]], Awaitable[set[str]]]


async def sweep(known: Known, *, folder: str, now: datetime) -> int:
    """Takes away files of a folder without a row that are older than a day; how many. `known` says which of some names have one.

    Many at once are no crashes but a database that these photos are not of: then nothing is touched, and the log says so.
    """
    old = await photos.lying(before=now - STRAY_AFTER, folder=folder)
    there: set[str] = set()
    for start in range(0, len(old), ASKED_AT_ONCE):
        there |= await known(old[start : start + ASKED_AT_ONCE])
    strays = [token for token in old if token not in there]
    if len(strays) > max(STRAYS_MAX, len(old) // 10):
        log.error("photos without rows were left alone: are they of this database?", photos=len(strays))
        return 0
    await photos.discard(strays, folder=folder)
    return len(strays)
