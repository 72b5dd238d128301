"""Timers of visits."""

from datetime import datetime

from pepperchain.visits import stray_photos


async def sweep_photos(*, now: datetime) -> int:
    """Files of photos whose visit was never saved; how many were taken away."""
    return await stray_photos.sweep(now=now)
