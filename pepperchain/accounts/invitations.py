"""Invitations: a link by which somebody makes their own account, once, within some days, with the rights that the inviter may give."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import attempts, invitation_queries, queries, rules, sessions, users
from pepperchain.accounts.invitation_queries import Invited
from pepperchain.accounts.models import Invitation
from pepperchain.accounts.passwords import Secret
from pepperchain.accounts.rules import Belonging
from pepperchain.accounts.signing_in import Opened
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

SECRET_BYTES = 16
TOWNSHIPS = "INSERT INTO accounts_invitation_township (invitation_id, township_id) VALUES (:id, :township)"


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation and the secret of its link, which is shown this once."""

    id: int
    secret: str = field(repr=False)


@db.unit_of_work
async def invite(
    actor: Actor, *, request_id: UUID, phone: str, role: Role, belonging: Belonging, now: datetime
) -> Issued:
    """An invitation for this phone. The same request twice is one invitation, with the same link.

    A leader brings in clerks of the own cooperative and growers of its member households; an administrator anybody.
    """
    actor.require(Capability.ACCOUNT_INVITE)
    if not rules.may_invite(actor.role, role):
        raise Refused(N_("Your role does not invite people with this role."), "role")
    kept = await users.require_fitting(role, _own(actor, role, belonging))
    await _require_member(actor, kept)
    secret = _secret(request_id)
    made = await db.returning(
        "INSERT INTO accounts_invitation (request_id, secret_hash, inviter_id, cooperative_id, phone, role, organization_id,"
        " household_id, created_at, expires_at) VALUES (:request_id, :hash, :inviter_id, :cooperative_id, :phone, :role,"
        " :organization_id, :household_id, :now, :expires_at) ON CONFLICT DO NOTHING RETURNING id",
        request_id=rules.kept_request(request_id),
        hash=rules.hashed_secret(secret),
        inviter_id=actor.user_id,
        cooperative_id=_cooperative_of(actor),
        phone=phone,
        role=role,
        organization_id=kept.organization_id,
        household_id=kept.household_id,
        now=now,
        expires_at=now + timedelta(days=settings().section("accounts")["invitation_days"]),
    )
    if made is None:
        return Issued(await _made_before(actor, request_id), secret)
    await _require_new(actor, phone)
    await db.execute_many(TOWNSHIPS, [{"id": made[0], "township": each} for each in kept.township_ids])
    facts = {
        "phone_tail": phone[-4:],
        "role": role,
        "organization_id": kept.organization_id,
        "household_id": kept.household_id,
    }
    await trail.record(
        actor, "invitation.made", subject="invitation", subject_id=made[0], facts=facts, now=now
    )
    return Issued(int(made[0]), secret)


@db.unit_of_work
async def revoke(actor: Actor, *, invitation_id: int, now: datetime) -> None:
    """The link opens nothing any more. Doing it twice changes nothing."""
    actor.require(Capability.ACCOUNT_INVITE)
    scope = Invitation.visible_to(actor, "i")
    await db.lock("accounts_invitation", [invitation_id])
    rows = await db.tuples(
        f"SELECT i.revoked_at, i.accepted_at FROM accounts_invitation i WHERE i.id = :id AND {scope.sql}",
        id=invitation_id,
        **scope.params,
    )
    if not rows:
        raise Missing()
    revoked_at, accepted_at = rows[0]
    if accepted_at is not None:
        raise Refused(N_("It was taken up already. The account can be closed by an administrator."))
    if revoked_at is None:
        await db.execute(
            "UPDATE accounts_invitation SET revoked_at = :now WHERE id = :id", now=now, id=invitation_id
        )
        await trail.record(
            actor, "invitation.revoked", subject="invitation", subject_id=invitation_id, now=now
        )


async def opened(secret: str, *, address: str, now: datetime) -> Invited:
    """What the link opens, for whoever holds it. Guessing is counted; whatever opens nothing is Missing, whyever."""
    counted = await attempts.begin(phone=None, address=address, now=now)
    invited = await invitation_queries.by_secret(secret, now=now)
    if invited is None:
        raise Missing()
    await attempts.take_back(counted)
    return invited


