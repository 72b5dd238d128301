"""Signing in: counted, checked in constant time, and under a new secret each time."""

from dataclasses import dataclass, field
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import attempts, passwords, queries, rules, second_steps, sessions, sign_in_codes
from pepperchain.accounts.attempts import Try
from pepperchain.accounts.queries import Kept
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_

SOMEBODY = Actor(user_id=None, role=Role.SYSTEM, name="–")
"""Who tried is not known before they are signed in."""

NOBODY = 0
"""No user has this id."""

TOO_LATE = N_("Too much time has passed, or too many codes were tried. Sign in again.")
_CHANGED = N_("The account was changed this very moment. Try once more.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the browser keeps: the secret of a session, or of half a one while a second step is awaited."""

    secret: str = field(repr=False)
    is_half: bool = False


async def sign_in(*, phone: str, password: str, address: str, agent: str, now: datetime) -> Opened:
    """A new session, or half a one for whoever has a second step (`finish` makes it whole).

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


async def sign_in_by_code(*, phone: str, code: str, address: str, agent: str, now: datetime) -> Opened:
    """The same by a one-time code. An unknown phone, a closed account and a wrong code are told in the same words after the same work."""
    counted = await attempts.begin(phone=phone, address=address, now=now)
    kept = await queries.secret_of_phone(phone)
    await sign_in_codes.count_guess(kept.id if kept else NOBODY)
    opened = await _enter_by_code(kept, counted, code=code, address=address, agent=agent, now=now)
    if opened is None:
        await _note_failure(kept, address=address, now=now)
        raise Refused(
            N_("Phone number and code do not belong together, or the code is over. Ask for a new one."),
            "code",
        )
    return opened


@db.unit_of_work
async def _enter_by_code(
    kept: Kept | None, counted: Try, *, code: str, address: str, agent: str, now: datetime
) -> Opened | None:
    user_id = kept.id if kept else NOBODY
    await db.lock("accounts_user", [user_id])
    is_right = await sign_in_codes.use(user_id, code, now=now)
    still = await queries.secret_of_user(user_id)
    if not is_right or still is None or still.disabled_at is not None:
        return None
    await attempts.take_back(counted)
    return await open_or_half(user_id, address=address, agent=agent, now=now)


async def finish(*, half: str, code: str, address: str, agent: str, now: datetime) -> Opened:
    """The second step: a new session, under a new secret. Raises Missing when too much time passed or too much was guessed."""
    waiting = await queries.half_session(rules.hashed_secret(half), now=now)
    if waiting is None:
        raise Missing(TOO_LATE)
    counted = await attempts.begin(phone=waiting.phone, address=address, now=now)
    await _count_guess(half)
    opened = await _finish(waiting, counted, half=half, code=code, address=address, agent=agent, now=now)
    if opened is None:
        await _note_failure(waiting, address=address, now=now)
        raise Refused(second_steps.WRONG, "code")
    return opened


@db.unit_of_work
async def _count_guess(half: str) -> None:
    """Before the code is looked at, and kept whatever comes of it."""
    guess = await db.returning(
        "UPDATE accounts_half_session SET tries = tries + 1 WHERE token_hash = :hash AND tries < :most RETURNING tries",
        hash=rules.hashed_secret(half),
        most=queries.CODE_TRIES_MAX,
    )
    if guess is None:
        raise Missing(TOO_LATE)


@db.unit_of_work
async def _finish(
    kept: Kept, counted: Try, *, half: str, code: str, address: str, agent: str, now: datetime
) -> Opened | None:
    await db.lock("accounts_user", [kept.id])
    still = await queries.secret_of_user(kept.id)
    if still is None or still.password_hash != kept.password_hash or still.disabled_at is not None:
        raise Refused(_CHANGED)
    by = await second_steps.prove(kept.id, code, now=now)
    if by is None:
        return None
    # Whoever else sent the same form at the same time finds it gone.
    if not await db.execute(
        "DELETE FROM accounts_half_session WHERE token_hash = :hash", hash=rules.hashed_secret(half)
    ):
        raise Missing(TOO_LATE)
    await attempts.take_back(counted)
    return await _open(kept.id, address=address, agent=agent, second_step=by, now=now)


@db.unit_of_work
async def _enter(
    kept: Kept, counted: Try, *, better_hash: str | None, address: str, agent: str, now: datetime
) -> Opened:
    await db.lock("accounts_user", [kept.id])
    still = await queries.secret_of_user(kept.id)
    if still is None or still.password_hash != kept.password_hash or still.disabled_at is not None:
        raise Refused(_CHANGED)
    if better_hash is not None:
        await db.execute(
            "UPDATE accounts_user SET password_hash = :hash WHERE id = :id", hash=better_hash, id=kept.id
        )
    await attempts.take_back(counted)
    return await open_or_half(kept.id, address=address, agent=agent, now=now)


@db.unit_of_work
async def open_or_half(user_id: int, *, address: str, agent: str, now: datetime) -> Opened:
    """The first step is done: a session, or half a one if the user has a second step. Leaves the audit row of signing in."""
    if not await queries.has_second_step(user_id):
        return await _open(user_id, address=address, agent=agent, second_step=None, now=now)
    actor = await queries.actor_of_user(user_id)
    token = await sessions.open_half_for(user_id, now=now)
    facts = {"address": address[:64]}
    await trail.record(actor, "sign_in.begun", subject="user", subject_id=user_id, facts=facts, now=now)
    return Opened(token, is_half=True)


async def _open(user_id: int, *, address: str, agent: str, second_step: str | None, now: datetime) -> Opened:
    actor = await queries.actor_of_user(user_id)
    token = await sessions.open_for(user_id, address=address, agent=agent, now=now)
    facts = {"address": address[:64], "second_step": second_step}
    await trail.record(actor, "sign_in.done", subject="user", subject_id=user_id, facts=facts, now=now)
    return Opened(token)
