"""What lists of households are downloaded with, for some hundred households at a time. ID numbers and bank cards stay where they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Centimu
from pepperchain.directory.card_queries import IN_USE
from pepperchain.directory.household_queries import PLOT_COLUMNS, PLOT_FROM, PlotRow
from pepperchain.directory.matching_queries import plots_as_they_are
from pepperchain.directory.models import Household, Person, Plot
from pepperchain.directory.queries import may_choose_cooperative
from pepperchain.excel.exporting import WHO

_HOUSEHOLD = (
    f"SELECT h.id, {IN_USE}, p.name, p.sex, p.born_on, p.phone, p.has_smartphone, t.name, v.name, h.group_number, h.address,"
    " o.name, m.started_on, h.note FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
    " JOIN directory_area t ON t.id = h.township_id JOIN directory_area v ON v.id = h.village_id"
    " LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
    " LEFT JOIN directory_membership m ON m.household_id = h.id AND m.ended_on IS NULL"
)
_NAMES = (
    "card", "name", "sex", "born_on", "phone", "has_smartphone", "township", "village", "group", "address", "cooperative",
    "joined_on", "note",
)  # fmt: skip


async def households(actor: Actor, household_ids: Sequence[int], *, season: int) -> list[dict[str, Any]]:
    """Households as their sheet tells them, in the given order: one row for each of their plots, or one row without a plot."""
    if not household_ids:
        return []
    seen = Household.visible_to(actor, "h")
    found = await db.tuples(
        f"{_HOUSEHOLD} WHERE {seen.sql} AND h.id IN :ids", ids=list(household_ids), **seen.params
    )
    plots: dict[int, list[dict[str, Any]]] = {}
    for plot in (await plots_as_they_are([row[0] for row in found])).values():
        plots.setdefault(plot["household_id"], []).append(plot)
    known = {id: values for id, *values in found}
    rows: list[dict[str, Any]] = []
    for id in household_ids:
        if id in known:
            row = {WHO: id, **_household(known[id], with_cooperative=may_choose_cooperative(actor))}
            rows += [{**row, **_plot(plot, season)} for plot in plots.get(id, [{}])]
    return rows


def _household(values: list[Any], *, with_cooperative: bool) -> dict[str, Any]:
    row = dict(zip(_NAMES, values, strict=True))
    for name in ("born_on", "joined_on"):
        row[name] = None if row[name] is None else str(row[name])
    row["has_smartphone"] = None if row["has_smartphone"] is None else bool(row["has_smartphone"])
    row["group"] = None if row["group"] is None else str(row["group"])
    if not with_cooperative:
        row["cooperative"] = None
    return row


def _plot(plot: Mapping[str, Any], season: int) -> dict[str, Any]:
    """A plot's columns; the practice only of this season, since a sheet that comes back tells of this one."""
    if not plot:
        return {}
    practice = plot["practice"] if plot["season"] == season else None
    same = {name: plot[name] for name in ("cultivar", "planted_year", "tree_count", "altitude_m", "slope")}
    return {"plot": plot["name"], "area": Centimu(plot["area_centimu"]), "practice": practice, **same}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody with the card of their household."""

    id: int
    household_id: int
    card: str | None
    head: str
    village: str
    village_en: str
    name: str
    sex: str | None
    born_on: str | None
    phone: str | None
    is_head: bool
    has_smartphone: bool | None
    id_number_hint: str | None
    bank_card_hint: str | None


async def people(actor: Actor, household_ids: Sequence[int]) -> list[PersonLine]:
    """The people of households, household by household in the given order, heads first; those who left are not among them."""
    if not household_ids:
        return []
    homes, seen = Household.visible_to(actor, "h"), Person.visible_to(actor, "p")
    rows = await db.fetch(
        PersonLine,
        f"SELECT p.id, h.id, {IN_USE}, head.name, v.name, v.name_en, p.name, p.sex, p.born_on, p.phone, p.is_head, p.has_smartphone,"
        " p.id_number_hint, p.bank_card_hint FROM directory_person p JOIN directory_household h ON h.id = p.household_id"
        " JOIN directory_person head ON head.id = h.head_id JOIN directory_area v ON v.id = h.village_id"
        f" WHERE p.household_id IN :ids AND p.left_on IS NULL AND {homes.sql} AND {seen.sql}",
        ids=list(household_ids),
        **{**homes.params, **seen.params},
    )
    return _in_order(rows, household_ids, lambda row: (not row.is_head, row.id))


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A household in a cooperative from a day to a day, with what recognises the household."""

    id: int
    household_id: int
    card: str | None
    head: str
    phone: str | None
    organization: str
    started_on: str
    ended_on: str | None