@db.unit_of_work
async def accept(
    *,
    secret: str,
    request_id: UUID,
    name: str,
    password: Secret,
    language: Literal["zh", "en"],
    address: str,
    agent: str,
    now: datetime,
) -> Opened:
    """The invited has an account now, and is signed in. The link is used up."""
    invited = await invitation_queries.by_secret(secret, now=now)
    if invited is None:
        raise Missing()
    await db.lock("accounts_invitation", [invited.id])
    invited = await invitation_queries.by_secret(secret, now=now)  # somebody may have been quicker
    if invited is None:
        raise Missing()
    belonging = Belonging(invited.organization_id, invited.household_id, invited.township_ids)
    user_id = await users.insert(
        request_id=request_id, phone=invited.phone, name=name, role=invited.role,
        kept=await users.require_fitting(invited.role, belonging), secret=password, language=language, now=now,
    )  # fmt: skip
    if user_id is None:
        raise Refused(N_("Your mobile number has an account already. Sign in with it."))
    await db.execute(
        "UPDATE accounts_invitation SET accepted_at = :now, user_id = :user_id WHERE id = :id",
        now=now,
        user_id=user_id,
        id=invited.id,
    )
    token = await sessions.open_for(user_id, address=address, agent=agent, now=now)
    facts = {"phone_tail": invited.phone[-4:], "role": invited.role, "invited_by": invited.inviter_id}
    actor = await queries.actor_of_user(user_id)
    await trail.record(actor, "invitation.accepted", subject="user", subject_id=user_id, facts=facts, now=now)
    return Opened(token)


@db.unit_of_work
async def sweep(*, now: datetime) -> int:
    """Closes invitations that are over, so that the list of open ones stays short. They opened nothing already."""
    return await db.execute(
        "UPDATE accounts_invitation SET revoked_at = expires_at"
        " WHERE accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= :now",
        now=now,
    )


def _cooperative_of(actor: Actor) -> int | None:
    """What a leader's invitations are limited to."""
    return None if actor.may(Capability.ACCOUNT_ADMINISTER) else actor.organization_id


def _own(actor: Actor, role: Role, belonging: Belonging) -> Belonging:
    """A leader's clerk acts for the leader's organization, whatever was sent."""
    own = _cooperative_of(actor)
    if own is None or role not in rules.ORGANIZATION_KINDS:
        return belonging
    return Belonging(organization_id=own)


async def _require_member(actor: Actor, kept: Belonging) -> None:
    own = _cooperative_of(actor)
    if own is None or kept.household_id is None:
        return
    cooperative_id = await db.scalar(
        "SELECT cooperative_id FROM directory_household WHERE id = :id AND ended_on IS NULL",
        id=kept.household_id,
    )
    if cooperative_id != own:
        raise Refused(N_("No household has this card."), "household_card")


async def _require_new(actor: Actor, phone: str) -> None:
    """Only to those who may see that account is it told that there is one; others learn nothing about a number."""
    rows = await db.tuples("SELECT organization_id FROM accounts_user WHERE phone = :phone", phone=phone)
    own = _cooperative_of(actor)
    if rows and (own is None or rows[0][0] == own):
        raise Refused(users.PHONE_TAKEN, "phone")


def _secret(request_id: UUID) -> str:
    """128 bits, bound to the request, so that a form sent twice shows the link that exists."""
    key = b"invitation:" + settings().secret_key.encode()
    return hmac.digest(key, request_id.bytes, hashlib.sha256)[:SECRET_BYTES].hex()


async def _made_before(actor: Actor, request_id: UUID) -> int:
    made = await db.scalar(
        "SELECT id FROM accounts_invitation WHERE request_id = :request_id AND inviter_id = :inviter_id",
        request_id=rules.kept_request(request_id),
        inviter_id=actor.user_id,
    )
    if made is None:
        raise Missing()
    return int(made)
