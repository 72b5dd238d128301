"""Who can be given a visit or a follow-up: people with an account who see it, and whom the actor works with."""

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory.models import COOPERATIVE
from pepperchain.visits.queries import Colleague

COLLEAGUES_MAX = 200


async def colleagues(actor: Actor, *, township_id: int | None, cooperative_id: int | None) -> list[Colleague]:
    """The actor first. A cooperative's people choose among themselves, the district's among officers, technicians and it."""
    theirs = "(u.role IN :cooperative_roles AND u.organization_id = :cooperative)"
    params = {
        "cooperative_roles": sorted(role.value for role in COOPERATIVE),
        "cooperative": cooperative_id or 0,
        "me": actor.user_id or 0,
        "most": COLLEAGUES_MAX,
    }
    if actor.role not in COOPERATIVE:
        theirs = (
            f"({theirs} OR u.role = :officer OR (u.role = :technician AND EXISTS (SELECT 1 FROM accounts_user_township t"
            " WHERE t.user_id = u.id AND t.township_id = :township)))"
        )
        params |= {"officer": "committee", "technician": "technician", "township": township_id or 0}
    return await db.fetch(
        Colleague,
        f"SELECT u.id, u.name FROM accounts_user u WHERE u.disabled_at IS NULL AND {theirs}"
        " ORDER BY u.id <> :me, u.role, u.name, u.id LIMIT :most",
        **params,
    )


async def colleague(
    actor: Actor, user_id: int | None, *, township_id: int | None, cooperative_id: int | None, field: str
) -> Colleague:
    """The chosen one, or the actor. Refused: somebody who could not see it."""
    if user_id is None or user_id == actor.user_id:
        return Colleague(actor.user_id or 0, actor.name)
    for each in await colleagues(actor, township_id=township_id, cooperative_id=cooperative_id):
        if each.id == user_id:
            return each
    raise Refused(N_("Choose one of the list."), field)
