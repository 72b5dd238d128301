"""Judging the plot of a row: whether it is new to its household, and what the row would change of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import Centimu
from pepperchain.core.words import N_
from pepperchain.directory import rules
from pepperchain.directory.forms import Plot
from pepperchain.directory.household_finding_sheets import text_of
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.judging import Change
from pepperchain.excel.reader import StagedRow
from pepperchain.settings import settings
from pepperchain.web.forms import read

ORCHARD = ("area", "cultivar", "planted_year", "tree_count", "altitude_m", "slope", "practice")
_KEPT = ("village_id", "cultivar", "planted_year", "tree_count", "altitude_m", "slope")
_USUAL_NAME = "1"


@dataclass(slots=True)
class Household:
    """A household of the file: where it stands first, what is there of it already, and its plots as rows went by."""

    row_number: int
    said: Mapping[str, Any]
    snapshot: Snapshot | None = None
    head: Snapshot | None = None
    plots: dict[str, Snapshot] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    is_wrong: bool = False


def plot_of(
    row: StagedRow, household: Household, wrong: list[Refused], *, today: date
) -> dict[str, Any] | None:
    """The plot of a row as its writer gets it, with what it changes; None if none is written. What is wrong is added to `wrong`."""
    values = {name: row.values.get(name) for name in ORCHARD if row.values.get(name) is not None}
    written = text_of(row, "plot")
    if written is None and not values:
        return None
    name = written or _only_plot(household) or _USUAL_NAME
    before = household.plots.get(spoken(name))
    earlier = household.named.setdefault(spoken(name), row.row_number)
    if earlier != row.row_number:
        wrong.append(Refused(N_("Row %(row)s is about the same plot."), "plot", row=str(earlier)))
    try:
        form = read(Plot, _data(name, values, before, today))
        rules.check_plot(form.area, form.tree_count, form.planted_year, today)
    except Invalid as invalid:
        wrong += [each.at("plot") if each.field == "name" else each for each in invalid.errors]
        return None
    except Refused as refused:
        wrong.append(refused)
        return None
    return _planned(form, before, today)


def _data(name: str, values: Mapping[str, Any], before: Snapshot | None, today: date) -> dict[str, Any]:
    """What the room's form reads: what is there of the plot, and over it what the row says."""
    data: dict[str, Any] = {"name": name, "cultivar": next(iter(settings().section("cultivars")))}
    if before is not None:
        data |= {key: before[key] for key in _KEPT}
        data |= {
            "name": before["name"],
            "area": Centimu(before["area_centimu"]),
            "practice": _practice(before, today),
        }
    return data | {key: Centimu(int(value)) if key == "area" else value for key, value in values.items()}


def _planned(form: Plot, before: Snapshot | None, today: date) -> dict[str, Any]:
    orchard = {**{name: getattr(form, name) for name in Plot.model_fields}, "area": int(form.area)}
    if before is None:
        return {"orchard": orchard, "changes": [["plot", None, form.name], ["area", None, int(form.area)]]}
    was = {key: before[key] for key in _KEPT} | {
        "area": before["area_centimu"],
        "practice": _practice(before, today),
    }
    changes = [[key, was[key], orchard[key]] for key in was if was[key] != orchard[key]]
    return {"orchard": orchard, "id": before["id"], "version": before["version"], "changes": changes}


def changes_of(plot: Mapping[str, Any] | None) -> list[Change]:
    """What a planned plot would change."""
    return [] if plot is None else [Change(*each) for each in plot["changes"]]


def _practice(plot: Snapshot, today: date) -> str | None:
    """This season's practice; an older one is another season's."""
    return plot["practice"] if plot["season"] == today.year else None


def _only_plot(household: Household) -> str | None:
    return str(next(iter(household.plots.values()))["name"]) if len(household.plots) == 1 else None
