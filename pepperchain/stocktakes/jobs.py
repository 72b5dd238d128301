"""What timers ask of this room."""

from datetime import datetime

from pepperchain.stocktakes import checks


async def check_books(*, now: datetime) -> int:
    """Whether rooms, lots and the ledger agree."""
    return await checks.run(now=now)
