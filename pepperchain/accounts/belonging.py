"""From what an administrator types to what a user belongs to: an organization by name or credit code, a household by its card."""

from pepperchain.access.actor import Actor
from pepperchain.accounts.rules import Belonging
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import queries
from pepperchain.directory.organization_queries import named


async def found(
    actor: Actor, *, organization: str | None, household_card: str | None, township_ids: tuple[int, ...]
) -> Belonging:
    """The belonging that is meant. Raises Refused, at the field, for what is not found or could be several."""
    known = {area.id for area in await queries.townships()}
    if not known.issuperset(township_ids):
        raise Refused(N_("Choose one of the list."), "township_ids")
    household_id = None
    if household_card is not None:
        head = await queries.household_by_card(actor, household_card)
        if head is None:
            raise Refused(N_("No household has this card."), "household_card")
        household_id = head.household_id
    organization_id = await named(organization, field="organization") if organization is not None else None
    return Belonging(organization_id, household_id, township_ids)
