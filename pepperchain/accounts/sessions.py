"""Sessions: opened at sign-in under a new secret, alive while they are used, and dead within one request when they should be."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import queries, rules, user_queries
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.settings import settings

SECRET_BYTES = 32
AGENT_LENGTH_MAX = 200
ADDRESS_LENGTH_MAX = 64
SWEEP_ROWS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Session:
    """A living session. While the password is a one-time one, its owner may do nothing but change it; while their role must have
    a second step and they have none, nothing but set it up."""

    id: UUID
    actor: Actor
    must_change_password: bool
    must_enrol: bool


def idle_limit() -> timedelta:
    return timedelta(minutes=settings().section("accounts")["session_idle_minutes"])


async def find(token: str, *, now: datetime) -> Session | None:
    """The living session with this secret. One indexed read; at most once a minute it also writes down that it was seen."""
    known = await queries.by_session(rules.hashed_secret(token), seen_after=now - idle_limit(), now=now)
    if known is None:
        return None
    if clock.to_ms(now) - known.seen_at >= settings().section("accounts")["session_seen_seconds"] * 1000:
        await _seen(known.key_id, now=now)
    must_enrol = await must_enrol_first(known.actor)
    is_limited = known.one_time or must_enrol
    actor = known.actor.narrowed(frozenset({Capability.ACCOUNT_OWN})) if is_limited else known.actor
    return Session(UUID(known.key_id), actor, known.one_time, must_enrol)


async def must_enrol_first(actor: Actor) -> bool:
    """Whether the actor's role must have a second step that they have not set up. Costs a read for such roles only."""
    return rules.must_have_second_step(actor.role) and not await queries.has_second_step(actor.user_id)


@db.unit_of_work
async def _seen(session_id: str, *, now: datetime) -> None:
    await db.execute(
        "UPDATE accounts_session SET seen_at = :now WHERE id = :id AND seen_at < :now", id=session_id, now=now
    )


@db.unit_of_work
async def open_for(user_id: int, *, address: str, agent: str, now: datetime) -> str:
    """A new session; its secret, which only the browser keeps."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    await db.insert(
        "accounts_session",
        id=new_id(),
        token_hash=rules.hashed_secret(token),
        user_id=user_id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=settings().section("accounts")["session_hours_max"]),
        address=_plain(address, ADDRESS_LENGTH_MAX),
        agent=_plain(agent, AGENT_LENGTH_MAX),
    )
    return token


def _plain(text: str, length: int) -> str:
    """Headers come from anywhere: what a database or a page could choke on is left out."""
    return "".join(character for character in text[:length] if character.isprintable())


@db.unit_of_work
async def renew(token: str, *, now: datetime) -> str:
    """Ends every session of this session's user and opens one in its place; the new secret."""
    row = await db.returning(
        "DELETE FROM accounts_session WHERE token_hash = :hash RETURNING user_id, address, agent",
        hash=rules.hashed_secret(token),
    )
    if row is None:
        raise Missing()
    user_id, address, agent = row
    await end_all_of(user_id)
    return await open_for(user_id, address=address, agent=agent, now=now)


@db.unit_of_work
async def end(actor: Actor, *, token: str, now: datetime) -> None:
    """Signs this browser out."""
    if await db.execute(
        "DELETE FROM accounts_session WHERE token_hash = :hash", hash=rules.hashed_secret(token)
    ):
        await trail.record(actor, "session.ended", subject="user", subject_id=actor.user_id, now=now)


@db.unit_of_work
async def end_one(actor: Actor, *, session_id: UUID, now: datetime) -> None:
    """Signs another browser of the actor out."""
    actor.require(Capability.ACCOUNT_OWN)
    gone = await db.execute(
        "DELETE FROM accounts_session WHERE id = :id AND user_id = :user_id",
        id=session_id,
        user_id=actor.user_id,
    )
    if not gone:
        raise Missing()
    await trail.record(
        actor, "session.ended", subject="user", subject_id=actor.user_id, facts={"elsewhere": 1}, now=now
    )


@db.unit_of_work
async def end_others(actor: Actor, *, keep: UUID, now: datetime) -> int:
    """Signs every other browser of the actor out; how many."""
    actor.require(Capability.ACCOUNT_OWN)
    gone = await db.execute(
        "DELETE FROM accounts_session WHERE user_id = :user_id AND id <> :keep",
        user_id=actor.user_id,
        keep=keep,
    )
    await trail.record(
        actor, "session.ended", subject="user", subject_id=actor.user_id, facts={"elsewhere": gone}, now=now
    )
    return gone


@db.unit_of_work
async def end_all(actor: Actor, *, user_id: int, now: datetime) -> int:
    """Signs another user out everywhere; how many browsers it were."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    await user_queries.get_user(actor, user_id)
    gone = await end_all_of(user_id)
    facts = {"elsewhere": gone}
    await trail.record(actor, "session.ended", subject="user", subject_id=user_id, facts=facts, now=now)
    return gone


@db.unit_of_work
async def end_all_of(user_id: int) -> int:
    """Part of disabling a user and of setting a password; those leave the audit row. Sign-ins that were half-way end too."""
    await db.execute("DELETE FROM accounts_half_session WHERE user_id = :user_id", user_id=user_id)
    await db.execute("DELETE FROM accounts_sign_in_code WHERE user_id = :user_id", user_id=user_id)
    return await db.execute("DELETE FROM accounts_session WHERE user_id = :user_id", user_id=user_id)


@db.unit_of_work
async def open_half_for(user_id: int, *, now: datetime) -> str:
    """A browser that has given the first step and is awaited to give the second; its secret. It opens nothing."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    await db.insert(
        "accounts_half_session",
        id=new_id(),
        token_hash=rules.hashed_secret(token),
        user_id=user_id,
        created_at=now,
        expires_at=now + timedelta(minutes=settings().section("accounts")["second_step_minutes"]),
        tries=0,
    )
    return token


@db.unit_of_work
async def sweep(*, now: datetime) -> int:
    """Removes sessions that are over, some thousands at a time; how many. They were dead already."""
    removed = 0
    for column, past in (("expires_at", now), ("seen_at", now - idle_limit())):
        removed += await db.execute(
            f"DELETE FROM accounts_session WHERE id IN (SELECT id FROM accounts_session WHERE {column} <= :past LIMIT :most)",
            past=past,
            most=SWEEP_ROWS_MAX,
        )
    for table in ("accounts_half_session", "accounts_sign_in_code"):
        removed += await db.execute(f"DELETE FROM {table} WHERE expires_at <= :now", now=now)
    return removed
