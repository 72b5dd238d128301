"""A stocktake in few words: opened by A's leader, counted and handed in by A's clerk, signed by the leader."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.stocktakes import closing, counts, queries, stocktakes
from pepperchain.stocktakes.queries import LineRow, StocktakeRow
from tests.storage.store import NOW, Store

LATER = NOW + timedelta(hours=1)
EVENING = NOW + timedelta(hours=3)


def clerk(store: Store) -> Actor:
    return replace(store.clerk, user_id=11)


def leader(store: Store) -> Actor:
    return replace(store.leader, user_id=12)


def committee(store: Store) -> Actor:
    return replace(store.register.actor(Role.COMMITTEE), user_id=13)


async def begin(store: Store, *, actor: Actor | None = None, now: datetime = NOW, **where: Any) -> int:
    """A stocktake of A's chilled room, unless another place is named."""
    place = where or {"room_id": store.chilled}
    return (await stocktakes.begin(actor or leader(store), id=new_id(), now=now, **place)).id


async def row(store: Store, id: int) -> StocktakeRow:
    return await queries.stocktake(committee(store), id)


async def line(store: Store, id: int, lot_id: int) -> LineRow:
    return next(each for each in await queries.lines(await row(store, id)) if each.lot_id == lot_id)


async def count(
    store: Store, id: int, lot_id: int, kg: int, *, actor: Actor | None = None, now: datetime = LATER
) -> bool:
    """So many kilograms, whoever asks for it once more."""
    which = await line(store, id, lot_id)
    return await counts.record(
        actor or clerk(store), id=new_id(), stocktake_id=id, line_id=which.id, loose=Grams(kg * 1000), now=now
    )


async def surely(store: Store, id: int, lot_id: int, kg: int) -> None:
    """Counted twice, so that it stands."""
    if await count(store, id, lot_id, kg):
        await count(store, id, lot_id, kg)


async def hand_in(store: Store, id: int, *, actor: Actor | None = None, now: datetime = EVENING) -> None:
    await closing.hand_in(actor or clerk(store), id=id, version=(await row(store, id)).version, now=now)


async def sign(
    store: Store, id: int, *, actor: Actor | None = None, now: datetime = EVENING, reason: str = "夜里失水"
) -> None:
    version = (await row(store, id)).version
    await closing.sign(actor or leader(store), id=id, version=version, reason=reason, now=now)


async def allow(store: Store, id: int) -> None:
    version = (await row(store, id)).version
    await closing.allow(committee(store), id=id, version=version, now=EVENING)


async def variance(site_id: int) -> int:
    """What counting has taken from a site's lots, by the ledger."""
    return int(
        await db.scalar(
            "SELECT COALESCE(SUM(debits - credits), 0) FROM ledger_account WHERE kind = 'variance' AND ref = :ref",
            ref=f"site:{site_id}",
        )
    )
