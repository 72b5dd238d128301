"""The bank's lists as files: what is in them, and who gets which."""

from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank import export_sheets, payouts
from pepperchain.bank.forms import PaymentChoice, PledgeSearch, ReceiptSearch
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen
from pepperchain.excel.exporting import Exportable
from pepperchain.web.forms import read
from tests.bank.pledging import KG, OVERDUE, called, lent
from tests.bank.trading import order, sell
from tests.bank.vault import NOW, Vault


async def rows_of(list_: Exportable, actor: Actor, form: type[Any], **chosen: Any) -> list[Any]:
    return [row async for chunk in list_.chunks(actor, read(form, chosen), NOW) for row in chunk]


async def test_receipts_and_pledges_are_in_their_files_for_whom_they_are(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await vault.deposit(50, household_id=vault.li)
    await lent(vault, receipt, 60, 2_000)
    rows = await rows_of(export_sheets.RECEIPTS, vault.leader, ReceiptSearch)
    assert {row["number"]: (row["free"], row["pledged"]) for row in rows} == {
        receipt.number: (40 * KG, 60 * KG), rows[0]["number"]: (50 * KG, 0),
    }  # fmt: skip
    assert [row["number"] for row in await rows_of(export_sheets.RECEIPTS, vault.lender, ReceiptSearch)] == [
        receipt.number
    ]
    (pledge,) = await rows_of(export_sheets.PLEDGES, vault.lender, PledgeSearch)
    assert (pledge["held"], pledge["loan"], pledge["loan_number"]) == (60 * KG, Fen(200_000), "DK-1")
    assert await rows_of(export_sheets.PLEDGES, vault.leader_b, PledgeSearch) == []


async def test_a_payment_list_names_the_lender_first_and_adds_up(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    pledge = await lent(vault, receipt, 60, 1_000)
    await called(vault, pledge, 60)
    await order(vault, receipt, 40, now=OVERDUE)
    await sell(vault, receipt, 100, 5_000, now=OVERDUE)
    id = new_id()
    await payouts.list_due(vault.leader, id=id, site_id=receipt.site_id, now=OVERDUE)
    rows = await rows_of(export_sheets.PAYMENT, vault.leader, PaymentChoice, payment_id=str(id))
    assert [(row["name"], row["amount"]) for row in rows] == [
        ("江津农村商业银行", Fen(100_000)), ("张青山", Fen(400_000)),
    ]  # fmt: skip
    assert rows[1]["card"]
