"""The receipt on paper: everything that the law names, and which print it is."""

from pepperchain.bank import papers, printing, terms
from pepperchain.documents import typesetting
from tests.bank.vault import NOW, Vault


async def test_a_receipt_names_what_the_law_asks_for(vault: Vault) -> None:
    receipt = await vault.deposit(120)
    said = papers.receipt(receipt, terms.default(), address="https://example.test/r/x", now=NOW)
    assert (said["number"], said["kg"], said["reprint"]) == (receipt.number, "120.00", "")
    for element in (
        "depositor",
        "product",
        "packing",
        "quality",
        "site",
        "period",
        "fee",
        "loss",
        "insurance",
        "floor",
        "issuer",
    ):
        assert said[element], element
    pdf = await typesetting.pdf("bank_receipt.typ", said, now=NOW)
    assert pdf.startswith(b"%PDF")


async def test_every_print_after_the_first_says_so(vault: Vault) -> None:
    receipt = await vault.deposit(1)
    assert await printing.count(vault.clerk, receipt_id=receipt.id, now=NOW) == 1
    again = papers.receipt(await vault.receipt(receipt.id), terms.default(), address="x", now=NOW)
    assert "重印" in again["reprint"]
