"""The text that tells a depositor: short, with its proof, and without a word that carriers refuse."""

import pytest

from pepperchain.bank import message_rules, messages, receipt_queries, sale_queries
from pepperchain.bank.rules import SHORT_CODE_LENGTH, short_code
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.harvest.rules import words
from pepperchain.settings import section
from pepperchain.web.i18n import Reader, gettext, reading_as
from tests.bank.pledging import called, lent
from tests.bank.test_printouts import OVERDUE
from tests.bank.trading import order, sell
from tests.bank.vault import DAY, NOW, Vault

HOST = "jiao.example.cn"
WORDINGS = (
    messages.RECEIPT,
    messages.RECEIPT_WITHOUT_FLOOR,
    messages.SETTLEMENT,
    messages.SETTLEMENT_WITHOUT_FLOOR,
)


async def test_a_deposit_is_told_in_one_message(vault: Vault) -> None:
    receipt = await vault.deposit(120)
    for language in ("zh", "en"):
        with reading_as(Reader(language)):
            said = messages.of_receipt(receipt, host=HOST)
        assert said.text.startswith(f"代储{receipt.number}干花椒一级120公斤，保底50元/公斤，")
        assert said.text.endswith(f"，{HOST}/r/{receipt.code[:SHORT_CODE_LENGTH]}")
        assert (said.messages, said.refused_for) == (1, ())
    assert receipt.head is not None
    assert receipt.head not in said.text


async def test_a_settlement_is_told_with_what_is_due_to_the_household_alone(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 40)
    sale = await sell(vault, receipt, 40, 5_550, now=NOW + DAY)
    row = (await sale_queries.settlements_of_sale(str(sale)))[0]
    said = messages.of_settlement(row, await vault.receipt(receipt.id), host=HOST)
    assert "40公斤，售价55.5元/公斤，保底50，应付2132元，" in said.text
    assert said.messages <= 2
    lender = await lent(vault, receipt, 10, 100)
    await called(vault, lender, 10, now=OVERDUE)
    sale = await sell(vault, receipt, 10, 5_000, now=OVERDUE, sold_on=OVERDUE.date())
    row = (await sale_queries.settlements_of_sale(str(sale)))[0]
    said = messages.of_settlement(row, await vault.receipt(receipt.id), host=HOST)
    assert "应付400元" in said.text
    assert said.refused_for == ()


def test_no_text_that_a_message_may_carry_has_a_word_that_carriers_refuse() -> None:
    refused, names = section("carrier_words"), words("zh")
    assert {"存款", "银行", "利息", "理财"} <= set(refused)
    assert all(len(reason) > len("loan") for reason in refused.values())
    goods = [
        f"{names.form(form)}{names.grade(grade)}" for form in section("forms") for grade in section("grades")
    ]
    assert goods
    with reading_as(Reader("zh")):
        texts = [gettext(wording) for wording in WORDINGS]
    assert not set(texts) & set(WORDINGS)
    for text in [*texts, *goods]:
        assert message_rules.message(text, refused).refused_for == (), text


def test_what_a_carrier_would_refuse_is_said_and_messages_are_counted_as_carriers_do() -> None:
    assert message_rules.message("代储，不是银行存款", section("carrier_words")).refused_for == (
        "银行",
        "存款",
    )
    for length, count in ((0, 1), (70, 1), (71, 2), (134, 2), (135, 3)):
        assert message_rules.message("椒" * length, ()).messages == count


async def test_the_beginning_of_a_code_leads_to_its_receipt_and_less_of_it_nowhere(vault: Vault) -> None:
    receipt = await vault.deposit(1)
    other = await vault.deposit(2)
    for each in (receipt, other):
        for code in (each.code, short_code(each.code)):
            assert (await receipt_queries.public_receipt(code)).id == each.id
    for code in (
        receipt.code[: SHORT_CODE_LENGTH - 1],
        receipt.code[: SHORT_CODE_LENGTH + 1],
        "%" * 10,
        "z" * 10,
        "",
    ):
        with pytest.raises(Missing):
            await receipt_queries.public_receipt(code)  # fmt: skip


async def test_a_beginning_that_two_share_leads_to_neither(vault: Vault) -> None:
    receipt, other = await vault.deposit(1), await vault.deposit(2)
    await _alike(other.id, short_code(receipt.code) + other.code[SHORT_CODE_LENGTH:])
    with pytest.raises(Missing):
        await receipt_queries.public_receipt(short_code(receipt.code))
    assert (await receipt_queries.public_receipt(receipt.code)).id == receipt.id


@db.unit_of_work
async def _alike(id: int, code: str) -> None:
    await db.execute("UPDATE bank_receipt SET code = :code WHERE id = :id", id=id, code=code)
