"""Who sees what of this room's tables, in the words that its models put together."""

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role

EVERYWHERE = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})
_KEEPERS = frozenset({Role.COOP_LEADER, Role.COOP_CLERK, Role.STOREKEEPER})


def is_keeper(actor: Actor) -> bool:
    """Whether somebody keeps pepper for an organization."""
    return actor.role in _KEEPERS and actor.organization_id is not None


def own(actor: Actor) -> dict[str, int | None]:
    """The parameter that clauses about the actor's organization read."""
    return {"scope_org": actor.organization_id}
