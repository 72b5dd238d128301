"""From what an administrator types to what a user belongs to: an organization by name or credit code, a household by its card."""

from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.accounts.rules import Belonging
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import queries, rules

CANDIDATES_MAX = 20
NAMES_TOLD = 4
_AFTER_EVERY_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Organization:
    id: int
    name: str
    short_name: str
    credit_code: str | None

    @property
    def names(self) -> set[str]:
        return {self.name.casefold(), self.short_name.casefold(), (self.credit_code or "").casefold()}


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
    organization_id = await _organization(organization) if organization is not None else None
    return Belonging(organization_id, household_id, township_ids)


async def _organization(typed: str) -> int:
    candidates = await _candidates(typed)
    exact = [one for one in candidates if typed.casefold() in one.names]
    fitting = exact or candidates
    if not fitting:
        raise Refused(N_("No organization is called so."), "organization")
    if len(fitting) > 1:
        names = ", ".join(one.name for one in fitting[:NAMES_TOLD])
        raise Refused(
            N_("Several are called so: %(names)s. Write the whole name, or the credit code."),
            "organization",
            names=names,
        )
    return fitting[0].id


async def _candidates(typed: str) -> list[_Organization]:
    term = typed.replace(" ", "").casefold()[: rules.TERM_LENGTH_MAX]
    return await db.fetch(
        _Organization,
        "SELECT o.id, o.name, o.short_name, o.credit_code FROM directory_organization o WHERE o.ended_on IS NULL AND o.id IN ("
        "SELECT organization_id FROM directory_organization_term WHERE term >= :start AND term < :stop"
        " UNION SELECT id FROM directory_organization WHERE credit_code = :code) ORDER BY o.id LIMIT :most",
        start=term,
        stop=term + _AFTER_EVERY_CHARACTER,
        code=typed.upper(),
        most=CANDIDATES_MAX,
    )
