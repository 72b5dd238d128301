"""Users: made, changed, closed and opened again by administrators; their own preferences by themselves."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import sessions, user_queries
from pepperchain.accounts.passwords import Secret
from pepperchain.accounts.rules import Belonging, fitting, kept_request, require_belonging
from pepperchain.accounts.user_queries import UserDetail
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.words import N_

PHONE_TAKEN = N_("This phone number already has an account.")


@db.unit_of_work
async def create(
    actor: Actor,
    *,
    request_id: UUID,
    phone: str,
    name: str,
    role: Role,
    belonging: Belonging,
    secret: Secret,
    language: Literal["zh", "en"] = "zh",
    now: datetime,
) -> int:
    """A user who may sign in; the id. The same request twice is one user. Growers begin with large type."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    kept = await require_fitting(role, belonging)
    made = await insert(
        request_id=request_id,
        phone=phone,
        name=name,
        role=role,
        kept=kept,
        secret=secret,
        language=language,
        now=now,
    )
    if made is None:
        return await _made_before(request_id, phone)
    facts = {"phone_tail": phone[-4:], "role": role, "organization_id": kept.organization_id}
    await trail.record(actor, "user.created", subject="user", subject_id=made, facts=facts, now=now)
    return made


async def insert(
    *,
    request_id: UUID,
    phone: str,
    name: str,
    role: Role,
    kept: Belonging,
    secret: Secret,
    language: Literal["zh", "en"],
    now: datetime,
) -> int | None:
    """The row of a new user; None if the phone or the request has one. For verbs that have required a right and leave an audit row."""
    made = await db.returning(
        "INSERT INTO accounts_user (request_id, phone, phone_reversed, name, role, organization_id, household_id, password_hash,"
        " password_one_time, password_request_id, password_changed_at, language, unit, large_type, created_at)"
        " VALUES (:request_id, :phone, :phone_reversed, :name, :role, :organization_id, :household_id, :password_hash,"
        " :password_one_time, :request_id, :now, :language, 'kg', :large_type, :now) ON CONFLICT DO NOTHING RETURNING id",
        request_id=kept_request(request_id),
        phone=phone,
        phone_reversed=phone[::-1],
        name=name,
        role=role,
        organization_id=kept.organization_id,
        household_id=kept.household_id,
        password_hash=secret.hash,
        password_one_time=secret.one_time,
        language=language,
        large_type=role is Role.GROWER,
        now=now,
    )
    if made is None:
        return None
    await _put_townships(made[0], kept)
    return int(made[0])


async def _made_before(request_id: UUID, phone: str) -> int:
    user_id = await db.scalar(
        "SELECT id FROM accounts_user WHERE request_id = :request_id AND phone = :phone",
        request_id=kept_request(request_id),
        phone=phone,
    )
    if user_id is None:
        raise Refused(PHONE_TAKEN, "phone")
    return int(user_id)


@db.unit_of_work
async def change(actor: Actor, *, user_id: int, version: int, name: str, phone: str, now: datetime) -> None:
    """Another name or phone number. A new number ends the user's sessions: someone else may hold the old one."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    user = await unchanged(actor, user_id, version)
    if (
        user.phone != phone
        and await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone) is not None
    ):
        raise Refused(PHONE_TAKEN, "phone")
    await db.execute(
        "UPDATE accounts_user SET name = :name, phone = :phone, phone_reversed = :phone_reversed, version = version + 1"
        " WHERE id = :id",
        name=name,
        phone=phone,
        phone_reversed=phone[::-1],
        id=user_id,
    )
    if user.phone != phone:
        await sessions.end_all_of(user_id)
    facts = _changes(name=(user.name, name), phone_tail=(user.phone[-4:], phone[-4:]))
    await trail.record(actor, "user.changed", subject="user", subject_id=user_id, facts=facts, now=now)


@db.unit_of_work
async def set_role(
    actor: Actor,
    *,
    user_id: int,
    version: int,
    role: Role,
    belonging: Belonging,
    proposed_by: int | None = None,
    now: datetime,
) -> None:
    """Another role, or the same for another organization, household or townships. It holds from the user's next click.

    `proposed_by` is whoever wanted it, where a second person carries it out.
    """
    actor.require(Capability.ACCOUNT_ADMINISTER)
    user = await unchanged(actor, user_id, version)
    require_others_role(actor, user_id, user.role, role)
    kept = await require_fitting(role, belonging)
    await db.execute(
        "UPDATE accounts_user SET role = :role, organization_id = :organization_id, household_id = :household_id,"
        " version = version + 1 WHERE id = :id",
        role=role,
        organization_id=kept.organization_id,
        household_id=kept.household_id,
        id=user_id,
    )
    await db.execute("DELETE FROM accounts_user_township WHERE user_id = :id", id=user_id)
    await _put_townships(user_id, kept)
    facts = _changes(
        role=(user.role, role),
        organization_id=(user.organization_id, kept.organization_id),
        household_id=(user.household_id, kept.household_id),
        township_ids=(list(user.township_ids), list(kept.township_ids)),
    )
    if proposed_by is not None:
        facts["proposed_by"] = proposed_by
    await trail.record(actor, "user.role_set", subject="user", subject_id=user_id, facts=facts, now=now)


@db.unit_of_work
async def disable(actor: Actor, *, user_id: int, now: datetime) -> None:
    """The user is signed out everywhere and cannot sign in; their tokens are dead. Doing it twice changes nothing."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    user = await unchanged(actor, user_id, None)
    if user_id == actor.user_id:
        raise Refused(N_("Nobody closes their own account. Another administrator can."))
    if user.disabled_at is not None:
        return
    await db.execute(
        "UPDATE accounts_user SET disabled_at = :now, version = version + 1 WHERE id = :id",
        now=now,
        id=user_id,
    )
    await sessions.end_all_of(user_id)
    await trail.record(actor, "user.disabled", subject="user", subject_id=user_id, now=now)


