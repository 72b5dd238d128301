"""What a merge takes from which of the two, and what a room must say of its own tables for it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HOUSEHOLD_FIELDS: Mapping[str, tuple[str, ...]] = {
    "place": ("village_id", "township_id", "group_number"),
    "address": ("address",),
    "note": ("note",),
}
PERSON_FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "pinyin", "initials"),
    "sex": ("sex",),
    "born_on": ("born_on",),
    "phone": ("phone",),
    "has_smartphone": ("has_smartphone",),
    "id_number": ("id_number_sealed", "id_number_hash", "id_number_hint"),
    "bank_card": ("bank_card_sealed", "bank_card_hash", "bank_card_hint"),
}
"""What is chosen as one: columns that only make sense together."""

HOUSEHOLD, PERSON = "directory_household", "directory_person"
TOGETHER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    HOUSEHOLD: {**HOUSEHOLD_FIELDS, "merged_into_id": ("merged_into_id", "ended_on")},
    PERSON: {
        **PERSON_FIELDS,
        "household_id": ("household_id", "is_head"),
        "merged_into_id": ("merged_into_id", "left_on"),
    },
    "directory_membership": {"ended_on": ("ended_on",)},
    "directory_duplicate": {"state": ("state", "decided_at", "decided_by", "decided_by_name")},
}
"""Columns that an undo puts back together or not at all, by the name of what they are."""

STAYS = frozenset({("directory_card", "household_id"), ("directory_head_change", "household_id")})
"""What tells of the household that was merged itself: its cards, which find the one that stays, and who headed it."""
BY_HAND = frozenset(
    {
        (HOUSEHOLD, "head_id"), (HOUSEHOLD, "contact_person_id"), (PERSON, "household_id"), ("directory_membership", "household_id"),
        ("directory_duplicate", "household_id"), ("directory_duplicate", "other_id"), ("directory_duplicate", "person_id"),
        ("directory_duplicate", "other_person_id"), ("directory_term", "person_id"), ("directory_merge", "household_id"),
        ("directory_merge", "loser_household_id"), ("directory_merge", "person_id"), ("directory_merge", "loser_person_id"),
    }
)  # fmt: skip
"""References that a merge follows by a rule of its own, or that tell of merges. Every other foreign key is simply moved."""

Settle = Callable[[Sequence[int]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Mover:
    """A room's part in a merge. `words` says what its tables hold (message ids); `derived` are tables without a foreign key that
    `settle` brings into line with the room's own rows, after the merge and after its undo, for the households concerned."""

    words: Mapping[str, str] = field(default_factory=dict)
    derived: Collection[str] = ()
    settle: Settle | None = None


def taken(
    fields: Mapping[str, tuple[str, ...]],
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    take: Collection[str],
) -> frozenset[str]:
    """The fields whose values come from the other: those chosen, and those that the one lacks."""
    known = {
        name: [any(each[column] is not None for column in columns) for each in (one, other)]
        for name, columns in fields.items()
    }
    return frozenset(name for name, (ours, theirs) in known.items() if theirs and (not ours or name in take))


def named(table: str, column: str) -> str:
    """What a column is told as: the name of those it stands together with."""
    for name, columns in TOGETHER.get(table, {}).items():
        if column in columns:
            return name
    return column


def contradict(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether what is known of two people says that they are not the same."""
    return any(
        one[name] is not None and other[name] is not None and one[name] != other[name]
        for name in ("sex", "born_on", "id_number_hash")
    )
