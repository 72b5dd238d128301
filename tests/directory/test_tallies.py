"""A household's row knows what its people and plots add up to."""

from pepperchain.core import db
from pepperchain.core.units import Centimu
from pepperchain.directory import tallies
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.plots import Orchard
from tests.directory.registry import Registry, household


async def test_a_recount_sets_what_is_there(registry: Registry) -> None:
    plots = tuple(Orchard(name, Centimu(150), "jiuyeqing") for name in "甲乙丙")
    entered = await household(registry.leader_a, registry.baoping, "罗大山", "19900000010", plots=plots)

    @db.unit_of_work
    async def spoil_and_recount() -> None:
        await db.execute(
            "UPDATE directory_household SET people = 9, plots = 9, area_centimu = 9, has_phone = FALSE"
        )
        await tallies.recount(entered.id)

    await spoil_and_recount()
    found = await get_household(registry.leader_a, entered.id)
    assert (found.people, found.plots, found.area_centimu) == (1, 3, 450)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household WHERE has_phone") == 1
