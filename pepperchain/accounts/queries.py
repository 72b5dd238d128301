"""Reads at the door: whose a session, a token or a phone number is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.errors import NotYours
from pepperchain.core.words import N_

CODE_TRIES_MAX = 5
"""How often one code, or one browser that is awaited to give one, may be wrong before it is worth nothing."""

_ACTOR = (
    "u.id, u.role, u.name, u.organization_id, u.household_id, u.language, u.unit, u.large_type, u.password_one_time,"
    " t.township_id"
)
_ACTOR_FROM = (
    "JOIN accounts_user u ON u.id = k.user_id LEFT JOIN accounts_user_township t ON t.user_id = u.id"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Whoever a session or token stands for, and what else its row says."""

    actor: Actor
    one_time: bool
    key_id: str
    seen_at: int
    scopes: str


async def by_session(token_hash: str, *, seen_after: datetime, now: datetime) -> Known | None:
    """The living session with this secret: seen lately, not too old, its user not disabled."""
    rows = await db.tuples(
        f"SELECT {_ACTOR}, k.id, k.seen_at, '' FROM accounts_session k {_ACTOR_FROM} WHERE k.token_hash = :token_hash"
        " AND k.seen_at > :seen_after AND k.expires_at > :now AND u.disabled_at IS NULL",
        token_hash=token_hash,
        seen_after=seen_after,
        now=now,
    )
    return _known(rows)


async def by_token(token_hash: str, *, now: datetime) -> Known | None:
    """The living API token with this secret, its user not disabled."""
    rows = await db.tuples(
        f"SELECT {_ACTOR}, k.id, COALESCE(k.seen_at, 0), k.scopes FROM accounts_token k {_ACTOR_FROM}"
        " WHERE k.token_hash = :token_hash AND k.expires_at > :now AND k.revoked_at IS NULL AND u.disabled_at IS NULL",
        token_hash=token_hash,
        now=now,
    )
    return _known(rows)


def _known(rows: Sequence[tuple[object, ...]]) -> Known | None:
    """One row for each township, or one row with none."""
    if not rows:
        return None
    (
        user_id,
        role,
        name,
        organization_id,
        household_id,
        language,
        unit,
        large_type,
        one_time,
        _,
        key_id,
        seen_at,
        scopes,
    ) = rows[0]
    actor = Actor(
        user_id=cast(int, user_id),
        role=Role(cast(str, role)),
        name=cast(str, name),
        organization_id=cast(int | None, organization_id),
        township_ids=tuple(cast(int, row[9]) for row in rows if row[9] is not None),
        household_id=cast(int | None, household_id),
        language=cast(Literal["zh", "en"], language),
        unit=cast(Literal["kg", "jin"], unit),
        large_type=bool(large_type),
    )
    return Known(actor, bool(one_time), str(key_id), cast(int, seen_at), cast(str, scopes))


@dataclass(frozen=True, slots=True)
class Kept:
    """What signing in needs of a user."""

    id: int
    phone: str
    password_hash: str
    disabled_at: int | None


_KEPT = "SELECT id, phone, password_hash, disabled_at FROM accounts_user"


async def secret_of_phone(phone: str) -> Kept | None:
    return await db.fetch_one(Kept, f"{_KEPT} WHERE phone = :phone", phone=phone)


async def secret_of_user(user_id: int | None) -> Kept | None:
    return await db.fetch_one(Kept, f"{_KEPT} WHERE id = :id", id=user_id)


async def actor_of_user(user_id: int) -> Actor:
    """A user as an actor, as their session would have it."""
    rows = await db.tuples(
        f"SELECT {_ACTOR}, 0, 0, '' FROM accounts_user u LEFT JOIN accounts_user_township t ON t.user_id = u.id WHERE u.id = :id",
        id=user_id,
    )
    known = _known(rows)
    assert known is not None, "no such user"
    return known.actor


async def open_actor(user_id: int) -> Actor:
    """The same, for work that goes on without their session. NotYours: their account was closed."""
    kept = await secret_of_user(user_id)
    if kept is None or kept.disabled_at is not None:
        raise NotYours(N_("The account of whoever asked for this was closed."))
    return await actor_of_user(user_id)


async def half_session(token_hash: str, *, now: datetime) -> Kept | None:
    """Whose second step this browser is awaited to give; None when it has waited too long or guessed too often."""
    return await db.fetch_one(
        Kept,
        "SELECT u.id, u.phone, u.password_hash, u.disabled_at FROM accounts_half_session k JOIN accounts_user u ON u.id = k.user_id"
        " WHERE k.token_hash = :token_hash AND k.expires_at > :now AND k.tries < :most",
        token_hash=token_hash,
        now=now,
        most=CODE_TRIES_MAX,
    )


async def has_second_step(user_id: int | None) -> bool:
    """Whether the user has an authenticator app that they confirmed."""
    found = await db.scalar(
        "SELECT 1 FROM accounts_second_step WHERE user_id = :id AND confirmed_at IS NOT NULL", id=user_id
    )
    return found is not None
