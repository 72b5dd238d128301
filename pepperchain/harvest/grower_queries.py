"""Growers as the weigher picks them: whom a few letters find, their plots, and how often they came today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.directory import queries as directory
from pepperchain.directory.models import Household, Plot
from pepperchain.directory.proxy_queries import Deputy, deputies
from pepperchain.harvest.total_queries import visits
from pepperchain.web.i18n import gettext, reader

HITS_MAX = 6
DEPUTIES_SHOWN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class OwnPlot:
    """A plot to choose from."""

    id: int
    name: str
    area_centimu: int
    cultivar: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that may stand at the scale; `deliverer_id` is whoever of it was found, when that is not its head."""

    household_id: int
    name: str
    deliverer_id: int | None
    phone_tail: str
    group_number: int | None
    village: str
    village_en: str
    card_number: str
    visits: int
    plots: Sequence[OwnPlot]
    deputies: Sequence[tuple[Deputy, bool]]
    """Who else delivers for it, and whether their proxy counts today; those whose ended lately are shown as such."""

    def village_called(self, language: str) -> str:
        return self.village_en if language == "en" else self.village


async def candidates(
    actor: Actor, text: str, *, site_id: int, day: date, chosen: int | None = None
) -> list[Candidate]:
    """Households that `text` finds, one line each, the best first; the chosen one alone once there is one."""
    if chosen is not None:
        found = await directory.hits(actor, await _heads(actor, [chosen]))
    elif text:
        found = await directory.search_growers(actor, text, limit=HITS_MAX)
    else:
        found = []
    first: dict[int, directory.GrowerHit] = {}
    for hit in found:
        first.setdefault(hit.household_id, hit)
    came = await visits(site_id=site_id, day=day, household_ids=list(first))
    plots, others = await _plots(actor, list(first)), await deputies(actor, list(first))
    lately = (day - DEPUTIES_SHOWN).isoformat()
    return [
        Candidate(
            hit.household_id, hit.name, None if hit.is_head else hit.person_id, hit.phone_tail, hit.group_number,
            hit.village, hit.village_en, hit.card_number, came.get(hit.household_id, 0),
            plots.get(hit.household_id, ()),
            [
                (each, each.counts_on(day))
                for each in others.get(hit.household_id, ())
                if each.from_on <= day.isoformat() and each.last_on >= lately
            ],
        )
        for hit in first.values()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several growers that a written name may mean."""

    household_id: int
    words: str


async def who(actor: Actor, text: str) -> list[Choice]:
    """The households that a written name, phone tail or card number may mean; whole names go before beginnings."""
    hits = await directory.search_growers(actor, text, limit=HITS_MAX)
    exact = [hit for hit in hits if hit.name == text]
    households: dict[int, Choice] = {}
    for hit in exact or hits:
        village = hit.village_en if reader().language == "en" else hit.village
        group = gettext("group %(number)s") % {"number": hit.group_number} if hit.group_number else ""
        words = f"{hit.name} {village} {group} ···{hit.phone_tail or hit.card_number}"
        households.setdefault(hit.household_id, Choice(hit.household_id, words))
    return list(households.values())


async def _heads(actor: Actor, household_ids: Sequence[int]) -> list[int]:
    seen = Household.visible_to(actor, "h")
    rows = await db.tuples(
        f"SELECT h.head_id FROM directory_household h WHERE h.id IN :ids AND h.head_id IS NOT NULL AND {seen.sql}",
        ids=list(household_ids),
        **seen.params,
    )
    return [int(row[0]) for row in rows]


async def _plots(actor: Actor, household_ids: Sequence[int]) -> dict[int, list[OwnPlot]]:
    found: dict[int, list[OwnPlot]] = {}
    if household_ids:
        seen = Plot.visible_to(actor, "f")
        for household_id, *plot in await db.tuples(
            "SELECT f.household_id, f.id, f.name, f.area_centimu, f.cultivar FROM directory_plot f"
            f" WHERE f.household_id IN :households AND f.ended_on IS NULL AND {seen.sql} ORDER BY f.household_id, f.id",
            households=list(household_ids),
            **seen.params,
        ):
            found.setdefault(household_id, []).append(OwnPlot(*plot))
    return found
