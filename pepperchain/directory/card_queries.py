"""Whose card a number is on: the one look-up of everything that is typed, scanned, imported or sent by a program."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import rules
from pepperchain.directory.models import Household

IN_USE = (
    "CASE WHEN NOT EXISTS (SELECT 1 FROM directory_card lost_card WHERE lost_card.number = h.card_number"
    " AND lost_card.lost_at IS NOT NULL) THEN h.card_number END"
)
"""A household's card number as SQL, NULL while the card is lost."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The household that a card was issued to, and since when the card is reported lost, if it is."""

    household_id: int
    lost_at: int | None

    def check(self, field: str | None = None) -> None:
        """Refuses a card that is lost, whether or not a new one was issued since."""
        if self.lost_at is not None:
            raise lost(self.lost_at, field)


def lost(at_ms: int, field: str | None = None) -> Refused:
    """What is said of a lost card wherever one is shown."""
    return Refused(
        N_(
            "This card was reported lost on %(on)s and is no longer valid. Ask for the new one, or find the grower by name."
        ),
        field,
        on=clock.local_day(clock.from_ms(at_ms)),
    )


_NOW = " JOIN directory_household h ON h.id = COALESCE(issued.merged_into_id, issued.id)"


async def holders(actor: Actor, cards: Collection[str]) -> Mapping[str, Holder]:
    """By number as it was written, for the cards of households that the actor sees, of all that were ever issued.

    The cards of a household that was merged are held by the one that stayed.
    """
    numbers = {card: number for card in cards if rules.is_card_number(number := rules.card_digits(card))}
    if not numbers:
        return {}
    seen = Household.visible_to(actor, "h")
    rows = await db.tuples(
        f"SELECT issued.card_number, h.id, k.lost_at FROM directory_household issued{_NOW}"
        f" LEFT JOIN directory_card k ON k.number = issued.card_number WHERE issued.card_number IN :cards AND {seen.sql}"
        " UNION ALL SELECT k.number, h.id, k.lost_at FROM directory_card k"
        f" JOIN directory_household issued ON issued.id = k.household_id{_NOW}"
        f" WHERE k.number IN :cards AND k.state = 'replaced' AND {seen.sql}",
        cards=sorted(set(numbers.values())),
        **seen.params,
    )
    found = {number: Holder(household_id, lost_at) for number, household_id, lost_at in rows}
    return {card: found[number] for card, number in numbers.items() if number in found}


async def holder(actor: Actor, card: str) -> Holder | None:
    """The same for one; None for what is no card of a household that the actor sees."""
    return (await holders(actor, [card])).get(card)


async def lost_at(actor: Actor, text: str) -> int | None:
    """When the card whose number was typed into a search was reported lost; None for everything else."""
    found = await holder(actor, text)
    return None if found is None else found.lost_at


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card that something happened to."""

    serial: int
    number: str
    state: str
    issued_at: int
    lost_at: int | None


async def cards_of(household_id: int) -> list[CardRow]:
    """The cards of a household that the actor was found to see, the latest first; none if its first was never lost."""
    return await db.fetch(
        CardRow,
        "SELECT k.serial, k.number, k.state, k.issued_at, k.lost_at FROM directory_card k WHERE k.household_id = :household"
        " ORDER BY k.serial DESC",
        household=household_id,
    )


@dataclass(frozen=True, slots=True)
class MergedCard:
    """The latest card of a household that was merged into another, which finds that one."""

    household_id: int
    number: str
    issued_at: int
    lost_at: int | None


async def merged_card(household_id: int, number: str) -> MergedCard | None:
    """The card of this number, if a household that was merged into this one had it."""
    return await db.fetch_one(
        MergedCard,
        "SELECT h.id, h.card_number, h.created_at, k.lost_at FROM directory_household h"
        " LEFT JOIN directory_card k ON k.number = h.card_number"
        " WHERE h.merged_into_id = :household AND h.card_number = :number",
        household=household_id,
        number=number,
    )


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """What stands on a card."""

    household_id: int
    number: str
    name: str
    village: str
    village_en: str
    township_id: int
    township: str
    township_en: str
    group_number: int | None
    cooperative: str | None


_PRINTED = (
    "SELECT h.id, h.card_number, p.name, v.name, v.name_en, h.township_id, t.name, t.name_en, h.group_number, o.name"
    " FROM directory_household h JOIN directory_person p ON p.id = h.head_id JOIN directory_area v ON v.id = h.village_id"
    " JOIN directory_area t ON t.id = h.township_id LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
)


async def printed(
    actor: Actor, *, household_ids: Collection[int] = (), village_id: int | None = None, limit: int
) -> list[PrintedCard]:
    """The valid cards of the given households, or of a whole village, by village group; `limit` and one more at most."""
    seen = Household.visible_to(actor, "h")
    which = "h.village_id = :village" if village_id is not None else "h.id IN :ids"
    params = {"village": village_id} if village_id is not None else {"ids": list(household_ids)}
    return await db.fetch(
        PrintedCard,
        f"{_PRINTED} WHERE {which} AND h.ended_on IS NULL AND {IN_USE} IS NOT NULL AND {seen.sql}"
        " ORDER BY h.village_id, COALESCE(h.group_number, 0), h.id LIMIT :most",
        most=limit + 1,
        **params,
        **seen.params,
    )


async def in_use(household_ids: Collection[int]) -> Mapping[int, str]:
    """The numbers that households the actor was found to see are weighed in by; those whose card is lost are left out."""
    if not household_ids:
        return {}
    rows = await db.tuples(
        f"SELECT h.id, {IN_USE} FROM directory_household h WHERE h.id IN :ids", ids=list(household_ids)
    )
    return {id: number for id, number in rows if number is not None}
