"""Which of the actor's households a row names: by a card, by a phone and name, or by a name that only one household has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pepperchain.access.actor import Actor
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import matching_queries
from pepperchain.directory.matching_queries import Match, Matches
from pepperchain.directory.rules import is_card_number
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.reader import StagedRow

NOBODY = N_("Write which household this is: a card number, or the head's name and phone.")


@dataclass(frozen=True, slots=True)
class Named:
    """The columns in which a sheet names a household, and what is said when all of them are empty."""

    name: str = "name"
    phone: str = "phone"
    card: str = "card"
    nobody: str = NOBODY


@dataclass(slots=True)
class Found:
    """What the register knows of a chunk's households."""

    cards: Matches = field(default_factory=dict)
    phones: Matches = field(default_factory=dict)
    names: Matches = field(default_factory=dict)

    @property
    def households(self) -> set[int]:
        """Every household that a row may be about."""
        groups: Sequence[Mapping[str, Sequence[Match]]] = (self.cards, self.phones, self.names)
        return {match.household_id for group in groups for each in group.values() for match in each}


async def look_up(actor: Actor, rows: Sequence[StagedRow], named: Named) -> Found:
    """Every household that these rows may be about, in a few queries."""
    cards = {card for row in rows if (card := card_of(row, named))}
    others = [row for row in rows if not card_of(row, named)]
    phones = {str(row.values[named.phone]) for row in others if row.values.get(named.phone)}
    names = {
        spoken(str(row.values[named.name]))
        for row in others
        if row.values.get(named.name) and not row.values.get(named.phone)
    }
    return Found(
        await matching_queries.by_card(actor, cards),
        await matching_queries.by_phone(actor, phones),
        await matching_queries.by_name(actor, names),
    )


def card_of(row: StagedRow, named: Named) -> str | None:
    """A card number without its spaces, if one is written."""
    written = row.values.get(named.card)
    return "".join(str(written).split()) if written else None


def household_of(row: StagedRow, found: Found, named: Named) -> Match:
    """The household that a row is about. Refused: none of the actor's, or it could be several."""
    card, phone, name = card_of(row, named), row.values.get(named.phone), row.values.get(named.name)
    if card is not None:
        if not is_card_number(card):
            raise Refused(N_("This is no card number: a digit is missing or mistyped."), named.card)
        matches = found.cards.get(card, [])
        if matches:
            matches[0].check_card()
        if matches and name and spoken(str(name)) != spoken(matches[0].name):
            raise Refused(
                N_("This card is %(head)s's. Correct the card number or the name."),
                named.card,
                head=matches[0].name,
            )
        return _only(matches, named.card)
    if phone is not None:
        matches = [
            each
            for each in found.phones.get(str(phone), [])
            if not name or spoken(each.name) == spoken(str(name))
        ]
        return _only(matches, named.phone)
    if name is None:
        raise Refused(named.nobody, named.name)
    return _only(found.names.get(spoken(str(name)), []), named.name)


def _only(matches: Sequence[Match], column: str) -> Match:
    households = {match.household_id: match for match in matches if match.ended_on is None}
    if not households:
        raise Refused(N_("No such household among yours."), column)
    if len(households) > 1:
        raise Refused(
            N_("%(count)s households fit this. Write the card number as well."), column, count=len(households)
        )
    return next(iter(households.values()))
