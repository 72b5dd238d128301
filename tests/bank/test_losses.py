"""A lot that is lighter than the receipts that stand for it: who bears it, what goes out, and that all of it comes back."""

from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.bank import (
    close_queries,
    closes,
    doctor,
    losses,
    merging,
    parting,
    receipt_queries,
    withdrawals,
)
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind, State
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import losses as storage_losses
from pepperchain.storage import mergers
from pepperchain.storage.rules import RoomKind
from tests.bank.losing import counted, depositors_bear, taken_back
from tests.bank.pledging import lent
from tests.bank.trading import KG, money_balances, order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances
from tests.storage.store import all_fits

LATER = NOW + 70 * DAY


async def take_out(vault: Vault, receipt: ReceiptRow, grams: int) -> None:
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(grams), reason="自用", now=LATER
    )


async def held() -> int:
    return int(
        await db.scalar(
            "SELECT COALESCE(SUM(h.amount), 0) FROM ledger_hold h LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id"
            " WHERE h.purpose = 'bank' AND o.outcome IS NULL"
        )
    )


async def still_right() -> None:
    """Claims and custody agree, and nothing is held that is not there or not held that is."""
    assert await doctor.findings() == []
    await all_fits()
    await money_balances()


async def test_what_counting_does_not_find_the_keeper_owes_and_the_close_tells_it(vault: Vault) -> None:
    first, last = await vault.deposit(300), await vault.deposit(200)
    with pytest.raises(Refused, match="free"):
        await counted(vault, 499 * KG, holders=())
    assert await losses.yields([vault.lot_id]) == {vault.lot_id: 500 * KG}
    of = await counted(vault, 499 * KG)
    assert [(await vault.receipt(each.id)).left_grams for each in (first, last)] == [300 * KG, 200 * KG]
    assert (await held(), await vault.free_of_lot()) == (499 * KG, 0)
    await still_right()
    with pytest.raises(Refused, match="free"):
        await vault.deposit(1)
    id = new_id()
    await closes.prepare(vault.clerk, id=id, site_id=first.site_id, on=TODAY, now=NOW + DAY)
    figures = (await close_queries.close(vault.leader, id)).figures
    assert (figures.backing_ppm, figures.lacking_grams) == (998_000, KG)
    assert all(product.adds_up for product in figures.products)
    await taken_back(vault, of)
    assert await held() == 500 * KG
    await all_balances()
    await still_right()


async def test_whoever_comes_first_gets_what_lies_there(vault: Vault) -> None:
    first, last = await vault.deposit(300), await vault.deposit(200)
    await counted(vault, 490 * KG)
    await take_out(vault, last, 200 * KG)
    await still_right()
    with pytest.raises(Refused, match="free"):
        await take_out(vault, first, 291 * KG)
    await take_out(vault, first, 100 * KG)
    await order(vault, first, 200, now=LATER)
    with pytest.raises(Refused, match="free"):
        await sell(vault, first, 200, 5_600, now=LATER)
    await sell(vault, first, 190, 5_600, now=LATER)
    left = await vault.receipt(first.id)
    assert (left.state, left.left_grams, await held()) == (State.OPEN, 10 * KG, 0)
    await still_right()


async def test_parts_and_mergers_of_a_light_lot_hold_what_is_there(vault: Vault) -> None:
    first, other = await vault.deposit(300), await vault.deposit(200)
    of = await counted(vault, 480 * KG)
    part = await parting.split(vault.clerk, id=new_id(), receipt_id=other.id, grams=Grams(190 * KG), now=NOW)
    await still_right()
    await parting.endorse(
        vault.clerk, id=new_id(), receipt_id=first.id, to_household_id=vault.li, grams=Grams(300 * KG), reason="抵债", now=NOW
    )  # fmt: skip
    await merging.merge(vault.clerk, id=new_id(), receipt_id=other.id, with_receipts=[part.id], now=NOW)
    assert await held() == 480 * KG
    await still_right()
    await taken_back(vault, of)
    await all_balances()
    await still_right()


async def test_voiding_a_deposit_lets_others_hold_again(vault: Vault) -> None:
    first, last = await vault.deposit(300), await vault.deposit(200)
    await counted(vault, 490 * KG)
    await parting.void(vault.clerk, id=new_id(), receipt_id=first.id, reason="写错了户", now=NOW)
    assert (await held(), await vault.free_of_lot()) == (200 * KG, 290 * KG)
    assert (await vault.receipt(last.id)).left_grams == 200 * KG
    await all_balances()
    await still_right()


