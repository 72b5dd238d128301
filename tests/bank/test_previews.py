"""The preview: the published example to the fen, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pepperchain.bank import previews
from pepperchain.bank.settlement_rules import Facts
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from tests.bank.vault import NOW, TODAY, Vault

EXAMPLE = Facts(Grams(2_000_000), Fen(5_000), Fen(5_800), date(2020, 6, 20), date(2020, 10, 20))
"""Two tonnes at a floor of 50 yuan, sold at 58 after four months: 109,120.00 yuan for the farmer (domain notes, section 1.1)."""


async def test_the_published_example_comes_to_the_fen(vault: Vault) -> None:
    settled = await previews.of(vault.clerk, EXAMPLE)
    assert (settled.grower, settled.fee, settled.operator) == (10_912_000, 80_000, 608_000)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("quantity_grams", {"quantity": Grams(0)}),
        ("sale_fen_per_kg", {"sale_fen_per_kg": Fen(0)}),
        ("floor_fen_per_kg", {"floor_fen_per_kg": None}),
        ("sold_on", {"sold_on": date(2020, 6, 19)}),
    ],
)
async def test_a_preview_says_what_it_cannot_reckon(
    vault: Vault, field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Refused) as refused:
        await previews.of(vault.clerk, replace(EXAMPLE, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_an_unknown_scheme_is_named(vault: Vault) -> None:
    with pytest.raises(Refused) as refused:
        await previews.of(vault.clerk, EXAMPLE, scheme="nobody's")
    assert refused.value.field == "scheme"


async def test_a_receipt_is_reckoned_through_for_each_day_that_had_a_price(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    for days, fen in ((7, 4_800), (14, 5_600)):
        await vault.priced(fen, on=TODAY + timedelta(days=days))
    found = await previews.day_by_day(receipt, now=NOW + timedelta(days=20))
    assert [(each.on, each.fen) for each in found] == [
        (TODAY, 500_000), (TODAY + timedelta(days=7), 500_000), (TODAY + timedelta(days=14), 536_000),
    ]  # fmt: skip
    assert await previews.day_by_day(await vault.receipt(receipt.id), now=NOW) == found[:1]
