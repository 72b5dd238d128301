"""Passwords: hashed by Argon2id in a thread, two at a time, and set by their owner or anew by an administrator."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TypeVar
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import queries, rules, sessions, user_queries
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

T = TypeVar("T")

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


@dataclass(frozen=True, slots=True)
class Secret:
    """A password as it is kept. A one-time password must be changed when it is first used."""

    hash: str = field(repr=False)
    one_time: bool = False


def hasher(*, memory_kib: int, passes: int, lanes: int) -> PasswordHash:
    """Argon2id with these parameters."""
    return PasswordHash((Argon2Hasher(memory_cost=memory_kib, time_cost=passes, parallelism=lanes),))


@cache
def _hasher() -> PasswordHash:
    accounts = settings().section("accounts")
    return hasher(
        memory_kib=accounts["password_memory_kib"],
        passes=accounts["password_passes"],
        lanes=accounts["password_lanes"],
    )


@cache
def _nobodys() -> str:
    """Checked against when there is no such user, so that the answer takes as long."""
    return _hasher().hash("a password that nobody has")


async def _in_thread(work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)


async def chosen(typed: str, *, about: Iterable[str] = ()) -> Secret:
    """A password that a person chose. Raises Refused for one that is not taken. Not inside a unit of work: it takes a while."""
    password = rules.plain_password(typed)
    accounts = settings().section("accounts")
    if not (settings().is_demo and password == accounts["demo_password"]):
        rules.require_password(password, about=about)
    return await _secret(password, one_time=False)


async def one_time(request_id: UUID) -> Secret:
    """The one-time password of a request (`rules.one_time_password` tells it). Not inside a unit of work."""
    return await _secret(rules.one_time_password(request_id), one_time=True)


async def _secret(password: str, *, one_time: bool) -> Secret:
    assert not db.in_unit(), "hashing takes too long for a unit of work"
    return Secret(await _in_thread(_hasher().hash, password), one_time)


async def matches(typed: str, kept_hash: str | None) -> tuple[bool, str | None]:
    """Whether a typed password is the kept one, and a better hash if it should be kept differently now.

    Without a kept hash (no such user) it takes the same time and is False.
    """
    assert not db.in_unit(), "hashing takes too long for a unit of work"
    password = rules.plain_password(typed)[: settings().section("accounts")["password_length_max"] + 1]
    right, better = await _in_thread(_check, password, kept_hash)
    return right and kept_hash is not None, better


def _check(password: str, kept_hash: str | None) -> tuple[bool, str | None]:
    return _hasher().verify_and_update(password, kept_hash or _nobodys())


async def change(actor: Actor, *, old: str, new: str, token: str, now: datetime) -> str:
    """The actor takes a new password: every session of theirs ends, and this browser gets a new one, whose secret is returned.

    `token` is the secret of the session that asks.
    """
    actor.require(Capability.ACCOUNT_OWN)
    known = await queries.secret_of_user(actor.user_id)
    if known is None:
        raise Missing()
    right, _ = await matches(old, known.password_hash)
    if not right:
        raise Refused(N_("This is not your present password."), "old")
    if rules.plain_password(old) == rules.plain_password(new):
        raise Refused(N_("Take a password that differs from the present one."), "password")
    secret = await chosen(new, about=(known.phone, actor.name))
    return await _change(actor, seen_hash=known.password_hash, secret=secret, token=token, now=now)


@db.unit_of_work
async def _change(actor: Actor, *, seen_hash: str, secret: Secret, token: str, now: datetime) -> str:
    changed = await db.execute(
        "UPDATE accounts_user SET password_hash = :hash, password_one_time = FALSE, password_changed_at = :now,"
        " version = version + 1"
        " WHERE id = :id AND password_hash = :seen_hash AND disabled_at IS NULL",
        hash=secret.hash,
        now=now,
        id=actor.user_id,
        seen_hash=seen_hash,
    )
    if not changed:
        raise Conflict(N_("Your password was changed somewhere else meanwhile. Sign in again."))
    fresh = await sessions.renew(token, now=now)
    await trail.record(actor, "password.changed", subject="user", subject_id=actor.user_id, now=now)
    return fresh


@db.unit_of_work
async def reset(actor: Actor, *, user_id: int, request_id: UUID, secret: Secret, now: datetime) -> bool:
    """Gives a user another password and ends all their sessions. False if this very request was carried out before."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    await db.lock("accounts_user", [user_id])
    user = await user_queries.get_user(actor, user_id)
    kept_request = rules.kept_request(request_id)
    if await db.scalar("SELECT password_request_id FROM accounts_user WHERE id = :id", id=user.id) == str(
        kept_request
    ):
        return False
    await db.execute(
        "UPDATE accounts_user SET password_hash = :hash, password_one_time = :one_time, password_request_id = :request_id,"
        " password_changed_at = :now, version = version + 1 WHERE id = :id",
        hash=secret.hash,
        one_time=secret.one_time,
        request_id=kept_request,
        now=now,
        id=user.id,
    )
    await sessions.end_all_of(user.id)
    await trail.record(actor, "password.reset", subject="user", subject_id=user.id, now=now)
    return True
