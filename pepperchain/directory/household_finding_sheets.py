"""Which household a row is about: by its card, else by an ID number, else by name and phone in the village."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pepperchain.access.actor import Actor
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import matching_queries, rules, sheet_queries
from pepperchain.directory.duplicates import fingerprint_of
from pepperchain.directory.matching_queries import Match, Matches, Snapshot
from pepperchain.directory.sheet_rules import group_number, spoken
from pepperchain.excel.reader import StagedRow


@dataclass(slots=True)
class Looked:
    """What the register knows of a chunk's rows."""

    cards: Matches = field(default_factory=dict)
    hashes: Matches = field(default_factory=dict)
    names: Matches = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    cooperatives: dict[str, int] = field(default_factory=dict)
    households: dict[int, Snapshot] = field(default_factory=dict)
    heads: dict[int, Snapshot] = field(default_factory=dict)
    plots: dict[int, list[Snapshot]] = field(default_factory=dict)


async def look_up(actor: Actor, rows: Sequence[StagedRow]) -> Looked:
    """Everything that these rows may be about, in a few queries."""
    looked = Looked(
        await matching_queries.by_card(actor, {card for row in rows if (card := text_of(row, "card"))}),
        await matching_queries.by_id_number({number for row in rows if (number := hash_of(row))}),
        await matching_queries.by_name(
            actor, {spoken(name) for row in rows if (name := text_of(row, "name"))}
        ),
    )
    groups = (looked.cards, looked.hashes, looked.names)
    found = {each.household_id for group in groups for many in group.values() for each in many}
    looked.seen = await matching_queries.visible(actor, found)
    named = sorted({name for row in rows if (name := text_of(row, "cooperative"))})
    looked.cooperatives = await sheet_queries.cooperatives_named(named)
    looked.households = await matching_queries.households_as_they_are(looked.seen)
    heads = [each["head_id"] for each in looked.households.values()]
    looked.heads = await matching_queries.people_as_they_are(heads)
    for plot in (await matching_queries.plots_as_they_are(looked.seen)).values():
        looked.plots.setdefault(plot["household_id"], []).append(plot)
    return looked


def match_of(row: StagedRow, village_id: int | None, looked: Looked) -> Match | None:
    """The household that is there already. Refused: it could be several, or none of the actor's."""
    if card := text_of(row, "card"):
        return _by_card(card, looked)
    if number := hash_of(row):
        match = _by_id_number(looked.hashes.get(number, []), looked)
        if match is not None:
            return match
    if village_id is None or not text_of(row, "name"):
        return None
    return _by_name(row, village_id, looked)


def _by_card(card: str, looked: Looked) -> Match:
    if not rules.is_card_number(card):
        raise Refused(N_("This is no card number: a digit is missing or mistyped."), "card")
    matches = looked.cards.get(card)
    if not matches or matches[0].ended_on is not None:
        raise Refused(N_("No such household among yours."), "card")
    matches[0].check_card()
    return matches[0]


def _by_id_number(matches: Sequence[Match], looked: Looked) -> Match | None:
    if not matches:
        return None
    if any(each.household_id not in looked.seen for each in matches):
        raise Refused(
            N_("Somebody with this ID number is entered already, but not among your households."), "id_number"
        )
    head = next((each for each in matches if each.is_head), None)
    if head is None:
        raise Refused(
            N_("%(name)s with this ID number belongs to the household of card %(card)s."), "id_number",
            name=matches[0].name, card=matches[0].card_number,
        )  # fmt: skip
    return head


def _by_name(row: StagedRow, village_id: int, looked: Looked) -> Match | None:
    alike = [
        each
        for each in looked.names.get(spoken(text_of(row, "name") or ""), [])
        if each.is_head and each.village_id == village_id and each.ended_on is None
    ]
    known_by, phone = hash_of(row), text_of(row, "phone")
    alike = [each for each in alike if known_by is None or each.id_number_hash in (None, known_by)]
    if phone is not None and len(same := [each for each in alike if each.phone == phone]) == 1:
        return same[0]
    if row.values.get("confirmed"):
        return None
    group = text_of(row, "group")
    number = None if group is None else group_number(group)
    alike = [each for each in alike if number is None or each.group_number in (None, number)]
    if not alike:
        return None
    if len(alike) > 1:
        raise Refused(
            N_("%(count)s households of this name are in the village: write the card number."),
            "name",
            count=len(alike),
        )
    if phone is None or alike[0].phone is None:
        return alike[0]
    raise Refused(
        N_(
            "%(head)s is in this village already with another phone (card %(card)s). "
            "Write the card number to change it, or Yes in the column Another household."
        ),
        "phone", head=alike[0].name, card=alike[0].card_number,
    )  # fmt: skip


def text_of(row: StagedRow, key: str) -> str | None:
    """A cell as text, a card number without its spaces."""
    value = row.values.get(key)
    if value is None:
        return None
    return "".join(str(value).split()) if key == "card" else str(value)


def hash_of(row: StagedRow) -> str | None:
    """What the ID number of a row is matched by."""
    number = row.values.get("id_number")
    return None if number is None else fingerprint_of("id_number", str(number))
