"""Tries to sign in are counted in the database, so that several workers count together.

A try is counted before the password is looked at and taken back when it was right: fifty at once are counted as exactly as
one after another, and forty clerks behind one address do not lock each other out.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pepperchain.accounts import rules
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

EVERYBODY = "everybody"


class TooManyTries(Refused):
    """Wait a little: somebody, or a whole crowd, is trying passwords."""

    status = 429


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try, to be taken back when the password was right."""

    subjects: tuple[str, ...]


async def begin(*, phone: str | None, address: str, now: datetime) -> Try:
    """Counts a try; without a phone, one to guess a link.

    Raises TooManyTries, with the time to wait, when the phone, the address or everybody together had theirs."""
    # The number itself is not kept: people mistype passwords into the wrong field.
    chosen = settings().section("accounts")
    limits = [(f"address:{rules.network_of(address)}", chosen["attempts_each_max"])]
    if phone is not None:
        secret = b"attempt:" + settings().secret_key.encode()
        key = hmac.digest(secret, phone.encode(), hashlib.sha256).hex()
        limits.append((f"phone:{key}", chosen["attempts_each_max"]))
    limits.append((EVERYBODY, chosen["attempts_all_max"]))
    waiting = await _count(limits, window=timedelta(minutes=chosen["attempts_minutes"]), now=now)
    if waiting is not None:
        raise TooManyTries(
            N_(
                "Too many tries to sign in. Wait %(span)s and try again, or ask your administrator for a new password."
            ),
            span=waiting,
        )
    return Try(tuple(subject for subject, _ in limits))


async def look(*, what: str, address: str, a_minute_max: int, now: datetime) -> None:
    """Counts a look at something open to everyone, so that nobody tries its codes out by the thousand.

    Raises TooManyTries, with the time to wait, when the address had its looks of this minute.
    """
    limits = [(f"{what}:{rules.network_of(address)}", a_minute_max)]
    waiting = await _count(limits, window=timedelta(minutes=1), now=now)
    if waiting is not None:
        raise TooManyTries(
            N_("Too many of these pages were asked for from here. Wait %(span)s and try again."), span=waiting
        )


@db.unit_of_work
async def _count(limits: Sequence[tuple[str, int]], *, window: timedelta, now: datetime) -> timedelta | None:
    """How long to wait, or None. A refused try is not counted against those who come after it in `limits`.

    Rows are always taken in this order, so two tries never wait for each other in a ring.
    """
    for subject, most in limits:
        row = await db.returning(
            "INSERT INTO accounts_attempt (subject, began_at, tries) VALUES (:subject, :now, 1)"
            " ON CONFLICT (subject) DO UPDATE SET"
            " tries = CASE WHEN accounts_attempt.began_at <= :past THEN 1 ELSE accounts_attempt.tries + 1 END,"
            " began_at = CASE WHEN accounts_attempt.began_at <= :past THEN :now ELSE accounts_attempt.began_at END"
            " RETURNING tries, began_at",
            subject=subject,
            now=now,
            past=now - window,
        )
        assert row is not None
        if row[0] > most:
            left = row[1] + window // timedelta(milliseconds=1) - clock.to_ms(now)
            return timedelta(seconds=max(left // 1000, 1))
    return None


@db.unit_of_work
async def take_back(counted: Try) -> None:
    """The password was right: this try was none. In the unit of work of the new session."""
    for subject in counted.subjects:
        await db.execute(
            "UPDATE accounts_attempt SET tries = tries - 1 WHERE subject = :subject AND tries > 0",
            subject=subject,
        )


@db.unit_of_work
async def forget(*, now: datetime) -> int:
    """Removes counts that are over; how many."""
    window = timedelta(minutes=settings().section("accounts")["attempts_minutes"])
    return await db.execute("DELETE FROM accounts_attempt WHERE began_at <= :past", past=now - window)
