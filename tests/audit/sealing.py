"""Sealing in tests: PostgreSQL seals only what no open transaction can overtake, and other tests have some open."""

import asyncio

from pepperchain.audit import chains
from pepperchain.audit.chains import BATCH_ROWS_MAX, Chain
from pepperchain.core import db
from tests.ledger.books import NOW


async def sealed(chain: Chain, *, limit: int = BATCH_ROWS_MAX) -> int:
    """Seals once everything written so far can be sealed; how many rows that were."""
    for _ in range(6_000):  # a minute: on a slow machine others of this server may be long at it
        if not await db.scalar(f"SELECT COUNT(*) FROM {chain.table} WHERE NOT ({chain.settled})"):
            break
        await asyncio.sleep(0.01)
    return await chains.seal_due(chain, now=NOW, limit=limit)
