"""What timers ask of this room."""

from datetime import datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.directory import findings, moves, proxy_queries
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.documents import strays


async def find_duplicates(*, now: datetime) -> int:
    """Pairs of households that may be one; how many wait for somebody."""
    return (await findings.search(SYSTEM, now=now)).open


async def carry_out_moves(*, now: datetime) -> int:
    """Households whose day of moving has come; how many moved."""
    return await moves.carry_out_due(now=now)


async def sweep_papers(*, now: datetime) -> int:
    """Photos of proxies that were never saved; how many."""
    return await strays.sweep(proxy_queries.known_papers, folder=PAPERS, now=now)
