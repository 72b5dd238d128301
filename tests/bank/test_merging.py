"""Receipts that become one: the same promise, all of it free, and not a gram or an act twice."""

import asyncio
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.bank import (
    account_queries,
    doctor,
    merging,
    orders,
    parting,
    pledges,
    receipt_queries,
    withdrawals,
)
from pepperchain.bank.deposits import Goods
from pepperchain.bank.rules import EventKind, State
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.storage import lots, rooms
from pepperchain.storage.rules import RoomKind
from tests.bank.trading import KG, money_balances, order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances
from tests.storage.store import room_facts


async def merged(vault: Vault, first: int, *others: int) -> int:
    """What A's clerk made of them."""
    made = await merging.merge(vault.clerk, id=new_id(), receipt_id=first, with_receipts=others, now=NOW)
    return made.id


async def test_several_become_one_with_their_promise_and_their_history(vault: Vault) -> None:
    first = await vault.deposit(40, goods=Goods(packing="编织袋", marks="蓝线"))
    others = [await vault.deposit(kg, goods=Goods(packing="编织袋", marks="红线")) for kg in (7, 5)]
    await vault.priced(6_000)
    id, ids = new_id(), [each.id for each in others]
    for order_of_ids in (ids, ids[::-1]):
        made = await merging.merge(
            vault.clerk, id=id, receipt_id=first.id, with_receipts=order_of_ids, now=NOW
        )
    with pytest.raises(Conflict):
        await merging.merge(vault.clerk, id=id, receipt_id=first.id, with_receipts=ids[:1], now=NOW)
    new = await vault.receipt(made.id)
    assert (new.grams, new.free_grams, new.state, new.origin) == (52 * KG, 52 * KG, State.OPEN, "merge")
    assert (new.floor_fen_per_kg, new.deposited_on, new.packing, new.marks) == (
        Fen(5_000),
        first.deposited_on,
        "编织袋",
        "蓝线；红线",
    )
    for old in (first, *others):
        assert (await vault.receipt(old.id)).state is State.REPLACED
        (told,) = [
            event for event in await receipt_queries.events(old.id) if event.kind is not EventKind.ISSUED
        ]
        assert (told.kind, told.grams, told.other_receipt_id) == (EventKind.MERGED, old.grams, new.id)
    issued, *told_of = await receipt_queries.events(new.id)
    assert issued.kind is EventKind.ISSUED
    assert sorted(event.other_receipt_id or 0 for event in told_of) == [first.id, *ids]
    lines = await account_queries.lines(vault.clerk, vault.zhang, first=TODAY, last=TODAY)
    assert sum(line.kind is EventKind.MERGED for line in lines) == 3
    await all_balances()


async def test_what_became_one_is_sold_and_taken_out_like_any_other(vault: Vault) -> None:
    first, other = await vault.deposit(40), await vault.deposit(20)
    later = NOW + 70 * DAY
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=first.id, grams=Grams(10 * KG), reason="自用", now=later
    )
    new = await vault.receipt(await merged(vault, other.id, first.id))
    assert (new.left_grams, new.bags) == (50 * KG, None)
    await order(vault, new, 50)
    await sell(vault, new, 50, 5_600)
    await money_balances()
    await all_balances()


async def test_promises_that_differ_are_told_and_stay_apart(vault: Vault) -> None:
    receipt = await vault.deposit(40)
    await vault.priced(6_000, on=TODAY - timedelta(days=1))
    earlier = await vault.deposit(10, deposited_on=TODAY - timedelta(days=1))
    lis = await vault.deposit(10, household_id=vault.li)
    uninsured = await vault.deposit(10)
    await _uninsure(uninsured.id)
    await vault.priced(6_000)
    dearer = await vault.deposit(10)
    lot = await vault.store.lot(
        50, room_id=vault.store.dry, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY, household_id=vault.zhang
    )  # fmt: skip
    await vault.priced(5_000)
    elsewhere = (await vault.at_lot(lot).deposit(10)).id
    for other, words in (
        (earlier.id, "another day"),
        (lis.id, "somebody else"),
        (dearer.id, "another floor"),
        (elsewhere, "another lot"),
        (uninsured.id, "insured"),
    ):
        with pytest.raises(Refused, match=words) as told:
            await merged(vault, receipt.id, other)
        assert told.value.field == "with_receipts"
    assert await receipt_queries.like(vault.clerk, receipt) == []
    for others, words in (((), "at least one"), ((receipt.id,), "itself"), ((lis.id, lis.id), "twice")):
        with pytest.raises(Refused, match=words):
            await merged(vault, receipt.id, *others)
    await all_balances()


