"""Two rows of one person: what is known of both goes to the one that stays, and so does everything that names the other.

Building blocks of the merging verbs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.references import Reference
from pepperchain.core.words import N_
from pepperchain.directory import people, rules
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.merge_journals import Journal
from pepperchain.directory.merge_rules import PERSON, PERSON_FIELDS, taken

BOTH_SIDES = N_(
    "Something stands between the two that cannot be of one alone, such as that one may deliver for the other. End it first."
)


@dataclass(frozen=True, slots=True)
class Union:
    """Who stays, who is merged, and on which day."""

    one: Snapshot
    other: Snapshot
    today: date


async def unite(
    journal: Journal, union: Union, take: Collection[str], references: Sequence[Reference]
) -> None:
    """The one takes what was chosen and what it lacks; the other has left and says who it is now.

    Refused: one of them may act for the other.
    """
    one, other = union.one, union.other
    await _check_apart(one["id"], other["id"], union.today)
    await journal.put(PERSON, one["id"], one, _columns(one, other, take))
    before = {"left_on": other["left_on"], "merged_into_id": None}
    after = {"left_on": other["left_on"] or union.today, "merged_into_id": one["id"]}
    await journal.put(PERSON, other["id"], before, after)
    for reference in references:
        await journal.move(reference, other["id"], one["id"])


async def _check_apart(one: int, other: int, today: date) -> None:
    """What is over between the two, such as an old proxy, stays with whom it names."""
    standing = await db.scalar(
        "SELECT 1 FROM directory_proxy x WHERE x.revoked_on IS NULL AND x.until_on >= :today"
        " AND (x.person_id = :one AND x.given_by_id = :other OR x.person_id = :other AND x.given_by_id = :one)",
        one=one,
        other=other,
        today=today,
    )
    if standing is not None:
        raise Refused(BOTH_SIDES)


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
