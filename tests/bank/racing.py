"""Letting verbs run against each other, and what must hold afterwards whoever won."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import asyncpg

from pepperchain.access.actor import SYSTEM
from pepperchain.bank import doctor
from pepperchain.core import db
from pepperchain.core.errors import Told
from pepperchain.core.ids import new_id
from pepperchain.ledger import books
from pepperchain.storage import lots, rooms
from pepperchain.storage.rules import RoomKind
from tests.bank.trading import money_balances
from tests.bank.vault import DAY, NOW, Vault, all_balances
from tests.storage.store import room_facts

ROUNDS = int(os.environ.get("PEPPERCHAIN_TEST_ROUNDS", "4"))
"""How often each race is run; `PEPPERCHAIN_TEST_ROUNDS=500` is the full figure."""


async def at_once(*verbs: Coroutine[Any, Any, Any]) -> tuple[list[Any], list[Told]]:
    """Runs all of them together: what those returned that went well, and what the others were told in words. Nothing else may happen."""
    ended = await asyncio.gather(*verbs, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException) and not isinstance(each, Told):
            raise each
    well = [each for each in ended if not isinstance(each, BaseException)]
    return well, [each for each in ended if isinstance(each, Told)]


async def trails(verb: str) -> int:
    """How often something was done, by the trail."""
    return int(await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = :verb", verb=verb))


async def deadlocks(url: str) -> int:
    """How often PostgreSQL ended a unit of work of this database because two waited for each other, to run it again. Never on SQLite."""
    if not url.startswith("postgres"):
        return 0
    connection = await asyncpg.connect(url)
    try:
        return int(
            await connection.fetchval(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
        )
    finally:
        await connection.close()


async def all_adds_up() -> None:
    """Grams, money, lots and the ledger agree, and the doctor finds nothing."""
    await all_balances()
    await money_balances()
    assert await doctor.findings() == []
    assert await books.findings() == []


async def roomy(vault: Vault, *, site_id: int | None = None, tonnes: int = 20) -> Vault:
    """The same bank with a lot of so many tonnes in a room of its own, at another site of the cooperative if wanted."""
    store, site = vault.store, site_id or vault.store.register.site_a
    facts = room_facts(
        f"大{tonnes}", 2_000_000 * tonnes, kind=RoomKind.DRY, forms=["dry"], set_point_decidegrees=None
    )
    room = await rooms.enter(SYSTEM, id=new_id(), site_id=site, facts=facts, now=NOW)
    slips = [
        await store.weigh(1000, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY, site_id=site)
        for _ in range(tonnes)
    ]
    done = await lots.receive(vault.clerk, id=new_id(), room_id=room.id, slip_ids=slips, now=NOW)
    return replace(vault, lot_id=done.lot_id)
