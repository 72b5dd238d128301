"""Splitting, endorsing, losing, issuing anew, voiding: claims move, promises stay, and nothing is twice."""

import asyncio

import pytest

from pepperchain.bank import orders, parting
from pepperchain.bank.rules import State
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from tests.bank.trading import KG, order
from tests.bank.vault import NOW, Vault, all_balances


async def test_a_part_keeps_terms_floor_and_day(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    await vault.priced(6_000)
    for _ in range(2):
        made = await parting.split(vault.clerk, id=id, receipt_id=receipt.id, grams=Grams(30 * KG), now=NOW)
    part, rest = await vault.receipt(made.id), await vault.receipt(receipt.id)
    assert (part.left_grams, rest.left_grams) == (30 * KG, 70 * KG)
    assert (part.floor_fen_per_kg, part.deposited_on, part.parent_id) == (
        5_000,
        receipt.deposited_on,
        receipt.id,
    )
    assert part.number != receipt.number
    with pytest.raises(Conflict):
        await parting.split(vault.clerk, id=id, receipt_id=receipt.id, grams=Grams(31 * KG), now=NOW)
    with pytest.raises(Refused, match="whole"):
        await parting.split(vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(70 * KG), now=NOW)
    await all_balances()


async def test_an_endorsed_receipt_is_the_others(vault: Vault) -> None:
    receipt = await vault.deposit(100)

    async def endorse(to: int, kg: int) -> int:
        made = await parting.endorse(
            vault.clerk, id=new_id(), receipt_id=receipt.id, to_household_id=to, grams=Grams(kg * KG), reason="抵还借粮", now=NOW
        )  # fmt: skip
        return made.id

    made = await vault.receipt(await endorse(vault.li, 100))
    assert (made.household_id, made.left_grams) == (vault.li, 100 * KG)
    assert (await vault.receipt(receipt.id)).state is State.REPLACED
    with pytest.raises(Refused, match="any more"):
        await endorse(vault.li, 1)
    receipt = await vault.deposit(50)
    with pytest.raises(Refused, match="theirs already"):
        await endorse(vault.zhang, 10)
    with pytest.raises((Refused, Missing)):
        await endorse(vault.store.register.stranger.household_id, 10)
    await all_balances()


async def test_of_a_lost_receipt_nothing_goes_out_until_it_is_issued_anew_or_found(vault: Vault) -> None:
    receipt = await vault.deposit(100)

    async def report(is_lost: bool) -> None:
        await parting.report(
            vault.clerk, id=new_id(), receipt_id=receipt.id, is_lost=is_lost, reason="家里找不到", now=NOW
        )

    with pytest.raises(Refused, match="lost first"):
        await parting.reissue(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="补发", now=NOW)
    await report(True)
    with pytest.raises(Conflict):
        await report(True)
    with pytest.raises(Refused, match="reported lost"):
        await order(vault, receipt, 1)
    await report(False)
    await order(vault, receipt, 1)
    await report(True)
    with pytest.raises(Refused, match="sold or pledged"):
        await parting.reissue(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="补发", now=NOW)
    receipt = await vault.deposit(10)
    await report(True)
    made = await parting.reissue(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="补发", now=NOW)
    old, new = await vault.receipt(receipt.id), await vault.receipt(made.id)
    assert (old.state, new.state, new.left_grams) == (State.REPLACED, State.OPEN, 10 * KG)
    assert new.code != old.code
    await all_balances()


async def test_a_mistake_is_void_and_its_number_stays(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    for _ in range(2):
        await parting.void(vault.clerk, id=id, receipt_id=receipt.id, reason="写错了户", now=NOW)
    assert (await vault.receipt(receipt.id)).state is State.VOID
    assert await vault.free_of_lot() == 500 * KG
    again = await vault.deposit(100)
    assert int(again.number[-6:]) == int(receipt.number[-6:]) + 1
    await order(vault, again, 10)
    with pytest.raises(Refused, match="since"):
        await parting.void(vault.clerk, id=new_id(), receipt_id=again.id, reason="写错了户", now=NOW)
    await all_balances()


async def test_what_is_ordered_is_neither_split_nor_endorsed(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await order(vault, receipt, 80)
    with pytest.raises(Refused, match="free"):
        await parting.split(vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(21 * KG), now=NOW)
    await orders.cancel(vault.clerk, id=id, now=NOW)
    done = await asyncio.gather(
        *(
            parting.split(vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(60 * KG), now=NOW)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, BaseException) for each in done) == 1
    await all_balances()


async def test_who_may(vault: Vault) -> None:
    receipt = await vault.deposit(10)
    for actor, error in ((vault.leader_b, Missing), (vault.grower, NotYours), (vault.committee, NotYours)):
        with pytest.raises(error):
            await parting.void(actor, id=new_id(), receipt_id=receipt.id, reason="写错了户", now=NOW)
