"""What schemes come to is kept with every sale: added, taken off again, and found wrong by the doctor where it was touched."""

from uuid import UUID

from pepperchain.bank import doctor, report_queries, sales
from pepperchain.core import db
from tests.bank.trading import order, sell
from tests.bank.vault import NOW, Vault


async def sold(vault: Vault) -> UUID:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 60)
    return await sell(vault, receipt, 60, 5_900)


async def season() -> int:
    return int(await db.scalar("SELECT season FROM harvest_product LIMIT 1"))


async def test_every_sale_adds_to_its_schemes_result(vault: Vault) -> None:
    for _ in range(2):
        await sold(vault)
    (row,) = await report_queries.results(vault.leader, season=await season())
    said = await db.tuples("SELECT COUNT(*), SUM(grams), SUM(grower_fen - floor_fen) FROM bank_settlement")
    assert [(row.settlements, int(row.grams), int(row.extra_fen))] == [tuple(map(int, each)) for each in said]
    assert row.extra_fen > 0
    assert await doctor.findings() == []


async def test_a_sale_that_is_taken_back_is_taken_off_again(vault: Vault) -> None:
    kept = await sold(vault)
    before = await report_queries.results(vault.leader, season=await season())
    gone = await sold(vault)
    await sales.reverse(vault.leader, id=gone, reason="错卖", now=NOW)
    assert await report_queries.results(vault.leader, season=await season()) == before
    await sales.reverse(vault.leader, id=kept, reason="错卖", now=NOW)
    assert await report_queries.results(vault.leader, season=await season()) == []
    assert await doctor.findings() == []


async def test_the_doctor_finds_a_result_that_was_touched(vault: Vault) -> None:
    await sold(vault)

    @db.unit_of_work
    async def touched(sql: str) -> None:
        await db.execute(sql)

    await touched("UPDATE bank_result SET grower_fen = grower_fen + 1")
    assert any("by its results" in finding for finding in await doctor.findings())
    await touched("DELETE FROM bank_result")
    assert any("by its results" in finding for finding in await doctor.findings())
