"""Reading tags in the actor's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Mark, Marks, Values
from pepperchain.segments.models import Tag

COUNT_MAX = 10_000
LIST_MAX = 500


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag as lists and its own page show it."""

    id: int
    name: str
    colour: str
    user_name: str
    created_at: int
    removed_at: int | None
    version: int


_TAG = "SELECT t.id, t.name, t.colour, t.user_name, t.created_at, t.removed_at, t.version FROM segments_tag t"


async def tags(actor: Actor) -> list[TagRow]:
    """The tags of one's organization, by name; there are never many."""
    seen = Tag.visible_to(actor, "t")
    return await db.fetch(
        TagRow,
        f"{_TAG} WHERE {seen.sql} AND t.removed_at IS NULL ORDER BY t.name, t.id LIMIT :most",
        most=LIST_MAX,
        **seen.params,
    )


async def get_tag(actor: Actor, id: int) -> TagRow:
    """One tag, also one that was removed. Raises Missing for another organization's."""
    seen = Tag.visible_to(actor, "t")
    row = await db.fetch_one(TagRow, f"{_TAG} WHERE t.id = :id AND {seen.sql}", id=id, **seen.params)
    if row is None:
        raise Missing()
    return row


async def counts(tag_ids: Sequence[int]) -> dict[int, int]:
    """On how many households each tag is, counted no further than one above `COUNT_MAX`. The caller has seen the tags."""
    if not tag_ids:
        return {}
    texts = [
        f"SELECT {place} AS place, COUNT(*) FROM (SELECT 1 FROM segments_tagging g WHERE g.tag_id = :tag_{place} LIMIT :most) n_{place}"
        for place in range(len(tag_ids))
    ]
    params = {f"tag_{place}": id for place, id in enumerate(tag_ids)}
    rows = await db.tuples(" UNION ALL ".join(texts), most=COUNT_MAX + 1, **params)
    return {tag_ids[place]: int(count) for place, count in rows}


async def choices(actor: Actor) -> list[Mark]:
    """The tags that can be put on and looked for."""
    return [Mark(row.id, row.name, row.colour) for row in await tags(actor)]


async def options(actor: Actor) -> list[tuple[int | str, str]]:
    """The same, as a list to choose from."""
    return [(row.id, row.name) for row in await tags(actor)]


async def of_households(actor: Actor, household_ids: Sequence[int]) -> Mapping[int, Sequence[Mark]]:
    """The tags on some households that the caller has seen, each household's by name."""
    if not household_ids or not actor.may(Capability.SEGMENT_READ):
        return {}
    seen = Tag.visible_to(actor, "t")
    found: dict[int, list[Mark]] = {}
    for household_id, id, name, colour in await db.tuples(
        "SELECT g.household_id, t.id, t.name, t.colour FROM segments_tagging g JOIN segments_tag t ON t.id = g.tag_id"
        f" WHERE g.household_id IN :households AND t.removed_at IS NULL AND {seen.sql} ORDER BY t.name, t.id",
        households=list(household_ids),
        **seen.params,
    ):
        found.setdefault(int(household_id), []).append(Mark(id, name, colour))
    return found


async def ones_that_stay(household_ids: Sequence[int]) -> Mapping[int, int]:
    """Of some households those that became one with another, and with which."""
    rows = await db.tuples(
        "SELECT h.id, h.merged_into_id FROM directory_household h WHERE h.id IN :ids AND h.merged_into_id IS NOT NULL",
        ids=list(household_ids),
    )
    return {int(id): int(into) for id, into in rows}


def holding(actor: Actor, tag_id: int) -> Clause:
    """The condition that a household `h` has a tag of the actor's organization."""
    seen = Tag.visible_to(actor, "t")
    return Clause(
        "h.id IN (SELECT g.household_id FROM segments_tagging g JOIN segments_tag t ON t.id = g.tag_id"
        f" WHERE g.tag_id = :tag AND t.removed_at IS NULL AND {seen.sql})",
        {"tag": tag_id, **seen.params},
    )


MARKS = Marks(choices, of_households, holding)


def _tag(actor: Actor, values: Values, _today: date) -> Clause:
    return holding(actor, int(values["tag"]))


TAGS = N_("Tags")
CRITERIA = (
    Criterion(
        "tag", TAGS, N_("Tag"), N_("tagged %(tag)s"), N_("not tagged %(tag)s"), _tag,
        (Field("tag", FieldKind.PICK, N_("Tag"), options),), Capability.SEGMENT_READ, narrows=True,
    ),
)  # fmt: skip
