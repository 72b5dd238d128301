"""A depositor's statement: what happened within its days and what it brought, for whom it is."""

from datetime import timedelta

from pepperchain.bank import account_queries
from tests.bank.pledging import KG
from tests.bank.trading import order, pay, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault
from tests.harness import cast
from tests.harness.clients import SignIn


async def test_a_statement_tells_of_its_days_alone(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await vault.deposit(20, household_id=vault.li)
    await order(vault, receipt, 40, now=NOW + timedelta(minutes=1))
    await sell(vault, receipt, 40, 5_500, now=NOW + DAY, sold_on=TODAY + timedelta(days=1))
    first = await account_queries.lines(vault.grower, vault.zhang, first=TODAY, last=TODAY)
    assert [(line.kind.value, line.grams) for line in first] == [("issued", 100 * KG), ("ordered", 40 * KG)]
    whole = await account_queries.lines(vault.clerk, vault.zhang, first=TODAY, last=TODAY + timedelta(days=1))
    assert [line.kind.value for line in whole] == ["issued", "ordered", "sold"]
    assert await account_queries.lines(vault.leader_b, vault.zhang, first=TODAY, last=TODAY) == []
    assert await account_queries.lines(vault.grower, vault.li, first=TODAY, last=TODAY) == []
    before = await account_queries.money(vault.grower, vault.zhang, first=TODAY, last=TODAY)
    assert before.grower_fen == 0
    brought = await account_queries.money(
        vault.grower, vault.zhang, first=TODAY, last=TODAY + timedelta(days=1)
    )
    assert (brought.sold_grams, brought.grower_fen, brought.extra_fen, brought.paid_fen) == (
        40 * KG, 212_000, 12_000, 0,
    )  # fmt: skip
    await pay(vault, receipt, now=NOW + DAY)
    paid = await account_queries.money(vault.grower, vault.zhang, first=TODAY, last=TODAY + timedelta(days=1))
    assert paid.paid_fen == 212_000


async def test_growers_see_their_own_and_staff_those_of_their_members(client: SignIn) -> None:
    grower, clerk, stranger = [await client(who) for who in (cast.GROWER_A, cast.CLERK_A, cast.LEADER_B)]
    url = f"/bank/statements/{(await cast.actor(cast.GROWER_A)).household_id}"
    assert url in (await grower.get("/bank")).text
    assert "Deposited" in (await grower.get(f"{url}?lang=en")).text
    assert "罗大山" in (await clerk.get(url)).text
    assert (await stranger.get(url)).status_code == 404
