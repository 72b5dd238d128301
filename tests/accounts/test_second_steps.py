"""The second step of signing in: every code opens once, however it is typed, and nothing else opens (reliability D5, D6, D8)."""

from datetime import datetime, timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.access.policy import Role
from pepperchain.accounts import queries, second_steps, sessions, signing_in, users
from pepperchain.core import db
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.accounts import apps, people
from tests.accounts.people import ADDRESS, NOW, PASSWORD

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"
LATER = NOW + timedelta(minutes=2)


async def _half(*, now: datetime = LATER) -> str:
    opened = await signing_in.sign_in(
        phone=PHONE, password=PASSWORD, address=ADDRESS, agent="a test", now=now
    )
    assert opened.is_half
    return opened.secret


async def _finish(half: str, code: str, *, now: datetime = LATER) -> str:
    opened = await signing_in.finish(half=half, code=code, address=ADDRESS, agent="a test", now=now)
    assert not opened.is_half
    return opened.secret


async def test_after_the_password_a_code_of_the_app_is_asked_for() -> None:
    user_id = await people.user(PHONE)
    assert await people.sign_in(PHONE)
    await apps.enrol(user_id, at=NOW)
    half = await _half()
    assert await sessions.find(half, now=LATER) is None
    token = await _finish(half, await apps.shown(user_id, at=LATER))
    session = await sessions.find(token, now=LATER)
    assert session is not None
    assert session.actor.user_id == user_id
    assert token != half


@pytest.mark.parametrize(
    "typed", ["{0}{1}{2} {3}{4}{5}", " {0}{1}{2}-{3}{4}{5} ", "\u3000{0}\u200b{1}{2}{3}{4}\u00a0{5}"]
)
async def test_a_code_counts_however_it_is_typed_and_only_once_however_it_is_typed(typed: str) -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    code = await apps.shown(user_id, at=LATER)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert await _finish(await _half(), wide)
    for again in (code, wide, typed.format(*code), typed.format(*wide)):
        with pytest.raises(Refused):
            await _finish(await _half(), again)


async def test_a_code_older_than_one_that_was_used_opens_no_more() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    before = await apps.shown(user_id, at=LATER)
    await _finish(await _half(), await apps.shown(user_id, at=LATER + timedelta(seconds=30)))
    with pytest.raises(Refused):
        await _finish(await _half(), before)


async def test_the_code_that_confirmed_the_app_does_not_sign_in() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    with pytest.raises(Refused):
        await _finish(await _half(now=NOW), await apps.shown(user_id, at=NOW), now=NOW)


async def test_phones_whose_clock_is_half_a_minute_off_are_believed_and_no_others() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    for seconds in (-60, 60):
        code = await apps.shown(user_id, at=LATER + timedelta(seconds=seconds))
        with pytest.raises(Refused):
            await _finish(await _half(), code)
    assert await _finish(await _half(), await apps.shown(user_id, at=LATER - timedelta(seconds=30)))


async def test_each_of_ten_recovery_codes_opens_once() -> None:
    user_id = await people.user(PHONE)
    codes = await apps.enrol(user_id, at=NOW)
    assert len(set(codes)) == 10
    for number, code in enumerate(codes):
        assert await _finish(await _half(), code.upper() if number % 2 else code.replace("-", " "))
        with pytest.raises(Refused):
            await _finish(await _half(), code)
    assert await db.scalar("SELECT COUNT(*) FROM accounts_recovery_code") == 0


async def test_neither_the_secret_nor_a_recovery_code_stands_in_the_database() -> None:
    user_id = await people.user(PHONE)
    codes = await apps.enrol(user_id, at=NOW)
    kept = str(await db.tuples("SELECT * FROM accounts_recovery_code")) + str(
        await db.tuples("SELECT * FROM audit_entry")
    )
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


async def test_after_five_wrong_codes_the_password_is_asked_for_again() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    half = await _half()
    for _ in range(5):
        with pytest.raises(Refused):
            await _finish(half, "000 000")
    with pytest.raises(Missing):
        await _finish(half, await apps.shown(user_id, at=LATER))


async def test_wrong_codes_count_as_tries_to_sign_in_and_right_passwords_do_not_wash_them_off() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    statuses = []
    for number in range(12):
        with pytest.raises((Refused, Missing)) as caught:
            await _finish(await _half(), "000000" if number else "111111")
        statuses.append(caught.value.status)
    assert statuses[:10] == [422] * 10
    assert statuses[10] == 429
    assert await _finish(await _half(now=LATER + timedelta(minutes=6)), await apps.shown(
        user_id, at=LATER + timedelta(minutes=6)), now=LATER + timedelta(minutes=6))  # fmt: skip


async def test_whoever_waits_too_long_begins_again() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    half, late = await _half(), LATER + timedelta(minutes=5)
    with pytest.raises(Missing):
        await _finish(half, await apps.shown(user_id, at=late), now=late)
    assert await sessions.sweep(now=late) == 1


