"""Signing in: the right password opens, anything else says the same after the same time (reliability D6, D7)."""

import statistics
import time
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import attempts, passwords, users
from pepperchain.accounts.attempts import TooManyTries
from pepperchain.core import db
from pepperchain.core.errors import Refused
from tests.accounts import people
from tests.accounts.people import NOW, PASSWORD

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"
UNKNOWN = "13900000099"
WRONG = "not the password of anyone"


async def _refusal(phone: str, password: str = WRONG, **where: object) -> Refused:
    with pytest.raises(Refused) as caught:
        await people.sign_in(phone, password, **where)  # type: ignore[arg-type]
    return caught.value


async def test_an_unknown_phone_and_a_wrong_password_are_told_in_the_same_words() -> None:
    await people.user(PHONE)
    known, unknown = await _refusal(PHONE), await _refusal(UNKNOWN)
    assert (known.message, known.field, known.facts) == (unknown.message, unknown.field, unknown.facts)


async def test_a_closed_account_says_so_only_to_whoever_knows_its_password() -> None:
    user_id = await people.user(PHONE)
    await users.disable(SYSTEM, user_id=user_id, now=NOW)
    assert "closed" in (await _refusal(PHONE, PASSWORD)).message
    assert "closed" not in (await _refusal(PHONE)).message
    await users.enable(SYSTEM, user_id=user_id, now=NOW)
    assert await people.sign_in(PHONE)


async def test_spaces_around_and_composition_of_characters_do_not_matter() -> None:
    await people.user(PHONE, password="café under the pepper")
    assert await people.sign_in(PHONE, "  cafe\u0301 under the pepper ")


async def test_an_unknown_phone_takes_as_long_as_a_known_one() -> None:
    await people.user(PHONE)
    spent: dict[str, list[float]] = {PHONE: [], UNKNOWN: []}
    for turn in range(12):
        for phone, times in spent.items():
            started = time.process_time()
            await _refusal(phone, address=f"198.51.100.{turn}", now=NOW + timedelta(minutes=6 * turn))
            times.append(time.process_time() - started)
    assert abs(statistics.median(spent[PHONE]) - statistics.median(spent[UNKNOWN])) < 0.010


async def test_the_eleventh_try_for_one_phone_is_not_even_looked_at() -> None:
    await people.user(PHONE)
    for number in range(10):
        assert (await _refusal(PHONE, address=f"198.51.100.{number}")).status == 422
    refused = await _refusal(PHONE, PASSWORD, address="198.51.100.77")
    assert isinstance(refused, TooManyTries)
    assert refused.status == 429
    assert refused.facts["span"] == timedelta(minutes=5)
    assert await people.sign_in(PHONE, now=NOW + timedelta(minutes=5))


async def test_the_eleventh_try_from_one_address_is_not_even_looked_at() -> None:
    await people.user(PHONE)
    for number in range(10):
        await _refusal(f"139000001{number:02}")
    assert (await _refusal(PHONE, PASSWORD)).status == 429
    assert await people.sign_in(PHONE, address="198.51.100.1")


async def test_a_thousand_tries_in_all_close_the_door_for_everybody() -> None:
    await _fill(attempts.EVERYBODY, 1000)
    assert (await _refusal(UNKNOWN)).status == 429


@db.unit_of_work
async def _fill(subject: str, tries: int) -> None:
    await db.insert("accounts_attempt", subject=subject, began_at=NOW, tries=tries)


async def test_forty_clerks_behind_one_address_all_get_in() -> None:
    await people.user(PHONE)
    for _ in range(40):
        assert await people.sign_in(PHONE)


async def test_neither_phone_nor_password_is_written_down_for_a_failed_try() -> None:
    await _refusal(UNKNOWN)
    kept = str(await db.tuples("SELECT * FROM accounts_attempt")) + str(
        await db.tuples("SELECT * FROM audit_entry")
    )
    assert UNKNOWN not in kept
    assert WRONG not in kept


async def test_success_and_failure_each_leave_one_row_in_the_trail() -> None:
    user_id = await people.user(PHONE)
    await _refusal(PHONE)
    await people.sign_in(PHONE)
    rows = await db.tuples(
        "SELECT verb, actor_id FROM audit_entry WHERE subject_id = :id ORDER BY id", id=str(user_id)
    )
    assert rows == [("user.created", None), ("sign_in.failed", None), ("sign_in.done", user_id)]


async def test_a_hash_with_other_parameters_is_renewed_at_the_next_sign_in() -> None:
    user_id = await people.user(PHONE)
    older = passwords.hasher(memory_kib=8192, passes=1, lanes=1).hash(PASSWORD)
    await _put_hash(user_id, older)
    await people.sign_in(PHONE)
    renewed = await db.scalar("SELECT password_hash FROM accounts_user WHERE id = :id", id=user_id)
    assert renewed != older
    await people.sign_in(PHONE)
    assert await db.scalar("SELECT password_hash FROM accounts_user WHERE id = :id", id=user_id) == renewed


@db.unit_of_work
async def _put_hash(user_id: int, kept: str) -> None:
    await db.execute("UPDATE accounts_user SET password_hash = :kept WHERE id = :id", kept=kept, id=user_id)
