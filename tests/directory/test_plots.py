"""Plots and how they are worked."""

import pytest

from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import plots
from pepperchain.directory.household_queries import get_household, get_plot, plots_of
from pepperchain.directory.plots import Orchard
from tests.directory.registry import COMMITTEE, NOW, TODAY, Registry, grower, household

SLOPE = Orchard(
    "屋后坡", Centimu(320), "jiuyeqing", planted_year=2011, tree_count=352, altitude_m=365, slope="sunny"
)


async def test_a_plot_is_entered_once_and_counted(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    request = new_id()
    one, two = [
        await plots.enter(registry.leader_a, id=request, household_id=entered.id, plot=SLOPE, now=NOW)
        for _ in range(2)
    ]
    assert (one.id, two.repeated) == (two.id, True)
    found = await get_household(registry.leader_a, entered.id)
    assert (found.plots, found.area_centimu) == (1, 320)
    plot = await get_plot(registry.leader_a, one.id)
    assert (plot.village, plot.slope, plot.practice) == ("保坪村", "sunny", None)


async def test_a_plot_changes_with_its_practice_and_not_by_an_older_version(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", plots=(SLOPE,))
    (plot,) = await plots_of(registry.leader_a, entered.id)
    wider = Orchard(
        "屋后坡", Centimu(400), "tengjiao", village_id=registry.shageng, practice="light_simplified"
    )
    changed = await plots.change(registry.leader_a, id=plot.id, version=1, plot=wider, now=NOW)
    assert (changed.area_centimu, changed.village, changed.season, changed.practice) == (
        400,
        "沙埂村",
        2026,
        "light_simplified",
    )
    assert (await get_household(registry.leader_a, entered.id)).area_centimu == 400
    with pytest.raises(Conflict):
        await plots.change(registry.clerk_a, id=plot.id, version=1, plot=SLOPE, now=NOW)


async def test_a_practice_of_a_season_is_set_replaced_and_taken_back(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", plots=(SLOPE,))
    (plot,) = await plots_of(registry.leader_a, entered.id)
    for practice in ("conventional", "light_simplified", None):
        await plots.practise(registry.leader_a, id=plot.id, season=2025, practice=practice, now=NOW)
        assert (await get_plot(registry.leader_a, plot.id)).practice == practice
    with pytest.raises(Refused):
        await plots.practise(registry.leader_a, id=plot.id, season=2027, practice="conventional", now=NOW)


async def test_an_ended_plot_counts_no_longer(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", plots=(SLOPE,))
    (plot,) = await plots_of(registry.leader_a, entered.id)
    await plots.end(registry.leader_a, id=plot.id, version=1, on=TODAY, now=NOW)
    assert (await get_household(registry.leader_a, entered.id)).plots == 0
    assert await plots_of(registry.leader_a, entered.id) == []
    with pytest.raises(Refused):
        await plots.end(registry.leader_a, id=plot.id, version=2, on=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("plot", "field"),
    [
        (Orchard(" ", Centimu(1), "jiuyeqing"), "name"),
        (Orchard("坡", Centimu(1), "apple"), "cultivar"),
        (Orchard("坡", Centimu(1), "jiuyeqing", practice="none"), "practice"),
        (Orchard("坡", Centimu(0), "jiuyeqing"), "area"),
    ],
)
async def test_a_plot_that_cannot_be_is_refused_beside_its_field(
    registry: Registry, plot: Orchard, field: str
) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    with pytest.raises(Refused) as refused:
        await plots.enter(registry.leader_a, id=new_id(), household_id=entered.id, plot=plot, now=NOW)
    assert refused.value.field == field


async def test_plots_of_others_are_not_there(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", plots=(SLOPE,))
    (plot,) = await plots_of(registry.leader_a, entered.id)
    for actor in (registry.technician, COMMITTEE, grower(entered.id)):
        assert (await get_plot(actor, plot.id)).id == plot.id
    for actor in (registry.leader_b, registry.buyer, grower(entered.id + 1)):
        with pytest.raises(Missing):
            await get_plot(actor, plot.id)
