"""What a timer asks of this room."""

from datetime import datetime

from pepperchain.accounts import attempts, invitations, sessions


async def sweep(*, now: datetime) -> int:
    """Sessions, counted tries and invitations that are over."""
    swept = await sessions.sweep(now=now) + await attempts.forget(now=now)
    return swept + await invitations.sweep(now=now)
