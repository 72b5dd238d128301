"""Signing in: counted, checked in constant time, and under a new secret each time."""

from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import attempts, passwords, queries, sessions
from pepperchain.accounts.attempts import Try
from pepperchain.accounts.queries import Kept
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_

SOMEBODY = Actor(user_id=None, role=Role.SYSTEM, name="–")
"""Who tried is not known before they are signed in."""


async def sign_in(*, phone: str, password: str, address: str, agent: str, now: datetime) -> str:
    """The secret of a new session.

    Raises Refused in the same words, after the same time, whether the phone has no account or the password is another;
    TooManyTries (429) when it was tried too often.
    """
    counted = await attempts.begin(phone=phone, address=address, now=now)
    kept = await queries.secret_of_phone(phone)
    right, better_hash = await passwords.matches(password, kept.password_hash if kept else None)
    if kept is None or not right:
        await _note_failure(kept, address=address, now=now)
        raise Refused(
            N_("Phone number and password do not belong together. Check both, or ask your administrator."),
            "password",
        )
    if kept.disabled_at is not None:
        await _note_failure(kept, address=address, now=now)
        raise Refused(N_("This account is closed. Ask your administrator if you still need it."))
    return await _enter(kept, counted, better_hash=better_hash, address=address, agent=agent, now=now)


@db.unit_of_work
async def _note_failure(kept: Kept | None, *, address: str, now: datetime) -> None:
    """In the trail of the user it was tried for; a number without an account is not written down."""
    subject_id, facts = kept.id if kept else "–", {"address": address[:64]}
    await trail.record(
        SOMEBODY, "sign_in.failed", subject="user", subject_id=subject_id, facts=facts, now=now
    )


@db.unit_of_work
async def _enter(
    kept: Kept, counted: Try, *, better_hash: str | None, address: str, agent: str, now: datetime
) -> str:
    await db.lock("accounts_user", [kept.id])
    still = await queries.secret_of_user(kept.id)
    if still is None or still.password_hash != kept.password_hash or still.disabled_at is not None:
        raise Refused(N_("The account was changed this very moment. Try once more."))
    if better_hash is not None:
        await db.execute(
            "UPDATE accounts_user SET password_hash = :hash WHERE id = :id", hash=better_hash, id=kept.id
        )
    await attempts.take_back(counted)
    actor = await queries.actor_of_user(kept.id)
    token = await sessions.open_for(kept.id, address=address, agent=agent, now=now)
    await trail.record(
        actor, "sign_in.done", subject="user", subject_id=kept.id, facts={"address": address[:64]}, now=now
    )
    return token