async def test_depositors_bear_their_part_to_the_gram_and_the_history_says_how(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(2_000)
    rows = [await vault.deposit(kg) for kg in (299, 99, 51)]
    await counted(vault, 500 * KG - 301)
    # 50 kg are nobody's in the bank and 1 kg is under the terms before: 301 g among 500 kg.
    borne = [299 * KG - 180, 99 * KG - 59, 51 * KG - 31]
    assert [(await vault.receipt(each.id)).free_grams for each in rows] == borne
    told = (await receipt_queries.events(rows[0].id))[-1]
    assert (told.kind, told.grams, told.reason) == (EventKind.LOSS, 180, "盘点")
    assert told.inputs == {
        "lost": 301, "book": 500 * KG, "claim": 299 * KG, "share": 180, "tolerated": 598,
    }  # fmt: skip
    await all_balances()
    await still_right()


async def test_no_more_is_borne_than_tolerated_however_often_and_however_parted(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(1_000)
    receipt = await vault.deposit(400)
    await vault.deposit(99)
    await counted(vault, 500 * KG - 300)
    left = await vault.receipt(receipt.id)
    assert (left.left_grams, left.loss_left_grams) == (400 * KG - 240, 160)
    part = await parting.split(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(int(left.left_grams) // 2), now=NOW
    )
    halves = [await vault.receipt(id) for id in (receipt.id, part.id)]
    assert [half.loss_left_grams for half in halves] == [80, 80]
    one = await merging.merge(
        vault.clerk, id=new_id(), receipt_id=part.id, with_receipts=[receipt.id], now=NOW
    )
    await counted(vault, 490 * KG)
    whole = await vault.receipt(one.id)
    assert (whole.left_grams, whole.loss_left_grams) == (400 * KG - 400, 0)
    await counted(vault, 480 * KG)
    assert (await vault.receipt(one.id)).left_grams == whole.left_grams
    await still_right()


async def test_what_is_to_be_sold_or_pledged_loses_nothing(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(10_000)
    receipt = await vault.deposit(499)
    await order(vault, receipt, 399)
    await lent(vault, await vault.receipt(receipt.id), 100, 1_000)
    await counted(vault, 499 * KG)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.ordered_grams, row.pledged_grams) == (0, 399 * KG, 100 * KG)
    await still_right()


async def test_what_is_free_of_a_pledged_receipt_bears_for_all_of_it(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(10_000)
    receipt = await vault.deposit(499)
    await lent(vault, await vault.receipt(receipt.id), 498, 1_000)
    of = await counted(vault, 500 * KG - 500)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.pledged_grams) == (KG - 499, 498 * KG)
    await counted(vault, 499 * KG - 500)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.pledged_grams) == (0, 498 * KG)
    await still_right()
    await taken_back(vault, of)
    told = [event for event in await receipt_queries.events(receipt.id) if event.is_loss]
    assert {(event.label, int(event.grams)) for event in told} == {
        ("Natural loss", 499), ("Natural loss", KG - 499), ("Natural loss taken back", 499),
    }  # fmt: skip
    await still_right()


async def test_pepper_that_the_keeper_pours_in_is_held_for_the_receipts(vault: Vault) -> None:
    await vault.deposit(500)
    await counted(vault, 490 * KG)
    own = await vault.store.lot(
        30, room_id=vault.store.dry, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY, household_id=vault.zhang
    )  # fmt: skip
    await mergers.merge(
        vault.leader, id=new_id(), lot_id=vault.lot_id, with_lots=[own], now=NOW, holders=(losses,)
    )
    assert (await held(), await vault.free_of_lot()) == (500 * KG, 20 * KG)
    await all_balances()
    await still_right()


async def test_only_what_a_policy_allows_is_natural(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(10_000)
    receipt = await vault.deposit(499)
    await storage_losses.state_policy(
        SYSTEM, id=new_id(), form="dry", kind=RoomKind.DRY, ppm_per_day=0, tolerance_ppm=400, valid_from=TODAY, reason="规定", now=NOW
    )  # fmt: skip
    await counted(vault, 498 * KG)
    # 0.4 per mille of 500 kg is natural; the keeper answers for the rest.
    assert (await vault.receipt(receipt.id)).left_grams == 499 * KG - 200
    await still_right()


async def test_a_count_taken_back_gives_every_gram_back_to_whoever_stands_for_it_now(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(2_000)
    kept, gone, sold = [await vault.deposit(kg) for kg in (200, 100, 50)]
    of = await counted(vault, 500 * KG - 500)
    borne = [500 * kg // 500 for kg in (200, 100, 50)]
    for grams in (90 * KG - borne[1], 10 * KG):
        given = await parting.endorse(
            vault.clerk, id=new_id(), receipt_id=gone.id, to_household_id=vault.li, grams=Grams(grams), reason="抵债", now=NOW
        )  # fmt: skip
    await take_out(vault, await vault.receipt(sold.id), 50 * KG - borne[2])
    assert (await vault.receipt(sold.id)).state is State.EMPTIED
    await taken_back(vault, of)
    found = [await vault.receipt(id) for id in (kept.id, given.id, sold.id)]
    assert [each.left_grams for each in found] == [200 * KG, 10 * KG + borne[1], borne[2]]
    assert [each.loss_left_grams for each in found] == [400, 111, 100]
    assert (await vault.receipt(gone.id)).state is State.REPLACED
    told = [event for event in await receipt_queries.events(given.id) if event.kind is EventKind.REVERSED]
    assert [(event.grams, event.reason) for event in told] == [(borne[1], "称错了")]
    await all_balances()
    await still_right()


async def test_a_day_with_loss_is_closed_like_any_other(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(2_000)
    receipt = await vault.deposit(400)
    await counted(vault, 499 * KG)
    figures = await close_queries.figures(receipt.site_id, TODAY)
    assert [(each.came_grams, each.went_grams, each.adds_up) for each in figures.products] == [
        (401 * KG, 800, True)
    ]
    assert figures.lacking_grams == 0
    later = await close_queries.figures(receipt.site_id, TODAY + timedelta(days=1))
    assert all(each.adds_up for each in later.products)
