"""Which households and plots a sheet's rows are about: many looked up at once, each by what people write."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.directory import card_queries
from pepperchain.directory.card_queries import IN_USE
from pepperchain.directory.models import Household, Person, Term
from pepperchain.directory.rules import TermKind


@dataclass(frozen=True, slots=True)
class Match:
    """A household that a sheet's row may be about, by one of its people (its head, if `is_head`)."""

    household_id: int
    card_number: str
    village_id: int
    group_number: int | None
    person_id: int
    name: str
    phone: str | None
    is_head: bool
    id_number_hash: str | None
    ended_on: str | None
    card_lost_at: int | None = None
    """Set where it was found by a card that is lost."""

    def check_card(self) -> None:
        """Refuses a household that only a lost card names."""
        if self.card_lost_at is not None:
            raise card_queries.lost(self.card_lost_at, "card")


_MATCH = (
    "SELECT {key}, h.id, h.card_number, h.village_id, h.group_number, p.id, p.name, p.phone, p.is_head, p.id_number_hash, h.ended_on"
    " FROM directory_person p JOIN directory_household h ON h.id = p.household_id"
)

Matches = dict[str, list[Match]]


def _gathered(rows: Sequence[tuple[Any, ...]]) -> Matches:
    found: Matches = {}
    for key, *match in rows:
        match[7] = bool(match[7])
        found.setdefault(str(key), []).append(Match(*match))
    return found


async def by_card(actor: Actor, cards: Collection[str]) -> Matches:
    """Households that the actor sees, by the number of any card they ever had; the person is the head."""
    holders = await card_queries.holders(actor, cards)
    heads = Household.visible_to(actor, "h") & Clause("p.id = h.head_id")
    matches = await _matched("h.id", {holder.household_id for holder in holders.values()}, heads)
    return {
        card: [replace(match, card_lost_at=holder.lost_at) for match in matches[str(holder.household_id)]]
        for card, holder in holders.items()
        if str(holder.household_id) in matches
    }


async def by_phone(actor: Actor, phones: Collection[str]) -> Matches:
    """Households of the people in the actor's scope who have these phones."""
    return await _matched("p.phone", phones, Person.visible_to(actor, "p") & Clause("p.left_on IS NULL"))


async def by_id_number(fingerprints: Collection[str]) -> Matches:
    """Households of the people with these ID numbers, whoever sees them: a person is entered once in the whole district."""
    return await _matched("p.id_number_hash", fingerprints, Clause("p.left_on IS NULL"))


async def _matched(key: str, values: Collection[str] | Collection[int], where: Clause) -> Matches:
    if not values:
        return {}
    rows = await db.tuples(
        f"{_MATCH.format(key=key)} WHERE {key} IN :keys AND {where.sql} ORDER BY p.id",
        keys=list(values),
        **where.params,
    )
    return _gathered(rows)


async def by_name(actor: Actor, names: Collection[str]) -> Matches:
    """Households of the people in the actor's scope with these names, by the name without spaces and dots, as it is indexed."""
    if not names:
        return {}
    seen = Term.visible_to(actor, "s")
    rows = await db.tuples(
        _MATCH.format(key="s.term")
        + f" JOIN directory_term s ON s.person_id = p.id WHERE s.kind = '{TermKind.NAME.value}' AND s.term IN :names AND {seen.sql}"
        " ORDER BY p.id",
        names=list(names),
        **seen.params,
    )
    return _gathered(rows)


async def visible(actor: Actor, household_ids: Collection[int]) -> set[int]:
    """Those of the households that the actor sees."""
    if not household_ids:
        return set()
    seen = Household.visible_to(actor, "h")
    return set(
        await db.fetch(
            int,
            f"SELECT h.id FROM directory_household h WHERE h.id IN :ids AND h.merged_into_id IS NULL AND {seen.sql}",
            ids=list(household_ids),
            **seen.params,
        )
    )


@dataclass(frozen=True, slots=True)
class PlotMatch:
    """A plot that is still worked."""

    id: int
    household_id: int
    name: str
    cultivar: str


