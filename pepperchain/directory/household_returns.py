"""Taking back what a sheet did to households: what it changed is as it was, what it brought in is gone. Building blocks of an undo."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.directory import findings, memberships, people, plots, tallies, terms
from pepperchain.directory.card_queries import IN_USE
from pepperchain.directory.households import TABLE, to_township
from pepperchain.directory.matching_queries import (
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    PLOT_COLUMNS,
    Snapshot,
    households_as_they_are,
)

_SEALED = ("id_number_sealed", "bank_card_sealed")


def kept(snapshot: Snapshot, columns: Sequence[str]) -> dict[str, Any]:
    """Some columns of a row as JSON keeps them; sealed values stay sealed."""
    found = {name: snapshot[name] for name in columns}
    for name in _SEALED:
        if found.get(name) is not None:
            found[name] = b64encode(bytes(found[name])).decode()
    return {
        name: str(value) if name in ("born_on", "request_id") and value is not None else value
        for name, value in found.items()
    }


def household_columns(snapshot: Snapshot) -> dict[str, Any]:
    return kept(snapshot, HOUSEHOLD_COLUMNS)


def person_columns(snapshot: Snapshot) -> dict[str, Any]:
    return kept(snapshot, PERSON_COLUMNS)


def plot_columns(snapshot: Snapshot) -> dict[str, Any]:
    return kept(snapshot, PLOT_COLUMNS)


@db.unit_of_work
async def restore(
    actor: Actor,
    *,
    households: Mapping[int, Mapping[str, Any]],
    heads: Mapping[int, Mapping[str, Any]],
    orchards: Mapping[int, Mapping[str, Any]],
    practices: Sequence[tuple[int, int, str | None]],
    now: datetime,
) -> None:
    """Puts rows back to what they were, by id: households, their heads, plots; and the practices of plots in a season."""
    actor.require(Capability.DIRECTORY_EDIT)
    owners = set(households)
    for table, rows in ((TABLE, households), (people.TABLE, heads), (plots.TABLE, orchards)):
        for id, columns in rows.items():
            await put_back(table, id, columns)
    for table, ids in ((people.TABLE, heads), (plots.TABLE, orchards)):
        if ids:
            owners |= set(
                await db.fetch(int, f"SELECT r.household_id FROM {table} r WHERE r.id IN :ids", ids=list(ids))
            )
    for plot_id, season, practice in practices:
        await plots.set_practice(plot_id, season, practice)
    await tallies.recount_many(owners)
    current = await households_as_they_are(owners)
    for id in households:
        await to_township(id, current[id]["township_id"])
    await _reindex([current[id]["head_id"] for id in owners])
    await trail.record_many(
        actor,
        [
            trail.Told(
                "household.changed", "household", id, current[id]["township_id"], {"sheet_undone": True}
            )
            for id in sorted(owners)
        ],
        now=now,
    )


async def put_back(table: str, id: int, columns: Mapping[str, Any]) -> None:
    """One row as `kept` kept it. A building block."""
    values = dict(columns)
    for name in _SEALED:
        if values.get(name) is not None:
            values[name] = b64decode(values[name])
    if table == people.TABLE:
        # A boolean that JSON kept, or SQLite's own 0 and 1.
        values["has_smartphone"] = (
            None if values["has_smartphone"] is None else bool(values["has_smartphone"])
        )
    places = ", ".join(f"{name} = :{name}" for name in values)
    await db.execute(
        f"UPDATE {table} SET {places}, version = version + 1 WHERE id = :row_id", row_id=id, **values
    )


async def _reindex(head_ids: Sequence[int]) -> None:
    for id, name, phone, card, township_id, cooperative_id in await db.tuples(
        f"SELECT p.id, p.name, p.phone, {IN_USE}, p.township_id, p.cooperative_id FROM directory_person p"
        " JOIN directory_household h ON h.id = p.household_id WHERE p.id IN :ids",
        ids=list(head_ids),
    ):
        await terms.rewrite(
            id,
            name=name,
            phone=phone,
            card_number=card,
            township_id=township_id,
            cooperative_id=cooperative_id,
        )


@db.unit_of_work
async def remove_plots(actor: Actor, plot_ids: Sequence[int]) -> None:
    """Plots that a sheet brought in are gone. Conflict: a slip names one of them."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not plot_ids:
        return
    owners = await db.fetch(
        int, "SELECT f.household_id FROM directory_plot f WHERE f.id IN :ids", ids=list(plot_ids)
    )
    await _gone("directory_plot_practice", "plot_id", plot_ids)
    await _gone(plots.TABLE, "id", plot_ids)
    await tallies.recount_many(owners)


@db.unit_of_work
async def remove_households(actor: Actor, household_ids: Sequence[int], *, now: datetime) -> None:
    """Households that a sheet brought in are gone, with their heads and memberships. Conflict: something was built on one of them."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not household_ids:
        return
    rows = await households_as_they_are(household_ids)
    for id in household_ids:
        await terms.forget_household(id)
    await _gone(memberships.TABLE, "household_id", household_ids)
    await findings.forget(household_ids)
    # The head's reference to the household is checked at once, the household's to its head when the unit ends.
    await db.execute(
        "UPDATE directory_household SET head_id = NULL WHERE id IN :ids", ids=list(household_ids)
    )
    await _gone(people.TABLE, "household_id", household_ids)
    await _gone(TABLE, "id", household_ids)
    await trail.record_many(
        actor,
        [
            trail.Told("household.removed", "household", id, row["township_id"], {"sheet_undone": True})
            for id, row in rows.items()
        ],
        now=now,
    )


async def _gone(table: str, column: str, ids: Sequence[int]) -> None:
    try:
        await db.execute_long(f"DELETE FROM {table} WHERE {column} IN :ids", ids=list(ids))
    except db.Violation as violation:
        raise Conflict("Something was built on this since: it cannot be taken out any more.") from violation
