"""Reads for people's own pages and for administrators: users, sessions, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts.models import User
from pepperchain.accounts.rules import device_of
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause

_AFTER_EVERY_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A line of the list of users."""

    id: int
    phone: str
    phone_reversed: str
    name: str
    role: Role
    organization_name: str | None
    disabled_at: int | None
    large_type: bool


_ROW = "u.id, u.phone, u.phone_reversed, u.name, u.role, o.short_name, u.disabled_at, u.large_type"
_ROW_FROM = "accounts_user u LEFT JOIN directory_organization o ON o.id = u.organization_id"


def _row(*columns: object) -> UserRow:
    user_id, phone, tail, name, role, organization, disabled_at, large_type = columns
    return UserRow(
        cast(int, user_id), cast(str, phone), cast(str, tail), cast(str, name), Role(cast(str, role)),
        cast(str | None, organization), cast(int | None, disabled_at), bool(large_type),
    )  # fmt: skip


async def list_users(
    actor: Actor,
    *,
    text: str = "",
    role: Role | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> list[UserRow]:
    """Users by name, or by the end of their phone number when `text` is digits; a whole number finds its one user.

    `after` is the last row's (sort_key(text, row), id).
    """
    order = "u.phone_reversed" if text.isdigit() else "u.name"
    start = text[::-1] if text.isdigit() else text
    clause = User.visible_to(actor, "u")
    if start:
        clause &= Clause(
            f"{order} >= :start AND {order} < :stop", {"start": start, "stop": start + _AFTER_EVERY_CHARACTER}
        )
    if role is not None:
        clause &= Clause("u.role = :role", {"role": role})
    if after is not None:
        clause &= Clause(
            f"({order}, u.id) > (:after_key, :after_id)", {"after_key": after[0], "after_id": after[1]}
        )
    return await db.fetch(
        _row,
        f"SELECT {_ROW} FROM {_ROW_FROM} WHERE {clause.sql} ORDER BY {order}, u.id LIMIT :limit",
        **clause.params,
        limit=limit,
    )


def sort_key(text: str, row: UserRow) -> str:
    return row.phone_reversed if text.isdigit() else row.name


async def users_with_phones(phones: Sequence[str]) -> list[UserRow]:
    """The users with these numbers, in the order of the numbers; for the demo's sign-in page, whoever looks."""
    return await db.fetch(
        _row,
        f"SELECT {_ROW} FROM {_ROW_FROM} WHERE u.phone IN :phones AND u.disabled_at IS NULL ORDER BY u.phone",
        phones=list(phones),
    )


@dataclass(frozen=True, slots=True)
class UserDetail:
    """One user, to look at and to change."""

    id: int
    phone: str
    name: str
    role: Role
    organization_id: int | None
    organization_name: str | None
    household_id: int | None
    household_card: str | None
    language: str
    unit: str
    large_type: bool
    password_one_time: bool
    password_changed_at: int
    disabled_at: int | None
    created_at: int
    version: int
    township_ids: tuple[int, ...]


async def get_user(actor: Actor, user_id: int) -> UserDetail:
    """Raises Missing for a user that the actor may not see."""
    clause = User.visible_to(actor, "u")
    found = await db.tuples(
        "SELECT u.id, u.phone, u.name, u.role, u.organization_id, o.name, u.household_id, h.card_number, u.language, u.unit,"
        " u.large_type, u.password_one_time, u.password_changed_at, u.disabled_at, u.created_at, u.version FROM accounts_user u"
        " LEFT JOIN directory_organization o ON o.id = u.organization_id LEFT JOIN directory_household h ON h.id = u.household_id"
        f" WHERE u.id = :id AND {clause.sql}",
        id=user_id,
        **clause.params,
    )
    if not found:
        raise Missing()
    townships = await db.tuples(
        "SELECT township_id FROM accounts_user_township WHERE user_id = :id ORDER BY township_id", id=user_id
    )
    return _detail(tuple(row[0] for row in townships), *found[0])


def _detail(township_ids: tuple[int, ...], *columns: Any) -> UserDetail:
    values = list(columns)
    values[3], values[10], values[11] = Role(values[3]), bool(values[10]), bool(values[11])
    return UserDetail(*[*values, township_ids])


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser that is signed in."""

    id: UUID
    created_at: int
    seen_at: int
    address: str
    agent: str

    @property
    def device(self) -> str:
        """The browser and system, as their owner knows them; nothing if they said nothing we know."""
        return device_of(self.agent)


async def sessions_of(
    actor: Actor, *, user_id: int | None = None, seen_after: datetime, now: datetime
) -> list[SessionRow]:
    """The living sessions of a user, the actor's own if none is named, the latest seen first; nobody has more than a few.

    From which address a grower reads their slips tells where they live and is told to nobody else.
    """
    clause = User.visible_to(actor, "u")
    return await db.fetch(
        lambda id, *rest: SessionRow(UUID(id), *rest),
        "SELECT k.id, k.created_at, k.seen_at, CASE WHEN u.role = :grower AND u.id <> :me THEN '' ELSE k.address END, k.agent"
        " FROM accounts_session k JOIN accounts_user u ON u.id = k.user_id"
        f" WHERE k.user_id = :user_id AND k.seen_at > :seen_after AND k.expires_at > :now AND {clause.sql}"
        " ORDER BY k.seen_at DESC LIMIT 50",
        user_id=actor.user_id if user_id is None else user_id,
        me=actor.user_id or 0,
        grower=Role.GROWER,
        seen_after=seen_after,
        now=now,
        **clause.params,
    )


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A program that may act as its user."""

    id: int
    label: str
    scopes: str
    created_at: int
    expires_at: int
    seen_at: int | None


async def tokens_of(actor: Actor, *, now: datetime) -> list[TokenRow]:
    """The actor's own living tokens, the newest first."""
    return await db.fetch(
        TokenRow,
        "SELECT id, label, scopes, created_at, expires_at, seen_at FROM accounts_token"
        " WHERE user_id = :user_id AND revoked_at IS NULL AND expires_at > :now ORDER BY id DESC LIMIT 50",
        user_id=actor.user_id,
        now=now,
    )
