"""Asking for a loan on a receipt: what may be asked, who agrees, and who sees it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pepperchain.bank import lending, parting, pledge_queries, pledges, receipt_queries, withdrawals
from pepperchain.bank.pledge_rules import PledgeState, loan_max
from pepperchain.bank.terms import default
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.pledging import KG, MONTH, asked, lent, row
from tests.bank.trading import order
from tests.bank.vault import NOW, TODAY, Vault, all_balances


def test_seventy_percent_of_what_it_is_worth_at_the_floor_may_be_lent() -> None:
    assert loan_max(default(), Grams(100 * KG), floor=Fen(5_000), price=Fen(9_000)) == Fen(350_000)
    assert loan_max(default(), Grams(100 * KG), floor=None, price=Fen(9_000)) == Fen(630_000)
    assert loan_max(default(), Grams(1), floor=None, price=None) is None


async def test_a_grower_who_asks_agrees_by_it_and_the_lender_sees_it(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    with pytest.raises(Missing):
        await receipt_queries.receipt(vault.lender, receipt.id)
    id = await asked(vault, receipt, 60, 2_000)
    seen = await pledge_queries.pledge(vault.lender, id)
    assert (seen.state, seen.grams, seen.loan_fen, seen.due_on) == (
        PledgeState.CONSENTED, 60 * KG, Fen(200_000), TODAY + MONTH,
    )  # fmt: skip
    assert (await receipt_queries.receipt(vault.lender, receipt.id)).number == receipt.number
    assert (await vault.receipt(receipt.id)).pledged_grams == 0


async def test_what_staff_ask_for_waits_for_the_grower(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    with pytest.raises(Refused, match="who asked"):
        await asked(vault, receipt, 60, 2_000, actor=vault.clerk)
    id = await asked(vault, receipt, 60, 2_000, actor=vault.clerk, words="本人到点上说的")
    with pytest.raises(Missing):
        await lending.confirm(vault.lender, id=id, now=NOW)
    with pytest.raises(Refused, match="how the grower agreed"):
        await pledges.consent(vault.clerk, id=id, now=NOW)
    for _ in range(2):
        await pledges.consent(vault.grower, id=id, now=NOW)
    assert (await row(vault, id)).consented_by_name == vault.grower.name
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'bank_pledge.consented'") == 1
    await lending.confirm(vault.lender, id=id, now=NOW)
    other = await asked(vault, receipt, 10, 100, actor=vault.clerk, words="本人说的")
    await pledges.consent(vault.clerk, id=other, words="签字，会计在场", now=NOW)
    assert (await row(vault, other)).consent_words == "签字，会计在场"


async def test_more_than_is_free_or_than_may_be_lent_is_refused_at_its_field(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    for kg, yuan, field in ((101, 10, "grams"), (0, 10, "grams"), (100, 3_501, "loan"), (100, 0, "loan")):
        with pytest.raises(Refused) as refused:
            await asked(vault, receipt, kg, yuan)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        await asked(vault, receipt, 10, 10, due_on=TODAY)
    assert refused.value.field == "due_on"
    with pytest.raises(Refused) as refused:
        await asked(vault, receipt, 10, 10, lender_id=receipt.cooperative_id)
    assert refused.value.field == "lender_id"
    await asked(vault, receipt, 100, 3_500)


async def test_the_same_form_is_one_request_and_another_content_a_conflict(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    said: dict[str, Any] = {
        "receipt_id": receipt.id,
        "lender_id": vault.bank_id,
        "loan": Fen(100),
        "due_on": TODAY + MONTH,
        "now": NOW,
    }
    assert await pledges.request(vault.grower, id=id, grams=Grams(KG), **said)
    assert not await pledges.request(vault.grower, id=id, grams=Grams(KG), **said)
    with pytest.raises(Conflict):
        await pledges.request(vault.grower, id=id, grams=Grams(2 * KG), **said)


@db.unit_of_work
async def _terms(text: str) -> None:
    await db.execute("UPDATE bank_scheme_version SET terms = :terms", terms=text)


async def test_terms_may_forbid_it(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    terms = await db.scalar(
        "SELECT terms FROM bank_scheme_version WHERE id = :id", id=receipt.scheme_version_id
    )
    text = terms if isinstance(terms, str) else json.dumps(terms)
    await _terms(text.replace('"pledgeable": true', '"pledgeable": false'))
    with pytest.raises(Refused, match="do not let"):
        await asked(vault, receipt, 10, 10)


async def test_a_request_is_taken_back_until_the_lender_has_confirmed_it(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await asked(vault, receipt, 60, 2_000)
    for _ in range(2):
        await pledges.withdraw(vault.grower, id=id, reason="不借了", now=NOW)
    with pytest.raises(Conflict):
        await lending.confirm(vault.lender, id=id, now=NOW)
    with pytest.raises(Missing):
        await receipt_queries.receipt(vault.lender, receipt.id)
    other = await lent(vault, receipt, 60, 2_000)
    with pytest.raises(Conflict):
        await pledges.withdraw(vault.grower, id=other, reason="不借了", now=NOW)


async def test_a_pledged_gram_is_neither_taken_out_nor_sold_nor_given_away(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await lent(vault, receipt, 60, 2_000)
    with pytest.raises(Refused):
        await withdrawals.take_out(
            vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(41 * KG), reason="自用", now=NOW
        )
    with pytest.raises(Refused):
        await order(vault, receipt, 41)
    with pytest.raises(Refused):
        await parting.split(vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(41 * KG), now=NOW)
    with pytest.raises(Refused):
        await parting.endorse(
            vault.clerk, id=new_id(), receipt_id=receipt.id, to_household_id=vault.li, grams=Grams(41 * KG), reason="分家", now=NOW
        )  # fmt: skip
    with pytest.raises(Refused):
        await parting.void(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="录错", now=NOW)
    await order(vault, receipt, 40)
    await all_balances()


async def test_nobody_elses_receipt_is_pledged_and_nobody_else_lends(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    stranger = replace(vault.grower, household_id=vault.li)
    with pytest.raises(Missing):
        await asked(vault, receipt, 10, 10, actor=stranger)
    with pytest.raises(NotYours):
        await asked(vault, receipt, 10, 10, actor=vault.committee)
    id = await asked(vault, receipt, 10, 10)
    other_bank = replace(vault.lender, organization_id=receipt.cooperative_id)
    with pytest.raises(Missing):
        await lending.confirm(other_bank, id=id, now=NOW)
    with pytest.raises(NotYours):
        await lending.confirm(vault.leader, id=id, now=NOW)
    assert (await pledge_queries.pledges(other_bank)).rows == []
    assert [each.id for each in (await pledge_queries.pledges(vault.lender)).rows] == [id]
    assert await pledge_queries.waiting(vault.lender) == 1


async def test_the_list_goes_by_what_falls_due_first(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    ids = [await asked(vault, receipt, 1, 10, due_on=TODAY + timedelta(days=days)) for days in (40, 10, 25)]
    first = await pledge_queries.pledges(vault.grower, limit=2)
    assert [each.id for each in first.rows] == [ids[1], ids[2]]
    rest = await pledge_queries.pledges(vault.grower, cursor=first.next)
    assert [each.id for each in rest.rows] == [ids[0]]
