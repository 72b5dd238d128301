"""Two rows of one person: what is known of both goes to the one that stays, and so does everything that names the other.

Building blocks of the merging verbs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.core.ids import new_id
from pepperchain.core.references import Reference
from pepperchain.directory import people, rules
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.merge_journals import Journal
from pepperchain.directory.merge_rules import PERSON, PERSON_FIELDS, taken


@dataclass(frozen=True, slots=True)
class Union:
    """Who stays, who is merged, and on which day."""

    one: Snapshot
    other: Snapshot
    today: date


async def unite(
    journal: Journal, union: Union, take: Collection[str], references: Sequence[Reference]
) -> None:
    """The one takes what was chosen and what it lacks; the other has left and says who it is now."""
    one, other = union.one, union.other
    await journal.put(PERSON, one["id"], one, _columns(one, other, take))
    before = {"left_on": other["left_on"], "merged_into_id": None}
    after = {"left_on": other["left_on"] or union.today, "merged_into_id": one["id"]}
    await journal.put(PERSON, other["id"], before, after)
    for reference in references:
        await journal.move(reference, other["id"], one["id"])


def _columns(one: Snapshot, other: Snapshot, take: Collection[str]) -> dict[str, Any]:
    """The columns that change. Sealed values are bound to their row: they are opened, and sealed anew for the one that stays."""
    chosen = taken(PERSON_FIELDS, one, other, take)
    sealed = chosen & {"id_number", "bank_card"}
    columns = {column: other[column] for name in sorted(chosen - sealed) for column in PERSON_FIELDS[name]}
    values = {
        kind: people.opened(other["request_id"], kind, other[f"{kind}_sealed"]) for kind in sorted(sealed)
    }
    if "id_number" in values:
        columns["born_on"] = rules.birthday_of(values["id_number"])
        columns["sex"] = rules.sex_of(values["id_number"])
    if values:
        bound_to = new_id() if one["request_id"] is None else UUID(str(one["request_id"]))
        columns |= {"request_id": bound_to, **people.sealed(bound_to, **values)}
    return columns
