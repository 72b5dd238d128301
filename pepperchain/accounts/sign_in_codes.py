"""One-time codes to sign in with instead of a password: six digits for some minutes, of which a keyed hash is kept.

Whoever issues one must bring it to the user by a way that only the user has; today an operator reads it out, later a message tells it.
"""

import secrets
from datetime import datetime, timedelta

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import queries, rules, user_queries
from pepperchain.audit import trail
from pepperchain.core import db, vault
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

DIGITS = 6


@db.unit_of_work
async def issue(actor: Actor, *, user_id: int, now: datetime) -> str:
    """A code for this user; the one before is worth nothing any more."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    await db.lock("accounts_user", [user_id])
    user = await user_queries.get_user(actor, user_id)
    if user.disabled_at is not None:
        raise Refused(N_("This account is closed. Open it again first."))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await db.execute(
        "INSERT INTO accounts_sign_in_code (user_id, code_hash, created_at, expires_at, tries)"
        " VALUES (:user_id, :hash, :now, :expires_at, 0) ON CONFLICT (user_id) DO UPDATE SET"
        " code_hash = :hash, created_at = :now, expires_at = :expires_at, tries = 0",
        user_id=user_id,
        hash=_hashed(user_id, code),
        now=now,
        expires_at=now + timedelta(minutes=settings().section("accounts")["sign_in_code_minutes"]),
    )
    await trail.record(actor, "sign_in_code.issued", subject="user", subject_id=user_id, now=now)
    return code


@db.unit_of_work
async def count_guess(user_id: int) -> None:
    """Before a code is looked at, and kept whatever comes of it: after a few the code is worth nothing."""
    await db.execute("UPDATE accounts_sign_in_code SET tries = tries + 1 WHERE user_id = :id", id=user_id)


@db.unit_of_work
async def use(user_id: int, typed: str, *, now: datetime) -> bool:
    """Whether this is the user's living code, which is used up by it. Part of signing in."""
    used = await db.execute(
        "DELETE FROM accounts_sign_in_code"
        " WHERE user_id = :id AND code_hash = :hash AND expires_at > :now AND tries <= :most",
        id=user_id,
        hash=_hashed(user_id, rules.plain_code(typed)),
        now=now,
        most=queries.CODE_TRIES_MAX,
    )
    return used == 1


def _hashed(user_id: int, code: str) -> str:
    return vault.fingerprint(f"{user_id}:{code}", kind="sign-in code")
