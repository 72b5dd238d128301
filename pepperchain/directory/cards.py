"""A household's card: reported lost, found again, issued anew, printed. A lost number is never valid again once it was replaced."""

from collections.abc import Collection
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_
from pepperchain.directory import people, rules
from pepperchain.directory.card_queries import (
    CardRow,
    MergedCard,
    PrintedCard,
    cards_of,
    merged_card,
    printed,
)
from pepperchain.directory.household_queries import HouseholdDetail, get_household
from pepperchain.directory.matching_queries import visible

TABLE = "directory_card"
PRINTED_MAX = 3000
"""Cards in one file: more than the largest village has households."""
CHOSEN_MAX = 200

_LOST = (
    "INSERT INTO directory_card (household_id, township_id, serial, number, state, issued_at, lost_at)"
    " VALUES (:household, :township, 0, :number, 'lost', :issued_at, :now)"
    " ON CONFLICT (number) DO UPDATE SET state = 'lost', lost_at = excluded.lost_at"
)


@db.unit_of_work
async def report_lost(actor: Actor, *, household_id: int, number: str, now: datetime) -> None:
    """From now on the number is refused wherever it is shown: the household's, or that of one that was merged into it.

    Reported again, nothing more happens. Conflict: not the latest card.
    """
    household = await _held(actor, household_id)
    merged = await merged_card(household_id, rules.card_digits(number))
    if merged is None:
        _check_latest(household, number)
    lost_at = household.card_lost_at if merged is None else merged.lost_at
    if lost_at is not None:
        return
    card = merged or MergedCard(household_id, household.card_number, household.created_at, None)
    await db.execute(
        _LOST, household=card.household_id, township=household.township_id, number=card.number, issued_at=card.issued_at, now=now,
    )  # fmt: skip
    await _told(actor, "card.lost", household, {"card": card.number}, now=now)


@db.unit_of_work
async def found(actor: Actor, *, household_id: int, number: str, now: datetime) -> None:
    """The lost card turned up and is valid again. Refused: a new one was issued meanwhile."""
    household = await _held(actor, household_id)
    digits = rules.card_digits(number)
    merged = await merged_card(household_id, digits)
    if merged is None and digits != household.card_number:
        raise Refused(N_("A new card was issued since: the old one stays invalid."))
    if (household.card_lost_at if merged is None else merged.lost_at) is None:
        return
    await db.execute(
        "UPDATE directory_card SET state = 'active', lost_at = NULL WHERE number = :number", number=digits
    )
    await _told(actor, "card.found", household, {"card": digits}, now=now)


@db.unit_of_work
async def reissue(actor: Actor, *, household_id: int, number: str, now: datetime) -> str:
    """A new number in place of the lost `number`, and the same one when it is asked for again.

    Refused: the card was not reported lost, or there were a hundred already.
    """
    household = await _held(actor, household_id)
    issued = {card.number: card for card in await cards_of(household_id)}
    lost, latest = issued.get(rules.card_digits(number)), issued.get(household.card_number)
    if lost is not None and latest is not None and latest.serial == lost.serial + 1:
        return latest.number
    _check_latest(household, number)
    if lost is None or lost.lost_at is None:
        raise Refused(N_("Report the card lost first: then its number is refused."))
    new = await _issued_anew(household, lost, now=now)
    await _told(actor, "card.reissued", household, {"card": lost.number, "new_card": new}, now=now)
    return new


async def _issued_anew(household: HouseholdDetail, lost: CardRow, *, now: datetime) -> str:
    serial = lost.serial + 1
    if serial > rules.CARD_SERIAL_MAX:
        raise Refused(N_("This household has had a hundred cards. It cannot have another."))
    new = rules.card_number(household.id, serial)
    await db.execute(
        "UPDATE directory_card SET state = 'replaced' WHERE number = :number", number=lost.number
    )
    await db.insert_id(
        TABLE, household_id=household.id, township_id=household.township_id, serial=serial, number=new, state="active",
        issued_at=now,
    )  # fmt: skip
    await db.execute(
        "UPDATE directory_household SET card_number = :new WHERE id = :id", new=new, id=household.id
    )
    return new


@db.unit_of_work
async def print_out(
    actor: Actor, *, household_ids: Collection[int] = (), village_id: int | None = None, now: datetime
) -> list[PrintedCard]:
    """What stands on the cards of some households, or of a village's, with an entry in the trail. Lost cards are left out.

    Missing: none of them is the actor's. Refused: too many for one file.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    most = CHOSEN_MAX if village_id is None else PRINTED_MAX
    cards = await printed(actor, household_ids=household_ids, village_id=village_id, limit=most)
    if not cards:
        if not await visible(actor, household_ids):
            raise Missing()
        raise Refused(N_("No valid card to print: a lost card is issued anew first."))
    if len(cards) > most:
        raise Refused(N_("Not more than %(most)s cards at once. Choose fewer."), most=most)
    told = [
        trail.Told("card.printed", "household", card.household_id, card.township_id, {"card": card.number})
        for card in cards
    ]
    if village_id is not None:
        told = [trail.Told("card.printed", "area", village_id, cards[0].township_id, {"cards": len(cards)})]
    await trail.record_many(actor, told, now=now)
    return cards


async def _held(actor: Actor, household_id: int) -> HouseholdDetail:
    """The household, held so that two who report the same card wait for each other."""
    actor.require(Capability.DIRECTORY_EDIT)
    await get_household(actor, household_id)
    await db.lock("directory_household", [household_id])
    household = await get_household(actor, household_id)
    if household.ended_on is not None:
        raise Refused(N_("This household has ended."))
    return household


def _check_latest(household: HouseholdDetail, number: str) -> None:
    if rules.card_digits(number) != household.card_number:
        raise Conflict(N_("The household has another card by now. Look at it again."))


async def _told(
    actor: Actor, verb: str, household: HouseholdDetail, facts: dict[str, str], *, now: datetime
) -> None:
    """The head is found by what is valid now, and the trail says what happened."""
    await people.reindex(await get_household(actor, household.id))
    await trail.record(
        actor, verb, subject="household", subject_id=household.id, township_id=household.township_id, facts=facts, now=now
    )  # fmt: skip
