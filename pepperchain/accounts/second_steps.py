"""The second step of signing in: an authenticator app's code, or one of ten recovery codes. Each code opens once.

The app's secret is sealed, since it must be read again; recovery codes are kept as keyed hashes. Both are shown while they are set up
and never afterwards.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal
from uuid import UUID

import pyotp

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import attempts, queries, rules, sessions, step_queries, user_queries
from pepperchain.audit import trail
from pepperchain.core import clock, db, vault
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_
from pepperchain.web.steps import Prove

STEP_SECONDS = 30
STEPS_ASIDE = 1  # phones' clocks are a little wrong
BEGUN_MINUTES_MAX = 30
ISSUER = "pepperchain"

NO_CODE = N_("Type the code of your second step.")
WRONG = N_("This code is not right, or was used already. Wait for the next one and type it as it is shown.")


def key_address(secret: str, *, phone: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=phone, issuer_name=ISSUER)


@db.unit_of_work
async def begin(actor: Actor, *, now: datetime) -> None:
    """A secret for the actor's app, which counts once it is confirmed. Beginning twice keeps the one that is on the screen."""
    actor.require(Capability.ACCOUNT_OWN)
    await db.lock("accounts_user", [_own(actor)])
    kept = await step_queries.step_of(_own(actor))
    if kept is not None and kept.confirmed_at is not None:
        raise Refused(N_("You have a second step already. Switch it off first to use another app."))
    is_fresh = kept is not None and now - clock.from_ms(kept.begun_at) < timedelta(minutes=BEGUN_MINUTES_MAX)
    if kept is not None and is_fresh and kept.secret is not None:
        return
    await db.execute("DELETE FROM accounts_second_step WHERE user_id = :id", id=actor.user_id)
    await db.insert(
        "accounts_second_step",
        user_id=actor.user_id,
        secret_sealed=vault.seal(pyotp.random_base32(), about=step_queries.about(_own(actor))),
        begun_at=now,
        last_step=0,
    )
    await trail.record(actor, "second_step.begun", subject="user", subject_id=actor.user_id, now=now)


@db.unit_of_work
async def confirm(actor: Actor, *, request_id: UUID, code: str, keep: UUID, now: datetime) -> Sequence[str]:
    """The app works: from now on it is asked for. Ends the actor's other sessions. The recovery codes, which are shown this once.

    The same request twice is one confirmation, with the same codes.
    """
    actor.require(Capability.ACCOUNT_OWN)
    await db.lock("accounts_user", [_own(actor)])
    kept = await step_queries.step_of(_own(actor))
    if kept is None:
        raise Refused(N_("Begin first: then there is a picture for your app."))
    if kept.confirmed_at is not None:
        if kept.codes_request_id == rules.kept_request(request_id):
            return rules.recovery_codes(request_id)
        raise Refused(N_("You have a second step already. Switch it off first to use another app."))
    if not await _app_shows(_own(actor), rules.plain_code(code), now=now):
        raise Refused(WRONG, "code")
    await db.execute(
        "UPDATE accounts_second_step SET confirmed_at = :now WHERE user_id = :id", now=now, id=actor.user_id
    )
    codes = await _put_codes(_own(actor), request_id)
    await db.execute(
        "DELETE FROM accounts_session WHERE user_id = :id AND id <> :keep", id=actor.user_id, keep=keep
    )
    await trail.record(actor, "second_step.confirmed", subject="user", subject_id=actor.user_id, now=now)
    return codes


async def renew_codes(
    actor: Actor, *, request_id: UUID, code: str, address: str, now: datetime
) -> Sequence[str]:
    """Ten new recovery codes in place of the old ones, for whoever can give a code now. Sent twice, the same ten."""
    actor.require(Capability.ACCOUNT_OWN)
    kept = await step_queries.step_of(_own(actor))
    if kept is not None and kept.codes_request_id == rules.kept_request(request_id):
        return rules.recovery_codes(request_id)
    counted = await _counted(actor, address=address, now=now)
    return await _renew_codes(actor, counted, request_id=request_id, code=code, now=now)


@db.unit_of_work
async def _renew_codes(
    actor: Actor, counted: attempts.Try, *, request_id: UUID, code: str, now: datetime
) -> Sequence[str]:
    await db.lock("accounts_user", [_own(actor)])
    await _require(actor, code, now=now)
    await attempts.take_back(counted)
    codes = await _put_codes(_own(actor), request_id)
    await trail.record(actor, "second_step.codes_made", subject="user", subject_id=actor.user_id, now=now)
    return codes


async def remove(actor: Actor, *, code: str, address: str, now: datetime) -> None:
    """The actor signs in without a second step again; it takes a code, and a role that need not have one."""
    actor.require(Capability.ACCOUNT_OWN)
    if rules.must_have_second_step(actor.role):
        raise Refused(
            N_("Your role must have a second step. For another phone, ask another administrator to reset it.")
        )
    counted = await _counted(actor, address=address, now=now)
    await _remove(actor, counted, code=code, now=now)


@db.unit_of_work
async def _remove(actor: Actor, counted: attempts.Try, *, code: str, now: datetime) -> None:
    await db.lock("accounts_user", [_own(actor)])
    await _require(actor, code, now=now)
    await attempts.take_back(counted)
    await _forget(_own(actor))
    await trail.record(actor, "second_step.removed", subject="user", subject_id=actor.user_id, now=now)


