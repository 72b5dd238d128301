"""A session lives while it is used, and is dead within one request when it should be (reliability D5)."""

import re
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import passwords, rules, sessions, user_queries, users
from pepperchain.accounts.rules import Belonging
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from tests.accounts import people
from tests.accounts.people import ADDRESS, NOW, PASSWORD

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"


async def test_the_secret_is_random_and_only_its_hash_is_kept() -> None:
    await people.user(PHONE)
    token = await people.sign_in(PHONE)
    assert re.fullmatch(r"[\w-]{43}", token), "256 bits"
    kept = str(await db.tuples("SELECT * FROM accounts_session"))
    assert token not in kept


async def test_each_sign_in_has_its_own_secret() -> None:
    await people.user(PHONE)
    assert await people.sign_in(PHONE) != await people.sign_in(PHONE)


async def test_a_session_knows_its_user_with_their_townships() -> None:
    places = await people.places()
    user_id = await people.user(
        PHONE, Role.TECHNICIAN, belonging=Belonging(township_ids=(places.township_id,))
    )
    actor = await people.actor_of(await people.sign_in(PHONE))
    assert actor == await people.acting(user_id)
    assert actor is not None
    assert actor.township_ids == (places.township_id,)


async def test_it_dies_after_half_an_hour_without_a_request() -> None:
    await people.user(PHONE)
    token = await people.sign_in(PHONE)
    assert await people.actor_of(token, now=NOW + timedelta(minutes=29, seconds=59)) is not None
    token = await people.sign_in(PHONE)
    assert await people.actor_of(token, now=NOW + timedelta(minutes=30)) is None


async def test_it_lives_while_it_is_used_but_never_past_twelve_hours() -> None:
    await people.user(PHONE)
    token = await people.sign_in(PHONE)
    for minutes in range(20, 12 * 60, 20):
        assert await people.actor_of(token, now=NOW + timedelta(minutes=minutes)) is not None
    assert await people.actor_of(token, now=NOW + timedelta(hours=12)) is None


async def test_being_seen_is_written_at_most_once_a_minute() -> None:
    await people.user(PHONE)
    token = await people.sign_in(PHONE)

    async def seen() -> object:
        return await db.scalar("SELECT seen_at FROM accounts_session")

    first = await seen()
    await people.actor_of(token, now=NOW + timedelta(seconds=59))
    assert await seen() == first
    await people.actor_of(token, now=NOW + timedelta(seconds=60))
    assert await seen() != first


async def test_signing_out_kills_it_at_once() -> None:
    user_id = await people.user(PHONE)
    token = await people.sign_in(PHONE)
    await sessions.end(await people.acting(user_id), token=token, now=NOW)
    assert await people.actor_of(token) is None


async def test_disabling_kills_every_session_at_once() -> None:
    user_id = await people.user(PHONE)
    tokens = [await people.sign_in(PHONE) for _ in range(3)]
    await users.disable(SYSTEM, user_id=user_id, now=NOW)
    assert [await people.actor_of(token) for token in tokens] == [None, None, None]


async def test_changing_the_password_kills_every_session_and_renews_the_one_that_asked() -> None:
    user_id = await people.user(PHONE)
    here, elsewhere = await people.sign_in(PHONE), await people.sign_in(PHONE)
    fresh = await passwords.change(
        await people.acting(user_id), old=PASSWORD, new="a brook under the terraces", token=here, now=NOW
    )
    assert await people.actor_of(here) is None
    assert await people.actor_of(elsewhere) is None
    assert await people.actor_of(fresh) is not None


async def test_a_reset_kills_every_session_and_the_new_password_allows_only_its_change() -> None:
    user_id = await people.user(PHONE)
    token = await people.sign_in(PHONE)
    request_id = new_id()
    secret = await passwords.one_time(request_id)
    await passwords.reset(SYSTEM, user_id=user_id, request_id=request_id, secret=secret, now=NOW)
    assert await people.actor_of(token) is None

    session = await sessions.find(await people.sign_in(PHONE, rules.one_time_password(request_id)), now=NOW)
    assert session is not None
    assert session.must_change_password
    assert [capability for capability in Capability if session.actor.may(capability)] == [
        Capability.ACCOUNT_OWN
    ]


async def test_another_phone_number_kills_every_session() -> None:
    user_id = await people.user(PHONE)
    token = await people.sign_in(PHONE)
    await users.change(SYSTEM, user_id=user_id, version=1, name="陈小满", phone="13900000002", now=NOW)
    assert await people.actor_of(token) is None


async def test_one_browser_can_sign_the_others_out() -> None:
    user_id = await people.user(PHONE)
    actor = await people.acting(user_id)
    here, there, yonder = [await people.sign_in(PHONE) for _ in range(3)]
    listed = await user_queries.sessions_of(actor, seen_after=NOW - timedelta(minutes=30), now=NOW)
    assert len(listed) == 3
    session = await sessions.find(here, now=NOW)
    other = await sessions.find(there, now=NOW)
    assert session is not None
    assert other is not None
    await sessions.end_one(actor, session_id=other.id, now=NOW)
    assert await people.actor_of(there) is None
    assert await sessions.end_others(actor, keep=session.id, now=NOW) == 1
    assert await people.actor_of(yonder) is None
    assert await people.actor_of(here) is not None


async def test_nobody_signs_others_out() -> None:
    await people.user(PHONE)
    stranger = await people.acting(await people.user("13900000002"))
    session = await sessions.find(await people.sign_in(PHONE), now=NOW)
    assert session is not None
    with pytest.raises(Missing):
        await sessions.end_one(stranger, session_id=session.id, now=NOW)


async def test_no_secret_made_up_finds_a_session() -> None:
    await people.user(PHONE)
    await people.sign_in(PHONE)
    for guess in ("", "x", "' OR 1=1 --", "\0", "花椒" * 1000):
        assert await people.actor_of(guess) is None


async def test_what_a_browser_says_of_itself_cannot_break_the_list() -> None:
    user_id = await people.user(PHONE)
    await sessions.open_for(user_id, address=ADDRESS, agent="<b>\0\ud800" + "x" * 1000, now=NOW)
    (row,) = await user_queries.sessions_of(
        await people.acting(user_id), seen_after=NOW - timedelta(minutes=30), now=NOW
    )
    assert row.agent.startswith("<b>x")
    assert len(row.agent) <= 200


async def test_dead_sessions_are_swept_and_living_ones_stay() -> None:
    await people.user(PHONE)
    await people.sign_in(PHONE, now=NOW - timedelta(hours=1))
    token = await people.sign_in(PHONE)
    assert await sessions.sweep(now=NOW) == 1
    assert await people.actor_of(token) is not None
