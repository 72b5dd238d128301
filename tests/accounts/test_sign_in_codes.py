"""One-time codes in place of a password: six digits that open once, for ten minutes, and stop being guessed after five tries."""

from datetime import datetime, timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import sessions, sign_in_codes, signing_in, users
from pepperchain.core import db
from pepperchain.core.errors import NotYours, Refused
from tests.accounts import apps, people
from tests.accounts.people import ADDRESS, NOW

pytestmark = pytest.mark.usefixtures("database")

PHONE, UNKNOWN = "13900000001", "13900000099"


async def _enter(code: str, phone: str = PHONE, *, now: datetime = NOW) -> signing_in.Opened:
    return await signing_in.sign_in_by_code(phone=phone, code=code, address=ADDRESS, agent="a test", now=now)


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_code_opens_once_however_it_is_typed() -> None:
    user_id = await people.user(PHONE)
    code = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    assert len(code) == 6
    assert code.isdigit()
    opened = await _enter(
        f" {code[:3]}\u3000{code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    )
    session = await sessions.find(opened.secret, now=NOW)
    assert session is not None
    assert session.actor.user_id == user_id
    with pytest.raises(Refused):
        await _enter(code)


async def test_a_code_is_over_after_ten_minutes_and_with_the_next_one() -> None:
    user_id = await people.user(PHONE)
    first = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    with pytest.raises(Refused):
        await _enter(first, now=NOW + timedelta(minutes=10))
    second = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    if first != second:
        with pytest.raises(Refused):
            await _enter(first)
    assert (await _enter(second, now=NOW + timedelta(minutes=9))).secret


async def test_five_wrong_guesses_are_the_end_of_a_code() -> None:
    user_id = await people.user(PHONE)
    code = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    for _ in range(5):
        with pytest.raises(Refused):
            await _enter(_other_than(code))
    with pytest.raises(Refused):
        await _enter(code)


async def test_unknown_phones_wrong_codes_and_closed_accounts_are_told_in_the_same_words() -> None:
    user_id = await people.user(PHONE)
    code = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    told = []
    for phone, typed in ((PHONE, _other_than(code)), (UNKNOWN, code)):
        with pytest.raises(Refused) as caught:
            await _enter(typed, phone)
        told.append((caught.value.message, caught.value.field))
    await users.disable(SYSTEM, user_id=user_id, now=NOW)
    with pytest.raises(Refused) as caught:
        await _enter(code)
    told.append((caught.value.message, caught.value.field))
    assert len(set(told)) == 1


async def test_guesses_count_as_tries_to_sign_in() -> None:
    await people.user(PHONE)
    for _ in range(10):
        with pytest.raises(Refused):
            await _enter("000000")
    with pytest.raises(Refused) as caught:
        await _enter("000000")
    assert caught.value.status == 429


async def test_whoever_has_a_second_step_is_asked_for_it_all_the_same() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    later = NOW + timedelta(minutes=2)
    opened = await _enter(await sign_in_codes.issue(SYSTEM, user_id=user_id, now=later), now=later)
    assert opened.is_half


async def test_only_administrators_issue_them_for_open_accounts_and_the_trail_says_so() -> None:
    user_id = await people.user(PHONE)
    with pytest.raises(NotYours):
        await sign_in_codes.issue(await people.acting(user_id), user_id=user_id, now=NOW)
    code = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
    kept = str(await db.tuples("SELECT * FROM accounts_sign_in_code"))
    assert code not in kept
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'sign_in_code.issued'") == 1
    await users.disable(SYSTEM, user_id=user_id, now=NOW)
    with pytest.raises(Refused):
        await sign_in_codes.issue(SYSTEM, user_id=user_id, now=NOW)
