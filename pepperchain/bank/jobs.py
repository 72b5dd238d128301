"""What timers ask of this room."""

from datetime import datetime

from pepperchain.bank import orders


async def expire_orders(*, now: datetime) -> int:
    """Orders to sell whose last day is over."""
    return await orders.expire_due(now=now)
