"""What a timer asks of this room."""

from datetime import datetime

from pepperchain.accounts import attempts, sessions


async def sweep(*, now: datetime) -> int:
    """Sessions and counted tries that are over."""
    return await sessions.sweep(now=now) + await attempts.forget(now=now)
