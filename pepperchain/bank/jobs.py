"""What timers ask of this room."""

from datetime import datetime

from pepperchain.bank import orders, watching


async def expire_orders(*, now: datetime) -> int:
    """Orders to sell whose last day is over."""
    return await orders.expire_due(now=now)


async def watch_prices(*, now: datetime) -> int:
    """Orders to sell from a price on: which of them reach it."""
    return await watching.mark_reached(now=now)