async def test_half_a_session_ends_with_the_account_and_with_the_password() -> None:
    user_id = await people.user(PHONE)
    await apps.enrol(user_id, at=NOW)
    half = await _half()
    await users.disable(SYSTEM, user_id=user_id, now=LATER)
    with pytest.raises(Missing):
        await _finish(half, await apps.shown(user_id, at=LATER))


async def test_setting_it_up_ends_other_sessions_and_keeps_this_one() -> None:
    user_id = await people.user(PHONE)
    here, there = await people.sign_in(PHONE), await people.sign_in(PHONE)
    session = await sessions.find(here, now=NOW)
    assert session is not None
    await apps.enrol(user_id, at=NOW, keep=session.id)
    assert await people.actor_of(here) is not None
    assert await people.actor_of(there) is None


async def test_beginning_twice_keeps_the_key_and_confirming_twice_shows_the_same_codes() -> None:
    user_id = await people.user(PHONE)
    actor, request_id, keep = await people.acting(user_id), new_id(), new_id()
    await second_steps.begin(actor, now=NOW)
    code = await apps.shown(user_id, at=NOW)
    await second_steps.begin(actor, now=NOW + timedelta(minutes=1))
    assert await apps.shown(user_id, at=NOW) == code
    codes = [
        await second_steps.confirm(actor, request_id=request_id, code=code, keep=keep, now=NOW)
        for _ in range(2)
    ]
    assert codes[0] == codes[1]
    with pytest.raises(Refused):
        await second_steps.confirm(actor, request_id=new_id(), code=code, keep=keep, now=NOW)
    with pytest.raises(Refused):
        await second_steps.begin(actor, now=NOW)


async def test_a_wrong_code_confirms_nothing() -> None:
    user_id = await people.user(PHONE)
    actor = await people.acting(user_id)
    with pytest.raises(Refused):
        await second_steps.confirm(actor, request_id=new_id(), code="123456", keep=new_id(), now=NOW)
    await second_steps.begin(actor, now=NOW)
    for code in ("", "１", "abcdef", "000000", "9" * 60):
        with pytest.raises(Refused):
            await second_steps.confirm(actor, request_id=new_id(), code=code, keep=new_id(), now=NOW)
    assert not await queries.has_second_step(user_id)
    assert await people.sign_in(PHONE)


async def test_new_recovery_codes_take_the_place_of_old_ones_and_cost_a_code() -> None:
    user_id = await people.user(PHONE)
    old = await apps.enrol(user_id, at=NOW)
    actor, request_id = await people.acting(user_id), new_id()
    with pytest.raises(Refused):
        await second_steps.renew_codes(
            actor, request_id=request_id, code="000000", address=ADDRESS, now=LATER
        )
    code = await apps.shown(user_id, at=LATER)
    made = [
        await second_steps.renew_codes(actor, request_id=request_id, code=code, address=ADDRESS, now=LATER)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert not set(made[0]) & set(old)
    with pytest.raises(Refused):
        await _finish(await _half(), old[0])


async def test_it_is_switched_off_by_a_code_and_not_by_a_guess() -> None:
    user_id = await people.user(PHONE)
    codes = await apps.enrol(user_id, at=NOW)
    actor = await people.acting(user_id)
    with pytest.raises(Refused):
        await second_steps.remove(actor, code="000000", address=ADDRESS, now=LATER)
    await second_steps.remove(actor, code=codes[0], address=ADDRESS, now=LATER)
    assert await people.sign_in(PHONE)


async def test_another_administrator_takes_it_away_and_signs_the_user_out() -> None:
    user_id = await people.user(PHONE)
    boss = await people.acting(await people.user("13900000002", Role.ADMIN))
    await apps.enrol(user_id, at=NOW)
    token = await _finish(await _half(), await apps.shown(user_id, at=LATER))
    with pytest.raises(NotYours):
        await second_steps.reset(await people.acting(user_id), user_id=user_id, now=LATER)
    for _ in range(2):
        await second_steps.reset(boss, user_id=user_id, now=LATER)
    assert await people.actor_of(token, now=LATER) is None
    assert await people.sign_in(PHONE)
    with pytest.raises(Refused):
        await second_steps.reset(boss, user_id=boss.user_id or 0, now=LATER)
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'second_step.reset'") == 1


async def test_an_app_whose_sealed_key_is_lost_opens_nothing_and_can_be_taken_away() -> None:
    user_id = await people.user(PHONE)
    codes = await apps.enrol(user_id, at=NOW)
    code = await apps.shown(user_id, at=LATER)

    @db.unit_of_work
    async def damaged() -> None:
        await db.execute(
            "UPDATE accounts_second_step SET secret_sealed = :sealed", sealed=b"\x01" + b"x" * 60
        )

    await damaged()
    with pytest.raises(Refused):
        await _finish(await _half(), code)
    assert await _finish(await _half(), codes[0])
    await second_steps.reset(SYSTEM, user_id=user_id, now=LATER)
    assert await people.sign_in(PHONE)