@db.unit_of_work
async def enable(actor: Actor, *, user_id: int, now: datetime) -> None:
    """The user may sign in again."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    user = await unchanged(actor, user_id, None)
    if user.disabled_at is None:
        return
    await db.execute(
        "UPDATE accounts_user SET disabled_at = NULL, version = version + 1 WHERE id = :id", id=user_id
    )
    await trail.record(actor, "user.enabled", subject="user", subject_id=user_id, now=now)


@db.unit_of_work
async def prefer(
    actor: Actor,
    *,
    name: str,
    language: Literal["zh", "en"],
    unit: Literal["kg", "jin"],
    large_type: bool,
    now: datetime,
) -> None:
    """The actor's own name and preferences."""
    actor.require(Capability.ACCOUNT_OWN)
    before = await user_queries.get_user(actor, actor.user_id or 0)
    await db.execute(
        "UPDATE accounts_user SET name = :name, language = :language, unit = :unit, large_type = :large_type,"
        " version = version + 1 WHERE id = :id",
        name=name,
        language=language,
        unit=unit,
        large_type=large_type,
        id=actor.user_id,
    )
    facts = _changes(
        name=(before.name, name),
        language=(before.language, language),
        unit=(before.unit, unit),
        large_type=(before.large_type, large_type),
    )
    await trail.record(
        actor, "user.preferred", subject="user", subject_id=actor.user_id, facts=facts, now=now
    )


def require_others_role(actor: Actor, user_id: int, was: Role, role: Role) -> None:
    """Refuses to change one's own role."""
    if user_id == actor.user_id and role is not was:
        raise Refused(N_("Nobody takes away their own role. Another administrator can."), "role")


async def unchanged(actor: Actor, user_id: int, version: int | None) -> UserDetail:
    """The user, safe from others until the unit ends. A form that was filled in before another's change is a Conflict."""
    await db.lock("accounts_user", [user_id])
    user = await user_queries.get_user(actor, user_id)
    if version is not None and user.version != version:
        raise Conflict(
            N_(
                "Someone changed this user while you were typing. Reload to see the change, then repeat yours."
            )
        )
    return user


async def require_fitting(role: Role, belonging: Belonging) -> Belonging:
    """What of the belonging the role has use for. Refuses a role without what its scope is made of."""
    kind = None
    if belonging.organization_id is not None:
        kind = await db.scalar(
            "SELECT kind FROM directory_organization WHERE id = :id", id=belonging.organization_id
        )
    require_belonging(role, belonging, kind)
    return fitting(role, belonging)


async def _put_townships(user_id: int, belonging: Belonging) -> None:
    rows = [
        {"user_id": user_id, "township_id": township_id}
        for township_id in sorted(set(belonging.township_ids))
    ]
    await db.execute_many(
        "INSERT INTO accounts_user_township (user_id, township_id) VALUES (:user_id, :township_id)", rows
    )


def _changes(**pairs: tuple[object, object]) -> dict[str, Any]:
    """Old and new of what differs."""
    return {name: [old, new] for name, (old, new) in pairs.items() if old != new}
