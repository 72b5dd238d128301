"""Yields per mu: from slips that name a plot, dry pepper as the fresh it came from, nobody's alone for all to see."""

from pepperchain.access.actor import SYSTEM
from pepperchain.access.policy import Role
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import jobs, weighins, yields
from pepperchain.harvest.yield_queries import plots, seasons
from pepperchain.harvest.yield_queries import yields as read
from tests.harvest.register import NOW, Register, grower


async def weigh(
    register: Register, plot: int, household: int, gross: int, form: str = "fresh"
) -> weighins.Recorded:
    return await register.weigh(
        household_id=household, plot_id=plot, gross=Grams(gross), tare=Grams(0), form=form
    )


async def test_a_village_has_its_kilograms_for_each_mu(register: Register) -> None:
    await weigh(register, register.zhang.plot_id, register.zhang.household_id, 300_000)
    await weigh(register, register.li.plot_id, register.li.household_id, 100_000)
    await yields.rebuild(SYSTEM, season=2026, now=NOW)
    (village,) = await read(register.committee, "village", season=2026)
    assert (village.name, village.plots, village.area_centimu) == ("保坪村", 2, 400)
    assert (village.per_mu, village.as_of) == (100_000, clock.to_ms(NOW))


async def test_dry_pepper_counts_as_the_fresh_it_came_from(register: Register) -> None:
    await weigh(register, register.zhang.plot_id, register.zhang.household_id, 10_000, form="dry")
    await yields.rebuild(SYSTEM, season=2026, now=NOW)
    (village,) = await read(register.committee, "village", season=2026)
    assert village.net_grams == 50_000


async def test_a_void_slip_is_gone_at_the_next_reckoning(register: Register) -> None:
    slip = await weigh(register, register.zhang.plot_id, register.zhang.household_id, 10_000)
    await jobs.rebuild_yields(now=NOW)
    await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="称错了", now=NOW)
    await jobs.rebuild_yields(now=NOW)
    assert await read(register.committee, "village", season=2026) == []


async def test_yields_are_grouped_by_practice_cultivar_township_and_year(register: Register) -> None:
    await weigh(register, register.zhang.plot_id, register.zhang.household_id, 300_000)
    await weigh(register, register.li.plot_id, register.li.household_id, 100_000)

    @db.unit_of_work
    async def simplify() -> None:
        await db.insert(
            "directory_plot_practice",
            plot_id=register.zhang.plot_id,
            season=2026,
            practice="light_simplified",
        )

    await simplify()
    await yields.rebuild(SYSTEM, season=2026, now=NOW)
    by_practice = {row.key: row.per_mu for row in await read(register.committee, "practice", season=2026)}
    assert by_practice == {"light_simplified": 150_000, "": 50_000}
    for by in ("cultivar", "township", "season"):
        (row,) = await read(register.committee, by)
        assert (row.plots, row.per_mu) == (2, 100_000)
    assert await read(register.committee, "village", cultivar="tengjiao") == []
    assert await seasons(register.committee) == [2026]


async def test_a_group_of_fewer_than_three_plots_is_only_for_those_who_see_households(
    register: Register,
) -> None:
    await weigh(register, register.zhang.plot_id, register.zhang.household_id, 300_000)
    await weigh(register, register.li.plot_id, register.li.household_id, 100_000)
    await yields.rebuild(SYSTEM, season=2026, now=NOW)
    technician = register.actor(Role.TECHNICIAN, township_ids=(register.townships[0],))
    elsewhere = register.actor(Role.TECHNICIAN, township_ids=(register.townships[1],))
    assert await read(register.leader, "village") == []
    assert len(await read(technician, "village")) == 1
    assert await read(elsewhere, "village") == []

    @db.unit_of_work
    async def third() -> tuple[int, int]:
        one = await grower(
            "周三", "A0003", register.villages[0], register.townships[0], register.cooperative_a
        )
        return one.plot_id, one.household_id

    plot_id, household_id = await third()
    await weigh(register, plot_id, household_id, 100_000)
    await yields.rebuild(SYSTEM, season=2026, now=NOW)
    assert [row.plots for row in await read(register.leader_b, "village")] == [3]


async def test_plots_are_seen_by_their_own(register: Register) -> None:
    await weigh(register, register.zhang.plot_id, register.zhang.household_id, 300_000)
    await weigh(register, register.li.plot_id, register.li.household_id, 100_000)
    zhang = register.actor(Role.GROWER, household_id=register.zhang.household_id)
    assert [row.per_mu for row in await plots(register.leader, 2026, limit=9)] == [150_000, 50_000]
    assert [row.name for row in await plots(zhang, 2026, limit=9)] == ["张青山"]
    assert await plots(register.leader_b, 2026, limit=9) == []
    assert await plots(register.actor(Role.PROCESSOR), 2026, limit=9) == []
    first = await plots(register.committee, 2026, limit=1)
    after = await plots(register.committee, 2026, limit=9, after=first[0].plot_id)
    assert len(after) == 1
    assert len(await plots(register.committee, 2026, limit=9, village_id=register.villages[0])) == 2