async def plots_of(household_ids: Collection[int]) -> Mapping[int, list[PlotMatch]]:
    """The plots of households that the actor was found to see."""
    found: dict[int, list[PlotMatch]] = {}
    if household_ids:
        for plot in await db.fetch(
            PlotMatch,
            "SELECT f.id, f.household_id, f.name, f.cultivar FROM directory_plot f"
            " WHERE f.household_id IN :ids AND f.ended_on IS NULL ORDER BY f.id",
            ids=list(household_ids),
        ):
            found.setdefault(plot.household_id, []).append(plot)
    return found


Snapshot = dict[str, Any]

HOUSEHOLD_COLUMNS = ("village_id", "township_id", "group_number", "address", "note")
PERSON_COLUMNS = (
    "name", "pinyin", "initials", "sex", "born_on", "phone", "has_smartphone", "request_id", "id_number_sealed", "id_number_hash",
    "id_number_hint", "bank_card_sealed", "bank_card_hash", "bank_card_hint",
)  # fmt: skip
PLOT_COLUMNS = (
    "name", "village_id", "township_id", "area_centimu", "cultivar", "planted_year", "tree_count", "altitude_m", "slope",
)  # fmt: skip


async def households_as_they_are(ids: Collection[int]) -> dict[int, Snapshot]:
    """What sheets can change of households, with their versions, their memberships and heads."""
    return await _snapshots(
        f"SELECT h.id, h.version, h.head_id, h.cooperative_id, {IN_USE}, h.people, h.plots, h.ended_on, {{columns}}"
        " FROM directory_household h WHERE h.id IN :ids",
        "h",
        ("id", "version", "head_id", "cooperative_id", "card_number", "people", "plots", "ended_on"),
        HOUSEHOLD_COLUMNS,
        ids,
    )


async def people_as_they_are(ids: Collection[int]) -> dict[int, Snapshot]:
    """What sheets can change of people, sealed values as they lie there."""
    return await _snapshots(
        "SELECT p.id, p.version, p.household_id, p.left_on, {columns} FROM directory_person p WHERE p.id IN :ids",
        "p",
        ("id", "version", "household_id", "left_on"),
        PERSON_COLUMNS,
        ids,
    )


async def members_of(household_ids: Collection[int]) -> dict[int, list[Snapshot]]:
    """The people of households, as they are; those who left are not among them."""
    if not household_ids:
        return {}
    ids = await db.fetch(
        int,
        "SELECT p.id FROM directory_person p WHERE p.household_id IN :ids AND p.left_on IS NULL ORDER BY p.id",
        ids=list(household_ids),
    )
    found: dict[int, list[Snapshot]] = {}
    for person in (await people_as_they_are(ids)).values():
        found.setdefault(person["household_id"], []).append(person)
    return found


async def plots_as_they_are(household_ids: Collection[int]) -> dict[int, Snapshot]:
    """What sheets can change of the worked plots of households, with the practice of their latest season."""
    return await _snapshots(
        "SELECT f.id, f.version, f.household_id, pr.season, pr.practice, {columns} FROM directory_plot f"
        " LEFT JOIN directory_plot_practice pr ON pr.plot_id = f.id"
        " AND pr.season = (SELECT MAX(latest.season) FROM directory_plot_practice latest WHERE latest.plot_id = f.id)"
        " WHERE f.household_id IN :ids AND f.ended_on IS NULL",
        "f",
        ("id", "version", "household_id", "season", "practice"),
        PLOT_COLUMNS,
        household_ids,
    )


async def _snapshots(
    sql: str, alias: str, first: tuple[str, ...], columns: tuple[str, ...], ids: Collection[int]
) -> dict[int, Snapshot]:
    if not ids:
        return {}
    named = ", ".join(f"{alias}.{column}" for column in columns)
    rows = await db.tuples(sql.format(columns=named), ids=list(ids))
    return {row[0]: dict(zip(first + columns, row, strict=True)) for row in rows}
