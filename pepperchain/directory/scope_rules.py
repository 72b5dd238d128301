"""Whose rows an actor sees: the one rule for everything that tells of a household. Pure."""

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

SEES_ALL = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})
COOPERATIVE = frozenset({Role.COOP_LEADER, Role.COOP_CLERK})


def growers_of(actor: Actor, alias: str, household: str) -> Clause:
    """Rows of its own cooperative's members, of assigned townships, all of them, or of its own household."""
    if actor.role in SEES_ALL:
        return EVERYTHING
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        return Clause(f"{alias}.cooperative_id = :scope_org", {"scope_org": actor.organization_id})
    if actor.role is Role.TECHNICIAN and actor.township_ids:
        return Clause(f"{alias}.township_id IN :scope_townships", {"scope_townships": actor.township_ids})
    if actor.role is Role.GROWER and actor.household_id is not None:
        return Clause(f"{alias}.{household} = :scope_household", {"scope_household": actor.household_id})
    return NOTHING
