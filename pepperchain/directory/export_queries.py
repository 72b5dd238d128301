"""The registry as its sheets show it, some hundred rows at a time along one index. ID numbers and bank cards stay where they are."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.units import Centimu
from pepperchain.directory.card_queries import IN_USE
from pepperchain.directory.matching_queries import plots_as_they_are
from pepperchain.directory.models import Household, Organization
from pepperchain.directory.queries import may_choose_cooperative

HOUSEHOLDS_A_READ = 300
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


async def households(actor: Actor, *, season: int) -> AsyncIterator[Mapping[str, Any]]:
    """Every household that the actor sees: one row for each of its plots, or one row without a plot."""
    seen = Household.visible_to(actor, "h")
    after = 0
    while True:
        found = await db.tuples(
            f"{_HOUSEHOLD} WHERE {seen.sql} AND h.ended_on IS NULL AND h.id > :after ORDER BY h.id LIMIT :most",
            after=after,
            most=HOUSEHOLDS_A_READ,
            **seen.params,
        )
        if not found:
            return
        plots: dict[int, list[dict[str, Any]]] = {}
        for plot in (await plots_as_they_are([row[0] for row in found])).values():
            plots.setdefault(plot["household_id"], []).append(plot)
        for id, *values in found:
            row = _household(values, with_cooperative=may_choose_cooperative(actor))
            for plot in plots.get(id, [{}]):
                yield {**row, **_plot(plot, season)}
        after = found[-1][0]


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


async def organizations(actor: Actor) -> AsyncIterator[Mapping[str, Any]]:
    """Every organization at work that the actor sees."""
    seen, contact = Organization.visible_to(actor, "o"), Organization.contact_visible_to(actor, "o")
    after = 0
    names = (
        "kind",
        "name",
        "short_name",
        "credit_code",
        "township",
        "village",
        "address",
        "contact_name",
        "contact_phone",
    )
    while True:
        found = await db.tuples(
            "SELECT o.id, o.kind, o.name, o.short_name, o.credit_code, t.name, v.name, o.address,"
            f" CASE WHEN {contact.sql} THEN o.contact_name END, CASE WHEN {contact.sql} THEN o.contact_phone END"
            " FROM directory_organization o LEFT JOIN directory_area t ON t.id = o.township_id"
            f" LEFT JOIN directory_area v ON v.id = o.village_id WHERE {seen.sql} AND o.ended_on IS NULL AND o.id > :after"
            " ORDER BY o.id LIMIT :most",
            after=after,
            most=HOUSEHOLDS_A_READ,
            **{**seen.params, **contact.params},
        )
        for _, *values in found:
            yield dict(zip(names, values, strict=True))
        if not found:
            return
        after = found[-1][0]
