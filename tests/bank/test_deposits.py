"""Depositing: what a receipt freezes, what is refused, and that the lot's grams are nobody else's from then on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pepperchain.bank import deposits
from pepperchain.bank.deposits import Share
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.storage import lots
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances

KG = 1000


async def test_a_deposit_freezes_the_price_of_its_day_and_its_terms(vault: Vault) -> None:
    receipt = await vault.deposit(120)
    assert receipt.floor_fen_per_kg == Fen(5_000)
    assert receipt.left_grams == receipt.free_grams == Grams(120 * KG)
    assert receipt.deposited_on == TODAY
    assert receipt.scheme("en").startswith("Jiangjin")
    await vault.priced(6_000)
    assert (await vault.receipt(receipt.id)).floor_fen_per_kg == Fen(5_000)
    await all_balances()


async def test_numbers_of_a_site_have_no_gap_even_after_a_refusal(vault: Vault) -> None:
    first = await vault.deposit(10)
    with pytest.raises(Refused):
        await vault.deposit(9_999)
    second = await vault.deposit(10)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


async def test_what_is_deposited_is_nobody_elses(vault: Vault) -> None:
    await vault.deposit(480)
    assert await vault.free_of_lot() == 20 * KG
    with pytest.raises(Refused, match="free"):
        await lots.issue(
            vault.clerk, id=new_id(), lot_id=vault.lot_id, grams=Grams(21 * KG), reason="卖给加工厂", now=NOW
        )
    with pytest.raises(Refused, match="free"):
        await vault.deposit(21)
    await all_balances()


async def test_the_same_form_twice_is_one_deposit_and_another_under_its_id_is_a_conflict(
    vault: Vault,
) -> None:
    id, share = new_id(), Share(vault.zhang, Grams(5 * KG))
    first = await deposits.take(vault.clerk, id=id, lot_id=vault.lot_id, share=share, now=NOW)
    again = await deposits.take(vault.clerk, id=id, lot_id=vault.lot_id, share=share, now=NOW + DAY)
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(Conflict):
        await deposits.take(
            vault.clerk, id=id, lot_id=vault.lot_id, share=replace(share, grams=Grams(6 * KG)), now=NOW
        )
    assert await db.scalar("SELECT COUNT(*) FROM bank_receipt") == 1


async def test_no_more_than_the_slip_weighed_is_deposited_of_it(vault: Vault) -> None:
    slip = await vault.store.weigh(40, form="dry", grade="grade_1", picked_at=NOW - DAY)
    done = await lots.receive(vault.clerk, id=new_id(), room_id=vault.store.dry, slip_ids=[slip], now=NOW)
    share = Share(vault.zhang, Grams(30 * KG), weighin_id=slip)
    await deposits.take(vault.clerk, id=new_id(), lot_id=done.lot_id, share=share, now=NOW)
    with pytest.raises(Refused, match="not deposited yet"):
        await deposits.take(vault.clerk, id=new_id(), lot_id=done.lot_id, share=share, now=NOW)
    with pytest.raises(Refused, match="not this household"):
        await deposits.take(
            vault.clerk, id=new_id(), lot_id=done.lot_id, share=replace(share, household_id=vault.li, grams=Grams(KG)), now=NOW
        )  # fmt: skip


async def test_without_a_price_of_the_day_nothing_is_deposited(vault: Vault) -> None:
    lot = await vault.store.lot(20, room_id=vault.store.dry, form="dry", grade="grade_2", picked_at=NOW - DAY)
    with pytest.raises(Refused, match="price"):
        await deposits.take(
            vault.clerk, id=new_id(), lot_id=lot, share=Share(vault.zhang, Grams(KG)), now=NOW
        )


async def test_the_default_scheme_takes_no_fresh_pepper(vault: Vault) -> None:
    lot = await vault.store.lot(20)
    with pytest.raises(Refused, match="scheme"):
        await deposits.take(
            vault.clerk, id=new_id(), lot_id=lot, share=Share(vault.zhang, Grams(KG)), now=NOW
        )


@pytest.mark.parametrize("days", [1, -4])
async def test_a_deposit_is_neither_of_tomorrow_nor_of_long_ago(vault: Vault, days: int) -> None:
    with pytest.raises(Refused) as refused:
        await vault.deposit(1, deposited_on=TODAY + timedelta(days=days))
    assert refused.value.field == "deposited_on"


async def test_only_members_of_the_lots_cooperative_deposit_of_it(vault: Vault) -> None:
    stranger = vault.store.register.stranger.household_id
    with pytest.raises((Refused, Missing)):
        await vault.deposit(1, household_id=stranger)
    with pytest.raises(Missing):
        await vault.deposit(1, actor=vault.leader_b)
    with pytest.raises(NotYours):
        await vault.deposit(1, actor=vault.grower)


async def test_a_whole_list_is_deposited_or_none_of_it(vault: Vault) -> None:
    id = new_id()
    shares = [Share(vault.zhang, Grams(100 * KG)), Share(vault.li, Grams(150 * KG), bags=6)]
    entered = await deposits.take_list(vault.clerk, id=id, lot_id=vault.lot_id, shares=shares, now=NOW)
    assert [(await vault.receipt(each.id)).grams for each in entered] == [100 * KG, 150 * KG]
    again = await deposits.take_list(vault.clerk, id=id, lot_id=vault.lot_id, shares=shares, now=NOW)
    assert [each.id for each in again] == [each.id for each in entered]
    too_much = [Share(vault.zhang, Grams(100 * KG)), Share(vault.li, Grams(200 * KG))]
    with pytest.raises(Refused):
        await deposits.take_list(vault.clerk, id=new_id(), lot_id=vault.lot_id, shares=too_much, now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM bank_receipt") == 2
    await all_balances()