async def memberships(actor: Actor, household_ids: Sequence[int]) -> list[MembershipLine]:
    """The memberships of households, household by household in the given order, the earliest first."""
    if not household_ids:
        return []
    seen = Household.visible_to(actor, "h")
    rows = await db.fetch(
        MembershipLine,
        f"SELECT m.id, h.id, {IN_USE}, p.name, p.phone, o.name, m.started_on, m.ended_on FROM directory_membership m"
        " JOIN directory_household h ON h.id = m.household_id JOIN directory_person p ON p.id = h.head_id"
        f" JOIN directory_organization o ON o.id = m.organization_id WHERE m.household_id IN :ids AND {seen.sql}",
        ids=list(household_ids),
        **seen.params,
    )
    return _in_order(rows, household_ids, lambda row: (str(row.started_on), row.id))


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card that a household has or had."""

    household_id: int
    serial: int
    number: str
    head: str
    village: str
    village_en: str
    group_number: int | None
    state: str
    issued_at: int | None
    lost_at: int | None


async def cards(actor: Actor, household_ids: Sequence[int]) -> list[CardLine]:
    """The cards of households, household by household in the given order; a first card that nothing happened to is in use."""
    if not household_ids:
        return []
    seen = Household.visible_to(actor, "h")
    rows = await db.fetch(
        CardLine,
        "SELECT h.id, COALESCE(k.serial, 1), COALESCE(k.number, h.card_number), p.name, v.name, v.name_en, h.group_number,"
        " COALESCE(k.state, 'active'), k.issued_at, k.lost_at FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " JOIN directory_area v ON v.id = h.village_id LEFT JOIN directory_card k ON k.household_id = h.id"
        f" WHERE h.id IN :ids AND {seen.sql}",
        ids=list(household_ids),
        **seen.params,
    )
    return _in_order(rows, household_ids, lambda row: (row.serial,))


async def plots(actor: Actor, household_ids: Sequence[int]) -> list[tuple[PlotRow, str | None, str]]:
    """The plots of households that are still worked, household by household, each with the card and the head."""
    if not household_ids:
        return []
    seen, homes = Plot.visible_to(actor, "f"), Household.visible_to(actor, "h")
    rows = await db.fetch(
        lambda card, head, *row: (PlotRow(*row), card, head),
        f"SELECT {IN_USE}, p.name, {PLOT_COLUMNS} {PLOT_FROM} JOIN directory_household h ON h.id = f.household_id"
        " JOIN directory_person p ON p.id = h.head_id"
        f" WHERE f.household_id IN :ids AND f.ended_on IS NULL AND {seen.sql} AND {homes.sql}",
        ids=list(household_ids),
        **{**seen.params, **homes.params},
    )
    place = {id: at for at, id in enumerate(household_ids)}
    return sorted(rows, key=lambda row: (place[row[0].household_id], row[0].id))


L = TypeVar("L", PersonLine, MembershipLine, CardLine)


def _in_order(rows: list[L], household_ids: Sequence[int], key: Callable[[L], tuple[Any, ...]]) -> list[L]:
    place = {id: at for at, id in enumerate(household_ids)}
    return sorted(rows, key=lambda row: (place[row.household_id], *key(row)))
