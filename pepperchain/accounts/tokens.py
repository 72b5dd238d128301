"""API tokens: a program acts as its user, narrowed to scopes, for at most a year. Only a hash of the secret is kept."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import queries, rules, sessions
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

PREFIX = "pepper_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and its secret, which is shown this once."""

    id: int
    secret: str


@db.unit_of_work
async def create(
    actor: Actor, *, request_id: UUID, label: str, scopes: Collection[Capability], days: int, now: datetime
) -> Issued:
    """A token of the actor's own. Scopes must be within the role; none given means all that the role has.

    The same request twice is one token, with the same secret.
    """
    actor.require(Capability.ACCOUNT_OWN)
    most = settings().section("accounts")["token_days_max"]
    if not 1 <= days <= most:
        raise Refused(N_("A token lives from 1 to %(most)s days."), "days", most=most)
    for scope in scopes:
        if not actor.may(scope):
            raise Refused(
                N_("Your role does not include %(scope)s, so your token cannot either."),
                "scopes",
                scope=scope.value,
            )
    secret = PREFIX + _secret(request_id)
    granted = sorted(scope.value for scope in (scopes or Capability) if actor.may(scope))
    made = await db.returning(
        "INSERT INTO accounts_token (request_id, token_hash, user_id, label, scopes, created_at, expires_at)"
        " VALUES (:request_id, :token_hash, :user_id, :label, :scopes, :now, :expires_at) ON CONFLICT DO NOTHING RETURNING id",
        request_id=rules.kept_request(request_id),
        token_hash=rules.hashed_secret(secret),
        user_id=actor.user_id,
        label=label,
        scopes=" ".join(granted),
        now=now,
        expires_at=now + timedelta(days=days),
    )
    if made is None:
        return Issued(await _made_before(actor, request_id), secret)
    facts = {"label": label, "scopes": granted, "days": days}
    await trail.record(actor, "token.created", subject="token", subject_id=made[0], facts=facts, now=now)
    return Issued(int(made[0]), secret)


def _secret(request_id: UUID) -> str:
    """Bound to the request, so that a form sent twice shows the token that exists."""
    key = b"token:" + settings().secret_key.encode()
    return hmac.digest(key, request_id.bytes, hashlib.sha256)[:_SECRET_BYTES].hex()


async def _made_before(actor: Actor, request_id: UUID) -> int:
    token_id = await db.scalar(
        "SELECT id FROM accounts_token WHERE request_id = :request_id AND user_id = :user_id",
        request_id=rules.kept_request(request_id),
        user_id=actor.user_id,
    )
    if token_id is None:
        raise Missing()
    return int(token_id)


@db.unit_of_work
async def revoke(actor: Actor, *, token_id: int, now: datetime) -> None:
    """The token is dead from its next request on. Doing it twice changes nothing."""
    actor.require(Capability.ACCOUNT_OWN)
    row = await db.returning(
        "UPDATE accounts_token SET revoked_at = COALESCE(revoked_at, :now) WHERE id = :id AND user_id = :user_id"
        " RETURNING revoked_at",
        id=token_id,
        user_id=actor.user_id,
        now=now,
    )
    if row is None:
        raise Missing()
    if row[0] == clock.to_ms(now):
        await trail.record(actor, "token.revoked", subject="token", subject_id=token_id, now=now)


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Whoever the token acts for, narrowed to its scopes; None when it is dead or its user is disabled.

    While the user's password is a one-time one, or their role must have a second step and they have none, their tokens rest.
    """
    if not token.startswith(PREFIX):
        return None
    known = await queries.by_token(rules.hashed_secret(token), now=now)
    if known is None or known.one_time or await sessions.must_enrol_first(known.actor):
        return None
    if clock.to_ms(now) - known.seen_at >= settings().section("accounts")["session_seen_seconds"] * 1000:
        await _seen(known.key_id, now=now)
    scopes = frozenset(Capability(scope) for scope in known.scopes.split() if scope in _KNOWN_SCOPES)
    return known.actor.narrowed(scopes)


_KNOWN_SCOPES = frozenset(capability.value for capability in Capability)


@db.unit_of_work
async def _seen(token_id: str, *, now: datetime) -> None:
    await db.execute("UPDATE accounts_token SET seen_at = :now WHERE id = :id", id=int(token_id), now=now)
