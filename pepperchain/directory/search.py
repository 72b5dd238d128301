"""Whom somebody means who types a name, the end of a phone or a card number into a form."""

from pepperchain.access.actor import Actor
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory.queries import GrowerHit, search_growers

CANDIDATES_MAX = 6


async def person_meant(actor: Actor, typed: str, field: str) -> int:
    """The one person. Refused: nobody, or several."""
    hits = await search_growers(actor, typed, limit=CANDIDATES_MAX)
    fitting = [hit for hit in hits if hit.name == typed] or hits
    _check(fitting, len(fitting), field)
    return fitting[0].person_id


async def household_meant(actor: Actor, typed: str, field: str = "household") -> int:
    """The one household that a person of it is named of. Refused: nobody, or several."""
    hits = await search_growers(actor, typed, limit=CANDIDATES_MAX)
    fitting = [hit for hit in hits if hit.name == typed] or hits
    _check(fitting, len({hit.household_id for hit in fitting}), field)
    return fitting[0].household_id


def _check(found: list[GrowerHit], count: int, field: str) -> None:
    if not found:
        raise Refused(N_("Nobody of yours is called so. Try the end of the phone number."), field)
    if count > 1:
        names = ", ".join(f"{hit.name} {hit.village} {hit.phone_tail or hit.card_number}" for hit in found)
        raise Refused(
            N_("Several may be meant: %(names)s. Write the phone number or the card number."),
            field,
            names=names,
        )
