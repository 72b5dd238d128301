"""Reports: whose they are, and that a store sold today in a report is a store sold today in earnest."""

from datetime import timedelta

from pepperchain.bank import previews, report_queries
from pepperchain.core.units import Fen
from tests.bank.pledging import MONTH, lent
from tests.bank.vault import DAY, NOW, TODAY, Vault


async def test_a_store_is_settled_as_its_receipts_would_be(vault: Vault) -> None:
    receipts = [await vault.deposit(kg) for kg in (100, 60)]
    await vault.priced(4_600)
    exposed, aged = await report_queries.in_store(
        vault.leader, operator_id=receipts[0].operator_id, today=TODAY
    )
    worth = [await previews.today(receipt, now=NOW) for receipt in receipts]
    (row,) = exposed
    assert row.grower_fen == sum(each.settled.grower for each in worth if each)
    assert row.top_up_fen == sum(each.settled.top_up for each in worth if each) == Fen(160 * 400)
    assert (row.receipts, int(row.grams), row.floor_fen) == (2, 160_000, Fen(160 * 5_000))
    assert [(each.since, each.receipts) for each in aged] == [(0, 2), (1, 0), (3, 0), (6, 0), (12, 0)]


async def test_without_a_price_it_is_worth_its_floor_and_grows_older(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    later = TODAY + timedelta(days=120)
    (row,), aged = await report_queries.in_store(vault.leader, operator_id=receipt.operator_id, today=later)
    assert (row.price_fen_per_kg, row.floor_fen) == (None, Fen(500_000))
    assert [each.receipts for each in aged] == [0, 0, 1, 0, 0]


async def test_what_is_lent_is_told_by_lender_and_nobody_sees_another_store(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await lent(vault, receipt, 50, 1_000)
    operator_id = receipt.operator_id
    (row,) = await report_queries.lent(vault.leader, operator_id=operator_id, today=TODAY)
    assert (row.pledges, row.overdue) == (1, 0)
    (late,) = await report_queries.lent(vault.leader, operator_id=operator_id, today=TODAY + MONTH + DAY)
    assert late.overdue == 1
    assert await report_queries.lent(vault.leader_b, operator_id=operator_id, today=TODAY) == []
    assert (await report_queries.in_store(vault.leader_b, operator_id=operator_id, today=TODAY))[0] == []
    assert await report_queries.results(vault.leader_b, season=TODAY.year) == []
