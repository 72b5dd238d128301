"""The plots of a household and how each is worked in a season."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Centimu
from pepperchain.core.words import N_
from pepperchain.directory import rules, tallies
from pepperchain.directory.household_queries import HouseholdDetail, PlotRow, get_household, get_plot
from pepperchain.directory.queries import get_area
from pepperchain.settings import settings

TABLE = "directory_plot"
_PRACTISE = (
    "INSERT INTO directory_plot_practice (plot_id, season, practice) VALUES (:plot, :season, :practice)"
    " ON CONFLICT (plot_id, season) DO UPDATE SET practice = :practice"
)
PLOTS_MAX = 60


@dataclass(frozen=True, slots=True)
class Orchard:
    """What is known of a plot. `village_id` of None is the household's; `practice` is this season's main one."""

    name: str
    area: Centimu
    cultivar: str
    village_id: int | None = None
    planted_year: int | None = None
    tree_count: int | None = None
    altitude_m: int | None = None
    slope: str | None = None
    practice: str | None = None


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, household_id: int, plot: Orchard, now: datetime) -> Entered:
    """One more plot of a household."""
    actor.require(Capability.DIRECTORY_EDIT)
    household = await get_household(actor, household_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if household.plots >= PLOTS_MAX:
        raise Refused(N_("A household has at most %(most)s plots."), most=PLOTS_MAX)
    entered = await admit(id, household, plot, now=now)
    if not entered.repeated:
        await trail.record(
            actor, "plot.entered", subject="plot", subject_id=entered.id, township_id=household.township_id,
            facts={"household": household_id, **facts(plot)}, now=now,
        )  # fmt: skip
    return entered


async def admit(id: UUID, household: HouseholdDetail, plot: Orchard, *, now: datetime) -> Entered:
    """The row, its practice and the household's tallies. A building block."""
    today = clock.local_day(now)
    columns = await columns_of(plot, household.village_id, today)
    entered = await registry.enter(
        TABLE,
        id,
        household_id=household.id,
        cooperative_id=household.cooperative_id,
        created_at=now,
        **columns,
    )
    if not entered.repeated:
        if plot.practice is not None:
            await _practise(entered.id, today.year, plot.practice)
        await tallies.recount(household.id)
    return entered


@db.unit_of_work
async def change(actor: Actor, *, id: int, version: int, plot: Orchard, now: datetime) -> PlotRow:
    """What is known of a plot now. Raises Conflict for an older `version`."""
    actor.require(Capability.DIRECTORY_EDIT)
    before = await get_plot(actor, id)
    today = clock.local_day(now)
    columns = await columns_of(plot, before.village_id, today)
    await registry.revise(TABLE, id, version, **columns)
    if plot.practice is not None:
        await _practise(id, today.year, plot.practice)
    await tallies.recount(before.household_id)
    changed = {
        name: [getattr(before, name), value]
        for name, value in columns.items()
        if getattr(before, name) != value
    }
    if plot.practice is not None and (before.season, before.practice) != (today.year, plot.practice):
        changed["practice"] = [before.practice, plot.practice]
    await trail.record(
        actor,
        "plot.changed",
        subject="plot",
        subject_id=id,
        township_id=before.township_id,
        facts=changed,
        now=now,
    )
    return await get_plot(actor, id)


@db.unit_of_work
async def practise(actor: Actor, *, id: int, season: int, practice: str | None, now: datetime) -> None:
    """The main practice of a plot in a season; None takes it back."""
    actor.require(Capability.DIRECTORY_EDIT)
    plot = await get_plot(actor, id)
    if not 2000 <= season <= clock.local_day(now).year:
        raise Refused(N_("This season cannot be."), "season")
    await set_practice(id, season, practice)
    await trail.record(
        actor, "plot.practised", subject="plot", subject_id=id, township_id=plot.township_id,
        facts={"season": season, "practice": practice}, now=now,
    )  # fmt: skip


@db.unit_of_work
async def end(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> None:
    """A plot was given up, sold or felled; its slips stay."""
    actor.require(Capability.DIRECTORY_EDIT)
    plot = await get_plot(actor, id)
    if plot.ended_on is not None:
        raise Refused(N_("This plot has been ended already."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    await registry.revise(TABLE, id, version, ended_on=on)
    await tallies.recount(plot.household_id)
    await trail.record(
        actor,
        "plot.ended",
        subject="plot",
        subject_id=id,
        township_id=plot.township_id,
        facts={"on": on},
        now=now,
    )


async def columns_of(plot: Orchard, usual_village_id: int, today: date) -> dict[str, Any]:
    """The row of an orchard. Raises Refused for one that cannot be."""
    name = " ".join(plot.name.split())
    if not name:
        raise Refused(N_("Give the plot a name, such as the slope it is on."), "name")
    if plot.cultivar not in settings().section("cultivars"):
        raise Refused(N_("Choose one of the list."), "cultivar")
    if plot.practice is not None and plot.practice not in settings().section("practices"):
        raise Refused(N_("Choose one of the list."), "practice")
    rules.check_plot(plot.area, plot.tree_count, plot.planted_year, today)
    village = await get_area(plot.village_id or usual_village_id)
    if village.kind != "village":
        raise Refused(N_("Choose a village."), "village_id")
    return {
        "village_id": village.id,
        "township_id": village.township_id,
        "name": name,
        "area_centimu": int(plot.area),
        "cultivar": plot.cultivar,
        "planted_year": plot.planted_year,
        "tree_count": plot.tree_count,
        "altitude_m": plot.altitude_m,
        "slope": plot.slope,
    }


async def practise_many(practices: Sequence[tuple[int, int, str]]) -> None:
    """Plot, season and main practice of many plots. A building block."""
    await db.execute_many(
        _PRACTISE,
        [{"plot": plot, "season": season, "practice": practice} for plot, season, practice in practices],
    )


async def set_practice(plot_id: int, season: int, practice: str | None) -> None:
    """The main practice of a plot in a season, None for none. A building block."""
    if practice is None:
        await db.execute(
            "DELETE FROM directory_plot_practice WHERE plot_id = :plot AND season = :season",
            plot=plot_id,
            season=season,
        )
    else:
        await _practise(plot_id, season, practice)


async def _practise(plot_id: int, season: int, practice: str) -> None:
    await db.execute(
        _PRACTISE,
        plot=plot_id,
        season=season,
        practice=practice,
    )


def facts(plot: Orchard) -> dict[str, Any]:
    return {
        "name": plot.name,
        "area_centimu": int(plot.area),
        "cultivar": plot.cultivar,
        "practice": plot.practice,
    }
