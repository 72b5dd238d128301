"""Terms tried on what was: by the very code that settles, month by month and sale by sale."""

from dataclasses import replace
from datetime import date

from pepperchain.bank import months_rules, terms, trials
from pepperchain.bank.settlement_rules import Facts, settle
from pepperchain.bank.terms_rules import Charged, FloorRule
from pepperchain.core.units import Fen, value_of
from tests.bank.trading import order, sell
from tests.bank.vault import NOW, TODAY, Vault

THIS = TODAY.replace(day=1)


async def traded(vault: Vault) -> None:
    """Two sales over the floor with costs, of two depositors."""
    for household_id, price in ((vault.zhang, 5_800), (vault.li, 5_500)):
        receipt = await vault.deposit(100, household_id=household_id)
        await order(vault, receipt, 40)
        await sell(vault, receipt, 40, price, costs=Fen(1_234))


def month(back: int) -> date:
    return months_rules.later(THIS, -back)


async def test_each_month_is_settled_as_a_receipt_would_be(vault: Vault) -> None:
    for back, fen in ((4, 4_000), (3, 4_800), (1, 3_500)):
        await vault.priced(fen, on=month(back).replace(day=3))
        await vault.priced(fen + 900, on=month(back).replace(day=20))
    tried = await trials.months(terms.default(), form="dry", grade="grade_1", operator_id=None, today=TODAY)
    assert [(each.month, int(each.price_fen_per_kg)) for each in tried] == [
        (month(4), 4_000),
        (month(3), 4_800),
        (month(1), 3_500),
    ]
    after_one, after_three, *later = tried[0].outcomes
    facts = Facts(
        quantity=trials.TONNE, floor_fen_per_kg=Fen(4_000), sale_fen_per_kg=Fen(4_800), deposited_on=month(4),
        sold_on=month(3),
    )  # fmt: skip
    settled = settle(terms.default(), facts)
    assert after_one is not None
    assert after_one.grower_extra == settled.grower - value_of(trials.TONNE, 4_000) > 0
    assert after_one.operator == settled.operator + settled.fee
    assert after_three is not None
    assert (after_three.grower_extra, after_three.operator) == (0, -500_000)
    assert later == [None, None]


async def test_terms_without_a_floor_may_lose_the_grower_something(vault: Vault) -> None:
    await vault.priced(4_000, on=month(2))
    await vault.priced(3_000, on=month(1))
    bare = replace(terms.default(), floor=FloorRule.NONE, top_up=False, fee_charged=Charged.ALWAYS)
    tried = await trials.months(bare, form="dry", grade="grade_1", operator_id=None, today=TODAY)
    outcome = tried[0].outcomes[0]
    assert outcome is not None
    assert outcome.grower_extra < 0 <= outcome.operator


async def test_the_sales_that_were_made_come_to_the_same_under_the_same_terms(vault: Vault) -> None:
    await traded(vault)
    tried = await trials.replay(vault.leader, terms.default(), operator_id=None, now=NOW)
    assert tried is not None
    assert tried.was == tried.would
    assert (tried.better, tried.worse, tried.left_out, tried.is_cut) == (0, 0, 0, False)


async def test_a_larger_share_is_paid_by_the_operator_to_the_fen(vault: Vault) -> None:
    await traded(vault)
    generous = replace(terms.default(), grower_percent=90, operator_percent=10)
    tried = await trials.replay(vault.leader, generous, operator_id=None, now=NOW)
    assert tried is not None
    assert tried.better == tried.settlements > 0
    assert tried.would.growers - tried.was.growers == tried.was.operator - tried.would.operator > 0


async def test_forms_that_the_terms_do_not_take_are_not_tried_and_nobody_sees_anothers_sales(
    vault: Vault,
) -> None:
    await traded(vault)
    fresh = replace(terms.default(), forms=("fresh",))
    assert await trials.replay(vault.leader, fresh, operator_id=None, now=NOW) is None
    assert await trials.replay(vault.leader_b, terms.default(), operator_id=None, now=NOW) is None
