"""Day prices: the last word counts, the keeper's own before the district's, and none from too long ago."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.bank import price_queries, prices
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen
from tests.bank.vault import DAY, NOW, TODAY, Vault

OF_A: dict[str, Any] = {"form": "dry", "grade": "grade_1"}


async def test_the_last_word_about_a_day_counts(vault: Vault) -> None:
    await vault.priced(5_300)
    found = await price_queries.standing(**OF_A, on=TODAY)
    assert found is not None
    assert found.fen_per_kg == Fen(5_300)


async def test_the_keepers_own_price_goes_before_the_districts(vault: Vault) -> None:
    await prices.enter(vault.leader, id=new_id(), **OF_A, priced_on=TODAY, fen_per_kg=Fen(4_900), now=NOW)
    own, district = vault.leader.organization_id, None
    found = [await price_queries.standing(**OF_A, on=TODAY, operator_id=who) for who in (own, district)]
    assert [each.fen_per_kg if each else None for each in found] == [4_900, 5_000]


async def test_a_price_of_long_ago_is_no_price(vault: Vault) -> None:
    assert await price_queries.standing(**OF_A, on=TODAY + timedelta(days=6)) is not None
    assert await price_queries.standing(**OF_A, on=TODAY + timedelta(days=7)) is None


async def test_the_course_of_prices_has_one_for_each_day(vault: Vault) -> None:
    await vault.priced(5_100, on=TODAY - DAY)
    await vault.priced(5_200)
    course = await price_queries.course(**OF_A, first=TODAY - 5 * DAY, last=TODAY)
    assert [(each.priced_on, int(each.fen_per_kg)) for each in course] == [
        (TODAY - DAY, 5_100),
        (TODAY, 5_200),
    ]


async def test_a_price_is_entered_once_and_never_for_tomorrow(vault: Vault) -> None:
    id = new_id()
    said: dict[str, Any] = {**OF_A, "priced_on": TODAY, "fen_per_kg": Fen(5_000)}
    assert await prices.enter(vault.leader, id=id, **said, now=NOW)
    assert not await prices.enter(vault.leader, id=id, **said, now=NOW + DAY)
    with pytest.raises(Conflict):
        await prices.enter(vault.leader, id=id, **{**said, "fen_per_kg": Fen(5_001)}, now=NOW)
    with pytest.raises(Refused):
        await prices.enter(vault.leader, id=new_id(), **{**said, "priced_on": TODAY + DAY}, now=NOW)
    with pytest.raises(NotYours):
        await prices.enter(vault.clerk, id=new_id(), **said, now=NOW)
