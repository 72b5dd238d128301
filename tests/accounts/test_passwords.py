"""Which passwords are taken, how they are kept, and how they are changed (reliability D7)."""

import asyncio
import os
import tomllib
from uuid import UUID

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import passwords, rules, user_queries
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.settings import Misconfigured, assets, read, settings
from tests.accounts import people
from tests.accounts.people import NOW, PASSWORD

PHONE = "13900000001"

REFUSED = [
    "short", "eleven char", "x" * 201, "aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "123412341234", "121212121212",
    "123456789012", "012345678901234", "987654321098", "abcdefghijkl", "qwertyuiop[]", "asdfghjkl;'z", "][poiuytrewq",
    "1qaz2wsx3edc", "!@#$%^&*()_+", "woaini1314520", "WoAiNi1314520", "password1234", "Password-2026", "huajiao-20261",
    "huajiaohuajiao", "江津花椒20260610!", "椒链管理员123456", "pepperchain!", "admin-admin-1", "jiangjin2026!!", "HUAJIAO-12345",
    "ｈｕａｊｉａｏ-２０２６１", "correcthorsebatterystaple", "13900000001 a b", "chen xiaoman 1",
    "陈小满在坡上摘了一整天", "花椒花椒花椒花椒花椒花椒",
]  # fmt: skip
TAKEN = [
    "three dry cones", "一把剪子两个背篼去坡上摘", "k7mf-2xpa-9qre", "river stone kite", "x" * 60 + "yzabc dry cones rolling down",
    "pepper grows on the terrace", "花椒树下躺着一只黄狗喘气", "0417 ferry to the fair", "pa$te this: Vq8#tL2!wZ",
]  # fmt: skip


@pytest.mark.parametrize("password", REFUSED)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.require_password(password, about=(PHONE, "chen xiaoman", "陈小满"))
    assert caught.value.field == "password"


@pytest.mark.parametrize("password", TAKEN)
def test_what_only_its_owner_would_think_of_is_taken(password: str) -> None:
    rules.require_password(password, about=(PHONE, "chen xiaoman", "陈小满"))


def test_every_password_of_the_list_of_common_ones_is_refused() -> None:
    for password in settings().section("passwords")["common"]:
        with pytest.raises(Refused):
            rules.require_password(password)


def test_the_demos_password_is_for_the_demo_only() -> None:
    with pytest.raises(Refused):
        rules.require_password(settings().section("accounts")["demo_password"])


def test_hashing_costs_at_least_what_is_recommended() -> None:
    # OWASP: Argon2id with 19 MiB, 2 passes, 1 lane, or more. The file, since tests themselves run with the least.
    accounts = tomllib.loads((assets() / "config" / "accounts.toml").read_text("utf-8"))["accounts"]
    assert accounts["password_memory_kib"] >= 19_456
    assert accounts["password_passes"] >= 2
    assert accounts["password_lanes"] >= 1


async def test_the_hash_is_argon2id_and_salted() -> None:
    first, second = await passwords.chosen(PASSWORD), await passwords.chosen(PASSWORD)
    assert first.hash.startswith("$argon2id$")
    assert first.hash != second.hash
    assert PASSWORD not in repr(first) + first.hash


async def test_the_loop_goes_on_while_passwords_are_hashed() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    turning = asyncio.create_task(turn())
    await asyncio.gather(*(passwords.chosen(PASSWORD) for _ in range(4)))
    turning.cancel()
    assert turns > 10


def test_a_one_time_password_belongs_to_its_request_and_to_this_server() -> None:
    request_id = UUID("0197a000-0000-7000-8000-000000000001")
    password = rules.one_time_password(request_id)
    assert password == rules.one_time_password(request_id)
    assert password != rules.one_time_password(new_id())
    rules.require_password(password)


def test_the_database_and_the_servers_key_together_tell_no_one_time_password() -> None:
    request_id = new_id()
    assert rules.kept_request(request_id) != request_id
    assert rules.one_time_password(rules.kept_request(request_id)) != rules.one_time_password(request_id)


@pytest.mark.usefixtures("database")
async def test_changing_it_asks_for_the_present_one() -> None:
    actor = await people.acting(await people.user(PHONE))
    token = await people.sign_in(PHONE)
    with pytest.raises(Refused) as caught:
        await passwords.change(
            actor, old="something else", new="a brook under the terraces", token=token, now=NOW
        )
    assert caught.value.field == "old"
    assert await people.actor_of(token) is not None


@pytest.mark.usefixtures("database")
async def test_the_new_one_differs_and_is_a_good_one() -> None:
    actor = await people.acting(await people.user(PHONE))
    token = await people.sign_in(PHONE)
    for new in (PASSWORD, "huajiao-20261", f"my {PHONE} number"):
        with pytest.raises(Refused) as caught:
            await passwords.change(actor, old=PASSWORD, new=new, token=token, now=NOW)
        assert caught.value.field == "password"


@pytest.mark.usefixtures("database")
async def test_a_changed_password_opens_and_the_old_one_does_not() -> None:
    actor = await people.acting(await people.user(PHONE))
    token = await people.sign_in(PHONE)
    await passwords.change(actor, old=PASSWORD, new="a brook under the terraces", token=token, now=NOW)
    assert await people.sign_in(PHONE, "a brook under the terraces")
    with pytest.raises(Refused):
        await people.sign_in(PHONE)


@pytest.mark.usefixtures("database")
async def test_a_reset_sent_twice_is_one_and_shows_the_same_password() -> None:
    user_id = await people.user(PHONE)
    request_id = new_id()
    for first in (True, False):
        secret = await passwords.one_time(request_id)
        assert (
            await passwords.reset(SYSTEM, user_id=user_id, request_id=request_id, secret=secret, now=NOW)
            is first
        )
    assert await people.sign_in(PHONE, rules.one_time_password(request_id))
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'password.reset'") == 1


@pytest.mark.usefixtures("database")
async def test_once_its_owner_chose_another_the_one_time_password_is_over() -> None:
    user_id = await people.user(PHONE)
    request_id = new_id()
    one_time = rules.one_time_password(request_id)
    secret = await passwords.one_time(request_id)
    await passwords.reset(SYSTEM, user_id=user_id, request_id=request_id, secret=secret, now=NOW)
    actor = await people.acting(user_id)
    token = await people.sign_in(PHONE, one_time)
    await passwords.change(actor, old=one_time, new=PASSWORD, token=token, now=NOW)
    await passwords.reset(SYSTEM, user_id=user_id, request_id=request_id, secret=secret, now=NOW)
    assert await people.sign_in(PHONE)
    assert not (await user_queries.get_user(SYSTEM, user_id)).password_one_time


def test_a_short_secret_key_is_refused_in_production() -> None:
    with pytest.raises(Misconfigured, match="SECRET_KEY"):
        read({"PEPPERCHAIN_ENV": "production", "PEPPERCHAIN_SECRET_KEY": "short", "PATH": os.environ["PATH"]})
