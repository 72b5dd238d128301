"""The watch over prices: an order is marked when its price is reached, once, and whoever sells is told."""

from typing import Any
from uuid import UUID

from pepperchain.bank import orders, sale_queries, watch_queries, watching
from pepperchain.bank.sale_queries import OrderRow
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.vault import DAY, NOW, TODAY, Vault


async def ordered(vault: Vault, limit: int | None, **changes: Any) -> OrderRow:
    receipt = await vault.deposit(100)
    id = new_id()
    await orders.place(
        vault.grower, id=id, receipt_id=receipt.id, grams=Grams(10_000), limit_fen_per_kg=None if limit is None else Fen(limit),
        now=NOW, **changes,
    )  # fmt: skip
    return await sale_queries.order_unscoped(str(id))


async def test_an_order_is_marked_on_the_day_its_price_is_reached(vault: Vault) -> None:
    near, far = await ordered(vault, 5_500), await ordered(vault, 6_500)
    assert await watching.mark_reached(now=NOW) == 0
    await vault.priced(5_600)
    assert await watching.mark_reached(now=NOW) == 1
    assert await watching.mark_reached(now=NOW) == 0
    marked = await sale_queries.order_unscoped(near.id)
    assert (marked.reached_on, marked.reached_fen_per_kg) == (TODAY, Fen(5_600))
    assert (await sale_queries.order_unscoped(far.id)).reached_on is None
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'bank_order.reached'") == 1


async def test_the_keepers_own_price_decides_and_an_old_one_does_not(vault: Vault) -> None:
    await vault.priced(5_600, on=TODAY)
    await ordered(vault, 5_500)
    assert await watching.mark_reached(now=NOW + 8 * DAY) == 0
    assert await watching.mark_reached(now=NOW + DAY) == 1


async def test_orders_at_once_and_orders_that_ended_are_not_watched(vault: Vault) -> None:
    await ordered(vault, None)
    ended = await ordered(vault, 4_000)
    await orders.cancel(vault.grower, id=UUID(ended.id), now=NOW)
    assert await watching.mark_reached(now=NOW) == 0


async def test_more_than_a_turn_of_orders_are_all_marked(vault: Vault) -> None:
    for limit in (5_100, 5_200, 5_300, 5_400):
        await ordered(vault, limit)
    await vault.priced(5_600)
    assert await watching.mark_reached(now=NOW, a_turn=2) == 4


async def test_whoever_keeps_the_pepper_counts_what_may_be_sold_now(vault: Vault) -> None:
    await ordered(vault, 5_500)
    await vault.priced(5_600)
    await watching.mark_reached(now=NOW)
    operator = await db.scalar("SELECT operator_id FROM bank_order")
    seen = {
        name: await watch_queries.reached(actor)
        for name, actor in (("leader", vault.leader), ("b", vault.leader_b))
    }
    assert seen["b"] == 0
    assert seen["leader"] == (1 if vault.leader.organization_id == operator else 0)
