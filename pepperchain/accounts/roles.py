"""Changes of role: done at once, or, where the installation wants it, by two administrators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import approvals, user_queries, users
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.accounts.rules import Belonging
from pepperchain.accounts.user_queries import UserDetail
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.words import N_
from pepperchain.settings import settings


@db.unit_of_work
async def change(
    actor: Actor,
    *,
    user_id: int,
    version: int,
    role: Role,
    belonging: Belonging,
    request_id: UUID,
    now: datetime,
) -> bool:
    """Whether it holds already; if not, it waits for another administrator."""
    if not settings().section("accounts")["roles_by_two"]:
        await users.set_role(actor, user_id=user_id, version=version, role=role, belonging=belonging, now=now)
        return True
    actor.require(Capability.ACCOUNT_ADMINISTER)
    user = await users.unchanged(actor, user_id, version)
    users.require_others_role(actor, user_id, user.role, role)
    kept = await users.require_fitting(role, belonging)
    await approvals.propose(
        actor,
        CHANGE,
        request_id=request_id,
        subject_id=str(user_id),
        payload=_payload(user, role, kept),
        now=now,
    )
    return False


def _payload(user: UserDetail, role: Role, kept: Belonging) -> dict[str, list[Any]]:
    return {
        "role": [user.role.value, role.value],
        "organization_id": [user.organization_id, kept.organization_id],
        "household_id": [user.household_id, kept.household_id],
        "township_ids": [list(user.township_ids), list(kept.township_ids)],
    }


async def _carry_out(
    actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: datetime
) -> None:
    """Only if the account still is what it was when this was proposed."""
    user = await user_queries.get_user(actor, int(subject_id))
    was: Sequence[Any] = (user.role.value, user.organization_id, user.household_id, list(user.township_ids))
    names = ("role", "organization_id", "household_id", "township_ids")
    if [payload[name][0] for name in names] != list(was):
        raise Conflict(
            N_("The account was changed since this was proposed. Decline it, and let it be proposed anew.")
        )
    role, organization_id, household_id, township_ids = (payload[name][1] for name in names)
    await users.set_role(
        actor,
        user_id=user.id,
        version=user.version,
        role=Role(role),
        belonging=Belonging(organization_id, household_id, tuple(township_ids)),
        proposed_by=proposed_by,
        now=now,
    )


CHANGE = Approvable(
    what="user.role",
    words=N_("Change of a role"),
    subject="user",
    needs=Capability.ACCOUNT_ADMINISTER,
    verb="user.role_set",
    act=_carry_out,
)
