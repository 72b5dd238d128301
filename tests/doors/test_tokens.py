"""D9: every endpoint × a token for it alone, one for everything else, one that was revoked and one whose user is closed."""

from collections.abc import Sequence

import httpx2
import pytest

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY
from pepperchain.accounts import tokens
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.doors.plan import ROLES, Way, ways
from tests.doors.visitors import Visitors, without_trace
from tests.harness import cast

BEARERS = (cast.LEADER_A, cast.STOREKEEPER, cast.BUYER_P, cast.TECHNICIAN)
DEAD, SHUT = 401, 403


def endpoints(phone: str) -> list[Way]:
    """Those that the role may call."""
    return [way for way in ways() if way.is_api and not way.is_public and way.lets_in(ROLES[phone])]


async def issued(phone: str, scopes: Sequence[Capability]) -> tuple[str, int]:
    """A token's secret and its id."""
    made = await tokens.create(
        await cast.actor(phone), request_id=new_id(), label="scale", scopes=scopes, days=1, now=clock.now()
    )
    return made.secret, made.id


async def call(machine: httpx2.AsyncClient, way: Way, secret: str) -> int:
    """What an empty call is answered with; nothing of it lasts."""
    headers = {"Authorization": f"Bearer {secret}"}
    address = way.nowhere()

    async def ask() -> int:
        json: object = None if way.is_read else {}
        return (await machine.request(way.method, address, headers=headers, json=json)).status_code

    return await ask() if way.is_read else await without_trace(ask)


@pytest.mark.parametrize("phone", BEARERS)
async def test_a_token_opens_what_it_is_for_and_nothing_else(house: Visitors, phone: str) -> None:
    machine, wrong, tried = await house.machine(None), [], 0
    mine = sorted(POLICY[ROLES[phone]])
    for way in endpoints(phone):
        if not isinstance(way.may, Capability):
            continue
        alone, _ = await issued(phone, [way.may])
        besides, _ = await issued(phone, [each for each in mine if each is not way.may])
        if await call(machine, way, alone) in (DEAD, SHUT):
            wrong.append(f"{way}: shut to a token for it")
        if await call(machine, way, besides) != SHUT:
            wrong.append(f"{way}: open to a token for all else")
        tried += 1
    assert wrong == []
    assert tried > 0


async def test_a_revoked_token_and_one_of_a_closed_account_are_dead_at_the_next_call(house: Visitors) -> None:
    machine, phone = await house.machine(None), cast.LEADER_A
    actor = await cast.actor(phone)
    for way in endpoints(phone):
        secret, id = await issued(phone, ())
        assert await call(machine, way, secret) not in (DEAD, SHUT), way
        await tokens.revoke(actor, token_id=id, now=clock.now())
        assert await call(machine, way, secret) == DEAD, way
    secret, _ = await issued(phone, ())
    await _close(phone)
    assert [way for way in endpoints(phone) if await call(machine, way, secret) != DEAD] == []


@db.unit_of_work
async def _close(phone: str) -> None:
    await db.execute(
        "UPDATE accounts_user SET disabled_at = :now WHERE phone = :phone", now=clock.now(), phone=phone
    )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer nobody-has-this", "Basic YTpi", "Bearer \t", "Token x"])
async def test_no_made_up_header_is_a_token(house: Visitors, scheme: str) -> None:
    machine = await house.machine(None)
    for way in (way for way in ways() if way.is_api and not way.is_public and way.is_read):
        answer = await machine.get(way.nowhere(), headers={"Authorization": scheme})
        assert answer.status_code == DEAD, way
