"""Timers of this room."""

from datetime import datetime

from pepperchain.consents import copies


async def sweep_copies(*, now: datetime) -> int:
    """Files of people's own data whose days are over."""
    return await copies.sweep(now=now)
