"""D1: every route × every role × {own, same cooperative, foreign, none}, as page, as fragment and through the API.

What is expected stands in `things.toml`; what is another cooperative's answers exactly like what is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from pepperchain.access.actor import Actor
from tests.doors.plan import ROLES, Way, ways
from tests.doors.things import Thing, rows_of, thing_of, things
from tests.doors.visitors import FRAGMENT, Visitors, without_trace
from tests.harness import cast

OPEN_TO_EVERYONE = {
    "/login", "/login/code", "/login/second-step", "/invitations/{secret}", "/logout", "/healthz", "/readyz", "/metrics",
    "/api/v1/openapi.json", "/t/{code}", "/r/{code}", "/r/verify", "/r/keys.json",
}  # fmt: skip
"""Each by decision."""

GONE = frozenset({404})
REFUSED = frozenset({403})
OPENED = frozenset({200, 201, 204, 303, 400, 409, 413, 415, 422, 429})
"""Past the door: what came of it, be it only what an empty form lacks."""

TURNSTILES = ("/login", "/login/code", "/login/second-step", "/logout")
"""They begin or end what all other cases stand on; tests/accounts has them."""


def test_every_route_below_a_thing_says_which() -> None:
    unknown = [
        str(way)
        for way in ways()
        if way.params and thing_of(way) is None and not way.path.startswith("/static")
    ]
    assert not unknown, f"say in tests/doors/things.toml what they are about and who sees it: {unknown}"


def test_every_thing_of_the_table_is_led_to_by_a_route() -> None:
    about = {thing.name for way in ways() if (thing := thing_of(way))}
    assert {thing.name for thing in things()} - about == set()


def test_the_open_doors_are_the_ones_that_were_decided_on() -> None:
    assert {way.path for way in ways() if way.is_public} == OPEN_TO_EVERYONE


@dataclass(frozen=True, slots=True)
class Case:
    """An address to try, what is there, and what this person has to do with it."""

    address: str
    near: str
    is_seen: bool = True
    is_theirs: bool = True

    def __str__(self) -> str:
        seen = "to act on" if self.is_theirs else "to see" if self.is_seen else "unseen"
        return f"{self.address} ({self.near}, {seen})"


def cases_of(way: Way, thing: Thing | None, rows: list[dict[str, Any]], actor: Actor | None) -> list[Case]:
    """What is not there, and one row of each kind that there is for this person: own, same, foreign, seen and unseen."""
    if thing is None:
        return [Case(way.path, "page")]
    kinds: dict[tuple[str, bool, bool], Case] = {}
    for row in rows:
        near, seen = thing.nearness(row, actor), thing.is_seen(row, actor)
        theirs = seen and thing.is_theirs(row, actor)
        if (near, seen, theirs) not in kinds:
            kinds[near, seen, theirs] = Case(way.at(**row), near, seen, theirs)
    nothing = [Case(way.nowhere(), "none", is_seen=False, is_theirs=False)] if way.params else []
    return [*nothing, *kinds.values()]


async def knock(client: httpx2.AsyncClient, way: Way, address: str, headers: Mapping[str, str]) -> int:
    """The status of one request whose effects do not last; forms carry a reason and nothing else."""

    async def ask() -> int:
        if way.is_api and not way.is_read:
            return (await client.request(way.method, address, headers=headers, json={})).status_code
        data = None if way.is_read else {"reason": "a reason that will do"}
        return (await client.request(way.method, address, headers=headers, data=data)).status_code

    return await ask() if way.is_read else await without_trace(ask)


@pytest.mark.parametrize("phone", [*ROLES, None], ids=[*(role.value for role in ROLES.values()), "anonymous"])
async def test_every_door_opens_to_whom_it_should_and_to_nobody_else(
    house: Visitors, phone: str | None
) -> None:
    actor = None if phone is None else await cast.actor(phone)
    browser, machine = await house.browser(phone), await house.machine(phone)
    rows = {thing.name: await rows_of(thing) for thing in things()}
    wrong, tried = [], 0
    for way in ways():
        if way.path in TURNSTILES:
            continue
        thing = thing_of(way)
        for case in cases_of(way, thing, rows[thing.name] if thing else [], actor):
            for headers in ({}, FRAGMENT) if way.is_read and not way.is_api else ({},):
                status = await knock(machine if way.is_api else browser, way, case.address, headers)
                tried += 1
                if status not in expected(way, case, actor, is_fragment=bool(headers)):
                    wrong.append(f"{way}: {case} {headers}: {status}")
    assert not wrong, "\n".join(wrong)
    assert tried > len(ways())


def expected(way: Way, case: Case, actor: Actor | None, *, is_fragment: bool) -> frozenset[int]:
    """The statuses that are right."""
    if actor is None and not way.is_public:
        # A program without a token that would change something is turned away before anybody asks who it is.
        return frozenset(
            {401}
            if way.is_api and way.is_read
            else {401, 403}
            if way.is_api
            else {204 if is_fragment else 303}
        )
    if actor is not None and not way.lets_in(actor.role):
        return REFUSED
    if not case.is_seen:
        # A form may be told what it lacks, as long as it is told so of what is not there too.
        return GONE if way.is_read else GONE | {422}
    if not case.is_theirs:
        return REFUSED if way.is_read else REFUSED | {422}
    return (frozenset({200}) if way.params else frozenset({200, 303, 204, 422})) if way.is_read else OPENED


async def test_both_cooperatives_have_one_of_everything(house: Visitors) -> None:
    """Or nothing would be found out about what is foreign."""
    missing = []
    for thing in things():
        rows = await rows_of(thing)
        for scope in ("coop", "operator"):
            if rows and scope in rows[0]:
                there = {row[scope] for row in rows}
                missing += [f"{thing.name} of {scope} {each}" for each in (1, 2) if each not in there]
        if not rows and thing.sees:
            missing.append(thing.name)
    assert not missing, f"tests/doors/furniture.py puts none into the house: {missing}"


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.LEADER_A, cast.GROWER_A])
async def test_an_address_made_of_two_things_that_do_not_belong_together_leads_nowhere(
    house: Visitors, phone: str
) -> None:
    """One's own household and a person of another: the first would let in, the second must not be shown under it."""
    actor, browser = await cast.actor(phone), await house.browser(phone)
    wrong = []
    for way in ways():
        thing = thing_of(way)
        if thing is None or len(way.params) < 2 or not way.lets_in(actor.role):
            continue
        outer = next(iter(way.params))
        rows = await rows_of(thing)
        seen = [row[outer] for row in rows if thing.is_seen(row, actor)]
        others = [row for row in rows if seen and row[outer] != seen[0]]
        for other in (others[0], others[-1]) if others else ():
            address = way.at(**{**other, outer: seen[0]})
            if await knock(browser, way, address, {}) not in (404, 422):
                wrong.append(f"{way} {address}")
    assert wrong == []
