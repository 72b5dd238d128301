"""What is printed beside the receipt: every line of a settlement, long statements, a day close with both signatures."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pepperchain.bank import account_queries, close_queries, closes, printouts, sale_queries
from pepperchain.bank.account_queries import Line
from pepperchain.bank.rules import EventKind
from pepperchain.bank.sale_queries import SettlementRow
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.documents import typesetting
from pepperchain.web.i18n import Reader, reading_as
from tests.bank.pledging import called, lent
from tests.bank.trading import order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault

LONG_NAME = "欧阳慕容阿依古丽买买提·艾合买提江·阿卜杜热依木"
OVERDUE = NOW + timedelta(days=32)


async def pages(template: str, said: dict[str, Any]) -> int:
    """How many pages it comes to."""
    pdf = await typesetting.pdf(template, said, now=NOW)
    return max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))


async def settled(vault: Vault) -> SettlementRow:
    """A sale for a lender: 10 kg at 58 yuan above a floor of 50."""
    receipt = await vault.deposit(100)
    await called(vault, await lent(vault, receipt, 10, 100), 10, now=OVERDUE)
    sale = await sell(vault, receipt, 10, 5_800, now=OVERDUE, costs=Fen(500), sold_on=OVERDUE.date())
    return (await sale_queries.settlements_of_sale(str(sale)))[0]


async def test_a_settlement_on_paper_has_every_line_and_all_that_came_in_goes_to_somebody(
    vault: Vault,
) -> None:
    row = await settled(vault)
    receipt = await vault.receipt(row.receipt_id)
    with reading_as(Reader("en")):
        said = printouts.settlement(row, receipt, now=NOW)
    reckoned, shared = said["sections"]
    assert [each[0] for each in reckoned["rows"]][:2] == ["Sale", "Worth at the floor price"]
    assert len(reckoned["rows"]) == len(row.lines)
    assert all(each[1] for each in reckoned["rows"])
    assert dict(said["facts"])["Floor price"] == "¥\u202f50.00 a kilogram"
    together, came, went = shared["rows"][-1]
    assert (together, came) == ("Together", went) == ("Together", "580.00")
    assert ["To the lender · 农商行", "", "100.00"] in shared["rows"]
    assert "not banking" in said["notes"][-1]
    assert dict(said["facts"])["Depositor"] == row.head
    assert receipt.phone is not None
    assert receipt.phone not in str(said)
    assert await pages("bank_sheet.typ", said) == 1
    back = printouts.settlement(replace(row, state="reversed"), receipt, now=NOW)
    assert back["mark"] == "已撤回"


async def test_a_long_statement_flows_over_pages(vault: Vault) -> None:
    line = Line(TODAY, EventKind.SOLD, 1, "BP-C26-000001", "dry", "grade_1", Grams(1_234_560), LONG_NAME)
    brought = await account_queries.money(vault.grower, vault.zhang, first=TODAY, last=TODAY)
    for language in ("zh", "en"):
        with reading_as(Reader(language)):
            said = printouts.statement(LONG_NAME, [line] * 200, brought, first=TODAY, last=TODAY, now=NOW)
            nothing = printouts.statement("罗大山", [], brought, first=TODAY, last=TODAY, now=NOW)
        assert await pages("bank_sheet.typ", said) > 4
        assert await pages("bank_sheet.typ", nothing) == 1


async def test_a_day_close_names_both_who_signed_and_the_seal(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 40)
    id = new_id()
    await closes.prepare(vault.clerk, id=id, site_id=receipt.site_id, on=TODAY, now=NOW + DAY)
    with reading_as(Reader("en")):
        waiting = printouts.close(await close_queries.close(vault.committee, id), now=NOW)
        await closes.sign(vault.leader, id=id, now=NOW + DAY)
        row = await close_queries.close(vault.committee, id)
        said = printouts.close(row, now=NOW)
    assert (waiting["mark"], said["mark"]) == ("waits for a signature", "")
    assert said["signatures"] == [["Prepared", row.prepared_by_name], ["Signed by", row.signed_by_name]]
    facts = dict(said["facts"])
    assert (facts["Seal of the ledger"], facts["Backed"]) == (row.chain_head, "500.0%")
    (product,) = said["sections"][0]["rows"]
    assert product[4:] == ["100.00", "60.00", "40.00", "0.00", "100.00", "500.00", "covered"]
    assert await pages("bank_sheet.typ", said) == 1


async def test_a_storage_book_says_that_it_is_printed_again_and_how_each_line_moved(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await lent(vault, receipt, 20, 500)
    await order(vault, receipt, 40)
    await sell(vault, receipt, 40, 5_500, now=NOW + DAY, sold_on=(NOW + DAY).date())
    book = await account_queries.storage_book(vault.clerk, vault.zhang)
    with reading_as(Reader("en")):
        first = printouts.storage_book(receipt, book, printed=0, now=NOW)
        again = printouts.storage_book(receipt, book, printed=1, now=NOW)
    assert (first["mark"], again["mark"]) == ("", "Reprint 1")
    moved = [row[2:] for row in again["sections"][0]["rows"]]
    assert moved == [
        ["+100.00", "100.00", "0.00"],
        ["(20.00)", "100.00", "0.00"],
        ["−40.00", "60.00", "0.00"],
        ["+¥\u202f2\u202f120.00", "60.00", "2\u202f120.00"],
    ]
    assert "not banking" in again["notes"][-1]
    assert await pages("bank_storage_book.typ", again) == 2
    many = printouts.storage_book(receipt, book * 60, printed=0, now=NOW)
    assert await pages("bank_storage_book.typ", many) > 8
