"""Reads of invitations: the one that a link opens, and those that are open."""

from dataclasses import dataclass
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import rules
from pepperchain.accounts.models import Invitation
from pepperchain.core import db

_OPEN = "i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > :now"


@dataclass(frozen=True, slots=True)
class Invited:
    """A living invitation, as the invited reads it."""

    id: int
    phone: str
    role: Role
    organization_id: int | None
    organization: str | None
    household_id: int | None
    household_card: str | None
    inviter_id: int
    inviter: str
    expires_at: int
    township_ids: tuple[int, ...]


async def by_secret(secret: str, *, now: datetime) -> Invited | None:
    """What a link opens: not over, not taken back, and its inviter could still give it."""
    rows = await db.tuples(
        "SELECT i.id, i.phone, i.role, i.organization_id, o.name, i.household_id, h.card_number, i.inviter_id, u.name, i.expires_at,"
        " u.role, i.cooperative_id, u.organization_id, h.cooperative_id FROM accounts_invitation i"
        " JOIN accounts_user u ON u.id = i.inviter_id LEFT JOIN directory_organization o ON o.id = i.organization_id"
        " LEFT JOIN directory_household h ON h.id = i.household_id"
        f" WHERE i.secret_hash = :hash AND u.disabled_at IS NULL AND {_OPEN}",
        hash=rules.hashed_secret(secret),
        now=now,
    )
    if not rows:
        return None
    *known, inviter_role, cooperative_id, inviters_id, members_id = rows[0]
    id, phone, role, organization_id, organization, household_id, card, inviter_id, inviter, expires_at = (
        known
    )
    if not rules.may_invite(Role(inviter_role), Role(role)):
        return None
    if cooperative_id is not None and (
        cooperative_id != inviters_id or (household_id is not None and members_id != cooperative_id)
    ):
        return None  # the leader leads another cooperative now, or the household has left
    townships = await db.tuples(
        "SELECT township_id FROM accounts_invitation_township WHERE invitation_id = :id ORDER BY township_id",
        id=id,
    )
    return Invited(
        id, phone, Role(role), organization_id, organization, household_id, card, inviter_id, inviter, expires_at,
        tuple(row[0] for row in townships),
    )  # fmt: skip


async def accepted_by(secret: str, request_id: object) -> bool:
    """Whether this very form made an account by this link a moment ago."""
    found = await db.scalar(
        "SELECT 1 FROM accounts_invitation i JOIN accounts_user u ON u.id = i.user_id"
        " WHERE i.secret_hash = :hash AND u.request_id = :request_id",
        hash=rules.hashed_secret(secret),
        request_id=request_id,
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A line of the list of open invitations."""

    id: int
    phone: str
    role: Role
    organization: str | None
    household_card: str | None
    inviter: str
    created_at: int
    expires_at: int


async def open_invitations(
    actor: Actor, *, before: int | None, now: datetime, limit: int
) -> list[InvitationRow]:
    """Invitations that nobody has taken up yet, the newest first. `before` is the last row's id."""
    scope = Invitation.visible_to(actor, "i")
    after = "" if before is None else " AND i.id < :before"
    return await db.fetch(
        lambda id, phone, role, *rest: InvitationRow(id, phone, Role(role), *rest),
        "SELECT i.id, i.phone, i.role, o.short_name, h.card_number, u.name, i.created_at, i.expires_at FROM accounts_invitation i"
        " JOIN accounts_user u ON u.id = i.inviter_id LEFT JOIN directory_organization o ON o.id = i.organization_id"
        " LEFT JOIN directory_household h ON h.id = i.household_id"
        f" WHERE {_OPEN} AND {scope.sql}{after} ORDER BY i.id DESC LIMIT :limit",
        now=now,
        limit=limit,
        **({} if before is None else {"before": before}),
        **scope.params,
    )
