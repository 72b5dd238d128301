"""Whose pepper a row of weigh-ins is about, and the plots that it may be from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pepperchain.access.actor import Actor
from pepperchain.core.words import N_
from pepperchain.directory import home_finding_sheets, matching_queries
from pepperchain.directory.home_finding_sheets import Named
from pepperchain.directory.matching_queries import Match, PlotMatch
from pepperchain.excel.reader import StagedRow

NAMED = Named(nobody=N_("Write whose pepper this is: a card number, or a name and phone."))


@dataclass(slots=True)
class Found:
    """What the register knows of a chunk's households."""

    homes: home_finding_sheets.Found
    plots: Mapping[int, list[PlotMatch]] = field(default_factory=dict)


async def look_up(actor: Actor, rows: Sequence[StagedRow]) -> Found:
    """Everything that these rows may be about, in a few queries."""
    homes = await home_finding_sheets.look_up(actor, rows, NAMED)
    return Found(homes, await matching_queries.plots_of(homes.households))


def household_of(row: StagedRow, found: Found) -> Match:
    """The household that a row is about."""
    return home_finding_sheets.household_of(row, found.homes, NAMED)