@db.unit_of_work
async def _uninsure(id: int) -> None:
    await db.execute("UPDATE bank_receipt SET insured_fen = NULL WHERE id = :id", id=id)


async def test_only_what_is_wholly_free_becomes_one(vault: Vault) -> None:
    receipt, other = await vault.deposit(40), await vault.deposit(20)
    assert [each.id for each in await receipt_queries.like(vault.clerk, receipt)] == [other.id]
    id = await order(vault, other, 1)
    assert await receipt_queries.like(vault.clerk, receipt) == []
    with pytest.raises(Refused, match="sold or pledged"):
        await merged(vault, receipt.id, other.id)
    await orders.cancel(vault.clerk, id=id, now=NOW)
    asked = new_id()
    await pledges.request(
        vault.grower, id=asked, receipt_id=other.id, grams=Grams(KG), lender_id=vault.bank_id, loan=Fen(100),
        due_on=TODAY + timedelta(days=30), now=NOW,
    )  # fmt: skip
    assert await receipt_queries.like(vault.clerk, receipt) == []
    with pytest.raises(Refused, match="loan is being asked"):
        await merged(vault, receipt.id, other.id)
    await pledges.withdraw(vault.grower, id=asked, reason="不借了", now=NOW)
    await parting.report(
        vault.clerk, id=new_id(), receipt_id=other.id, is_lost=True, reason="家里找不到", now=NOW
    )
    with pytest.raises(Refused, match="lost"):
        await merged(vault, receipt.id, other.id)
    await parting.report(
        vault.clerk, id=new_id(), receipt_id=other.id, is_lost=False, reason="找到了", now=NOW
    )
    await merged(vault, receipt.id, other.id)
    for first, second in ((receipt, other), (await vault.deposit(3), other)):
        with pytest.raises(Refused, match="in store any more"):
            await merged(vault, first.id, second.id)
    await all_balances()


async def test_pressed_at_once_from_both_sides_they_become_one_once(vault: Vault) -> None:
    first, other = await vault.deposit(40), await vault.deposit(20)
    done = await asyncio.gather(
        *(merged(vault, *ids) for ids in ((first.id, other.id), (other.id, first.id)) for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, int) for each in done) == 1
    assert all(isinstance(each, int | Refused) for each in done)
    await all_balances()


async def test_carried_to_another_site_they_stay_in_the_books_of_theirs(vault: Vault) -> None:
    first, other = await vault.deposit(40), await vault.deposit(20)
    room = await rooms.enter(
        SYSTEM, id=new_id(), site_id=vault.store.register.site_b, now=NOW,
        facts=room_facts("干货二库", 10**7, kind=RoomKind.DRY, forms=["dry"], set_point_decidegrees=None),
    )  # fmt: skip
    await lots.move(SYSTEM, id=new_id(), lot_id=vault.lot_id, to_room_id=room.id, now=NOW)
    new = await vault.receipt(await merged(vault, first.id, other.id))
    part = await parting.split(vault.clerk, id=new_id(), receipt_id=new.id, grams=Grams(KG), now=NOW)
    assert new.site_id == (await vault.receipt(part.id)).site_id == first.site_id
    await all_balances()
    assert await doctor.findings() == []


async def test_who_may(vault: Vault) -> None:
    receipt, other = await vault.deposit(10), await vault.deposit(10)
    for actor, error in ((vault.leader_b, Missing), (vault.grower, NotYours), (vault.committee, NotYours)):
        with pytest.raises(error):
            await merging.merge(actor, id=new_id(), receipt_id=receipt.id, with_receipts=[other.id], now=NOW)
