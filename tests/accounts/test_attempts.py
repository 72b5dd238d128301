"""Tries to sign in are counted exactly, whoever counts beside (reliability D6, E9)."""

import asyncio
from datetime import timedelta

import pytest

from pepperchain.accounts import attempts, rules
from pepperchain.accounts.attempts import TooManyTries
from pepperchain.core import db
from tests.accounts.people import NOW

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"


async def test_of_a_thousand_guesses_at_most_ten_are_looked_at() -> None:
    looked_at = 0
    for guess in range(1000):
        try:
            await attempts.begin(phone=PHONE, address="198.51.100.1", now=NOW + timedelta(milliseconds=guess))
            looked_at += 1
        except TooManyTries:
            pass
    assert looked_at == 10


async def test_fifty_tries_at_once_are_counted_exactly() -> None:
    async def begin(number: int) -> bool:
        try:
            await attempts.begin(phone=PHONE, address=f"198.51.100.{number}", now=NOW)
        except TooManyTries:
            return False
        return True

    assert sum(await asyncio.gather(*(begin(number) for number in range(50)))) == 10


async def test_tries_that_were_refused_do_not_close_the_door_for_everybody() -> None:
    for number in range(30):
        try:
            await attempts.begin(phone=f"1390000{number:04}", address="198.51.100.1", now=NOW)
        except TooManyTries:
            pass
    tries = await db.scalar("SELECT tries FROM accounts_attempt WHERE subject = :s", s=attempts.EVERYBODY)
    assert tries == 10


async def test_an_ipv6_network_is_one_address() -> None:
    assert rules.network_of("2001:db8:1:2::5") == rules.network_of("2001:db8:1:2:ffff::1")
    assert rules.network_of("2001:db8:1:2::5") != rules.network_of("2001:db8:1:3::5")
    assert rules.network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert rules.network_of("not an address") == "unknown"


async def test_counts_that_are_over_are_forgotten() -> None:
    await attempts.begin(phone=PHONE, address="198.51.100.1", now=NOW)
    assert await attempts.forget(now=NOW + timedelta(minutes=4)) == 0
    assert await attempts.forget(now=NOW + timedelta(minutes=5)) == 3


async def test_a_try_that_was_right_counts_for_nothing() -> None:
    for _ in range(30):
        counted = await attempts.begin(phone=PHONE, address="198.51.100.1", now=NOW)
        await attempts.take_back(counted)
    assert await db.scalar("SELECT MAX(tries) FROM accounts_attempt") == 0
