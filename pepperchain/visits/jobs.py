"""Timers of visits."""

from datetime import datetime

from pepperchain.documents import photos, strays
from pepperchain.visits import old_photos, queries


async def sweep_photos(*, now: datetime) -> int:
    """Files of photos whose visit was never saved; how many were taken away."""
    return await strays.sweep(queries.known_tokens, folder=photos.FOLDER, now=now)


async def remove_old_photos(*, now: datetime) -> int:
    """Photos that were kept long enough; how many were taken away."""
    return await old_photos.remove(now=now)
