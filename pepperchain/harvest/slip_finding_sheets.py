"""Whose pepper a row of weigh-ins is about: by a card, by a phone and name, or by a name that only one household has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pepperchain.access.actor import Actor
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import matching_queries
from pepperchain.directory.matching_queries import Match, Matches, PlotMatch
from pepperchain.directory.rules import is_card_number
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.reader import StagedRow


@dataclass(slots=True)
class Found:
    """What the register knows of a chunk's households."""

    cards: Matches = field(default_factory=dict)
    phones: Matches = field(default_factory=dict)
    names: Matches = field(default_factory=dict)
    plots: Mapping[int, list[PlotMatch]] = field(default_factory=dict)


async def look_up(actor: Actor, rows: Sequence[StagedRow]) -> Found:
    """Everything that these rows may be about, in a few queries."""
    cards = {card for row in rows if (card := card_of(row))}
    others = [row for row in rows if not card_of(row)]
    phones = {str(row.values["phone"]) for row in others if row.values.get("phone")}
    names = {
        spoken(str(row.values["name"]))
        for row in others
        if row.values.get("name") and not row.values.get("phone")
    }
    found = Found(
        await matching_queries.by_card(actor, cards),
        await matching_queries.by_phone(actor, phones),
        await matching_queries.by_name(actor, names),
    )
    households = {
        match.household_id
        for group in (found.cards, found.phones, found.names)
        for each in group.values()
        for match in each
    }
    found.plots = await matching_queries.plots_of(households)
    return found


def card_of(row: StagedRow) -> str | None:
    """A card number without its spaces, if one is written."""
    written = row.values.get("card")
    return "".join(str(written).split()) if written else None


def household_of(row: StagedRow, found: Found) -> Match:
    """The household that a row is about: by its card, by a phone and name, or by a name that only one has."""
    card, phone, name = card_of(row), row.values.get("phone"), row.values.get("name")
    if card is not None:
        if not is_card_number(card):
            raise Refused(N_("This is no card number: a digit is missing or mistyped."), "card")
        matches = found.cards.get(card, [])
        if matches:
            matches[0].check_card()
        if matches and name and spoken(str(name)) != spoken(matches[0].name):
            raise Refused(
                N_("This card is %(head)s's. Correct the card number or the name."),
                "card",
                head=matches[0].name,
            )
        return _only(matches, "card")
    if phone is not None:
        matches = [
            each
            for each in found.phones.get(str(phone), [])
            if not name or spoken(each.name) == spoken(str(name))
        ]
        return _only(matches, "phone")
    if name is None:
        raise Refused(N_("Write whose pepper this is: a card number, or a name and phone."), "name")
    return _only(found.names.get(spoken(str(name)), []), "name")


def _only(matches: Sequence[Match], column: str) -> Match:
    households = {match.household_id: match for match in matches if match.ended_on is None}
    if not households:
        raise Refused(N_("No such household among yours."), column)
    if len(households) > 1:
        raise Refused(
            N_("%(count)s households fit this. Write the card number as well."), column, count=len(households)
        )
    return next(iter(households.values()))