@db.unit_of_work
async def reset(actor: Actor, *, user_id: int, now: datetime) -> None:
    """Takes another user's second step away, who lost both app and codes, and signs them out. Twice changes nothing."""
    actor.require(Capability.ACCOUNT_ADMINISTER)
    await db.lock("accounts_user", [user_id])
    await user_queries.get_user(actor, user_id)
    if user_id == actor.user_id:
        raise Refused(N_("Nobody resets their own second step. Another administrator can."))
    if await step_queries.step_of(user_id) is None:
        return
    await _forget(user_id)
    await sessions.end_all_of(user_id)
    await trail.record(actor, "second_step.reset", subject="user", subject_id=user_id, now=now)


@db.unit_of_work
async def prove(user_id: int, typed: str, *, now: datetime) -> Literal["app", "recovery"] | None:
    """What the typed code is, used up by this; None if it is none. Part of signing in, which counts tries and leaves the audit row."""
    code = rules.plain_code(typed)
    if await _app_shows(user_id, code, now=now):
        return "app"
    used = await db.execute(
        "DELETE FROM accounts_recovery_code WHERE user_id = :id AND code_hash = :hash",
        id=user_id,
        hash=_hashed(user_id, code),
    )
    return "recovery" if used else None


async def _app_shows(user_id: int, code: str, *, now: datetime) -> bool:
    """Whether the app shows this code about now, and has not been believed with it or a later one before."""
    kept = await step_queries.step_of(user_id)
    secret = kept.secret if kept is not None else None
    if secret is None:
        return False
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = clock.to_ms(now) // 1000 // STEP_SECONDS
    for step in range(present - STEPS_ASIDE, present + STEPS_ASIDE + 1):
        if hmac.compare_digest(app.generate_otp(step), code):
            return bool(
                await db.execute(
                    "UPDATE accounts_second_step SET last_step = :step WHERE user_id = :id AND last_step < :step",
                    step=step,
                    id=user_id,
                )
            )
    return False


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a form for the second step: the code that was typed, and from where."""

    code: str | None
    address: str


NOTHING = Given(None, "")


async def is_kept(actor: Actor) -> bool:
    """Whether a code will be wanted."""
    return await queries.has_second_step(actor.user_id)


async def guessed(actor: Actor, code: str | None, *, address: str, now: datetime) -> Prove | None:
    """Like `counted`, for verbs that only await what proves it. A form without the code is told so and is no guess."""
    if not await is_kept(actor):
        return None
    if code is None:
        raise Refused(NO_CODE, "code")
    return partial(step_up, actor, code, await _counted(actor, address=address, now=now), now=now)


async def counted(actor: Actor, *, address: str, now: datetime) -> attempts.Try | None:
    """Before something that wants the second step again: counts a guess, of whoever has one; None for whoever has none."""
    if not await queries.has_second_step(actor.user_id):
        return None
    return await _counted(actor, address=address, now=now)


@db.unit_of_work
async def step_up(actor: Actor, code: str | None, guess: attempts.Try, *, now: datetime) -> None:
    """The code that was counted as `guess` is right and used up, or Refused. Part of the verb that wants it."""
    if code is None:
        raise Refused(NO_CODE, "code")
    await _require(actor, code, now=now)
    await attempts.take_back(guess)


async def _counted(actor: Actor, *, address: str, now: datetime) -> attempts.Try:
    """A guess on one's own pages counts like one at the door: somebody may have found the phone unlocked."""
    known = await queries.secret_of_user(actor.user_id)
    if known is None:
        raise Missing()
    return await attempts.begin(phone=known.phone, address=address, now=now)


async def _require(actor: Actor, code: str, *, now: datetime) -> None:
    if not await queries.has_second_step(actor.user_id) or await prove(_own(actor), code, now=now) is None:
        raise Refused(WRONG, "code")


async def _put_codes(user_id: int, request_id: UUID) -> Sequence[str]:
    codes = rules.recovery_codes(request_id)
    await db.execute("DELETE FROM accounts_recovery_code WHERE user_id = :id", id=user_id)
    await db.execute_many(
        "INSERT INTO accounts_recovery_code (user_id, code_hash) VALUES (:user_id, :code_hash)",
        [{"user_id": user_id, "code_hash": _hashed(user_id, rules.plain_code(code))} for code in codes],
    )
    await db.execute(
        "UPDATE accounts_second_step SET codes_request_id = :request_id WHERE user_id = :id",
        request_id=rules.kept_request(request_id),
        id=user_id,
    )
    return codes


async def _forget(user_id: int) -> None:
    await db.execute("DELETE FROM accounts_recovery_code WHERE user_id = :id", id=user_id)
    await db.execute("DELETE FROM accounts_second_step WHERE user_id = :id", id=user_id)


def _hashed(user_id: int, code: str) -> str:
    return vault.fingerprint(f"{user_id}:{code}", kind="recovery code")


def _own(actor: Actor) -> int:
    """Only a person has a second step."""
    if actor.user_id is None:
        raise Missing()
    return actor.user_id
