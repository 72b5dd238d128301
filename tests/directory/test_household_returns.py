"""Taking households out again: only what nothing was built on."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import household_lists, household_returns, queries
from pepperchain.directory.household_lists import PlotOf
from pepperchain.directory.plots import Orchard
from tests.directory.registry import NOW, Registry
from tests.directory.test_household_lists import newcomers


async def test_what_was_entered_is_gone_with_all_that_hung_on_it(registry: Registry) -> None:
    admitted = await household_lists.enter_many(
        registry.leader_a, newcomers(registry, "单有田", "曾有地"), now=NOW
    )
    await household_returns.remove_households(registry.leader_a, [each.id for each in admitted], now=NOW)
    for table in ("household", "person", "membership", "term"):
        assert await db.scalar(f"SELECT COUNT(*) FROM directory_{table}") == 0, table
    assert await queries.search_growers(registry.leader_a, "单") == []


async def test_a_household_with_a_plot_stays(registry: Registry) -> None:
    (admitted,) = await household_lists.enter_many(registry.leader_a, newcomers(registry, "单有田"), now=NOW)
    plot = PlotOf(id=new_id(), household_id=admitted.id, orchard=Orchard("屋后", Centimu(150), "jiuyeqing"))
    await household_lists.plant_many(registry.leader_a, [plot], now=NOW)
    with pytest.raises(Conflict):
        await household_returns.remove_households(registry.leader_a, [admitted.id], now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == 1


async def test_nothing_to_remove_is_nothing_done(registry: Registry) -> None:
    await household_returns.remove_households(registry.leader_a, [], now=NOW)
    await household_returns.remove_plots(registry.leader_a, [])
