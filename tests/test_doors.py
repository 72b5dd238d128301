"""Every door of the product against every person of the cast: generated from the routes, so that none can be forgotten.

Own, foreign and absent things are told apart: what is another cooperative's answers exactly like what does not exist.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY, Role
from pepperchain.app import create_app
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.seeds import cooling
from pepperchain.stocktakes import checks, stocktakes
from pepperchain.storage import bookings, consignments, maintenances, samples, waiting
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load
from pepperchain.web.routing import PUBLIC, SIGNED_IN, GuardedRoute
from tests.harness import cast
from tests.harness.clients import SignIn, sign_in_to_app

ROLES = {
    cast.ADMIN: Role.ADMIN,
    cast.COMMITTEE: Role.COMMITTEE,
    cast.TECHNICIAN: Role.TECHNICIAN,
    cast.LEADER_A: Role.COOP_LEADER,
    cast.CLERK_A: Role.COOP_CLERK,
    cast.STOREKEEPER: Role.STOREKEEPER,
    cast.BUYER_P: Role.PROCESSOR,
    cast.GROWER_A: Role.GROWER,
    cast.DEPARTMENT: Role.DEPARTMENT,
    cast.LENDER: Role.LENDER,
}
OUTSIDE = {
    "/login",
    "/login/code",
    "/login/second-step",
    "/invitations/{secret}",
    "/logout",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/openapi.json",
    "/t/{code}",
    "/r/{code}",
    "/r/verify",
    "/r/keys.json",
}
"""Open to everyone, each by decision."""

_PARAM = re.compile(r"\{(\w+)(?::\w+)?\}")


def doors() -> list[GuardedRoute]:
    return [route for route in create_app().routes if isinstance(route, GuardedRoute)]


def cells() -> Iterator[tuple[str, str]]:
    for route in doors():
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path


def door(method: str, path: str) -> GuardedRoute:
    return next(route for route in doors() if route.path == path and method in (route.methods or ()))


def filled(path: str, value: Callable[[str], str]) -> str:
    return _PARAM.sub(lambda match: value(match.group(1)), path)


def nowhere(path: str) -> str:
    """The address of a thing that does not exist."""
    is_event = "uuid" in path or "/imports/" in path or "weigh-ins" in path
    return filled(path, lambda _name: str(uuid4()) if is_event else "9" * 9)


def at(path: str, thing: str) -> str:
    """The address of a thing."""
    return filled(path, lambda _name: thing)


@dataclass
class House:
    """Clients of the whole cast, signed in once, and the ids of what belongs to whom."""

    sign_in: SignIn
    clients: dict[str | None, httpx2.AsyncClient]

    async def as_person(self, phone: str | None) -> httpx2.AsyncClient:
        if phone not in self.clients:
            self.clients[phone] = await self.sign_in(phone)
        return self.clients[phone]


@db.unit_of_work
async def pair_up() -> None:
    """In each cooperative two households that may be one, and were said to be: the village itself has none."""
    for (cooperative,) in await db.tuples(
        "SELECT DISTINCT cooperative_id FROM directory_household WHERE cooperative_id IS NOT NULL"
    ):
        one, other = await db.tuples(
            "SELECT id, head_id, village_id, township_id FROM directory_household WHERE cooperative_id = :of ORDER BY id LIMIT 2",
            of=cooperative,
        )
        await db.insert(
            "directory_duplicate", household_id=one[0], other_id=other[0], person_id=one[1], other_person_id=other[1],
            village_id=one[2], township_id=one[3], cooperative_id=cooperative, points=80, evidence="name village", people=1,
            state="open", found_at=1, seen_at=1,
        )  # fmt: skip
        await db.insert(
            "directory_merge", request_id=uuid4(), kind="household", household_id=one[0], loser_household_id=other[0],
            township_id=one[3], cooperative_id=cooperative, reason="two cards", moved="{}", decided="[]", made_at=1, made_by_name="-",
        )  # fmt: skip


async def send_off() -> None:
    """Of each cooperative a lot that was sampled, and a part of it on the road to the cold store: the village itself has none."""
    room = await db.scalar(
        "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
        " WHERE u.phone = :phone AND r.kind = 'chilled' ORDER BY r.id LIMIT 1",
        phone=cast.STOREKEEPER,
    )
    now = clock.now()
    journey = Journey(
        to_room_id=room, plate="渝A12345", vehicle=Vehicle.CHILLED, expected_at=now + timedelta(hours=1)
    )
    for phone in (cast.LEADER_A, cast.LEADER_B):
        actor = await cast.actor(phone)
        lot = await db.scalar(
            "SELECT l.id FROM storage_lot l JOIN storage_room r ON r.id = l.room_id WHERE l.cooperative_id = :of"
            " AND l.operator_id = :of AND l.form = 'fresh' AND l.free_grams > 10000 ORDER BY l.id LIMIT 1",
            of=actor.organization_id,
        )
        await samples.take(actor, id=new_id(), lot_id=lot, grams=Grams(0), now=now)
        await consignments.send(actor, id=new_id(), loads=[Load(lot, Grams(1_000))], journey=journey, now=now)
        await _wait_and_book(actor, now=now)


async def _wait_and_book(actor: Actor, *, now: datetime) -> None:
    """A booking of each cooperative in a room of its own, and a place in the line for more than is left of it."""
    today = clock.local_day(now)
    room_id, capacity = (
        await db.tuples(
            "SELECT id, capacity_grams FROM storage_room WHERE operator_id = :of AND forms LIKE '%fresh%' ORDER BY id LIMIT 1",
            of=actor.organization_id,
        )
    )[0]
    later = today + timedelta(days=90)
    await maintenances.plan(
        actor, id=new_id(), room_id=room_id, from_on=later, to_on=later, reason="换密封条", now=now
    )
    await bookings.place(
        actor, id=new_id(), room_id=room_id, form="fresh", grams=Grams(1), from_on=today, to_on=today, now=now
    )
    await waiting.ask(
        actor, id=new_id(), room_id=room_id, form="fresh", grams=Grams(capacity), from_on=today, to_on=today, now=now
    )  # fmt: skip


async def begin_stocktakes() -> None:
    """In each cooperative a room that is being counted, and whose books do not agree."""
    for phone in (cast.LEADER_A, cast.LEADER_B):
        actor = await cast.actor(phone)
        room = await db.scalar(
            "SELECT room_id FROM storage_lot WHERE operator_id = :of AND is_open ORDER BY id LIMIT 1",
            of=actor.organization_id,
        )
        await stocktakes.begin(actor, id=new_id(), room_id=room, now=clock.now())
        await _differ(room)
    await checks.run(now=clock.now())


@db.unit_of_work
async def _differ(room: int) -> None:
    await db.execute("UPDATE storage_room SET stock_grams = stock_grams + 1 WHERE id = :id", id=room)


@db.unit_of_work
async def sort_out() -> None:
    """In each cooperative a tag, and a segment that is shared and was done: the village itself has none."""
    for cooperative, user in await db.tuples(
        "SELECT organization_id, MIN(id) FROM accounts_user WHERE role = 'coop_leader' GROUP BY organization_id"
    ):
        whose = {"organization_id": cooperative, "created_at": 1}
        await db.insert("segments_tag", name="A tag", user_name="Somebody", **whose)
        criteria = '{"match":"all","groups":[]}'
        segment = await db.insert_id(
            "segments_segment", owner_id=user, owner_name="Somebody", is_shared=True, name="A segment", criteria=criteria, changed_at=1,
            **whose,
        )  # fmt: skip
        await db.insert(
            "segments_run", id=uuid4(), segment_id=segment, segment_version=1, action="tag", parameters='{"tag":1}', criteria=criteria,
            user_id=user, user_name="Somebody", acting_id=user, language="en", state="done", finished_at=1, **whose,
        )  # fmt: skip


@pytest.fixture
async def house(village: str) -> AsyncIterator[House]:
    await pair_up()
    await send_off()
    await cooling.load(now=clock.now(), days=1)
    await begin_stocktakes()
    await sort_out()
    async with AsyncExitStack() as stack:
        yield House(sign_in_to_app(stack), {})


async def knock(client: httpx2.AsyncClient, method: str, path: str) -> httpx2.Response:
    if method == "GET":
        return await client.get(path)
    if path.startswith("/api/"):
        return await client.request(method, path, json={})
    return await client.request(method, path, data={"id": str(uuid4()), "reason": "a reason that will do"})


def test_every_route_says_who_may_use_it_and_the_open_ones_are_listed() -> None:
    unguarded = [
        route
        for route in create_app().routes
        if not isinstance(route, GuardedRoute) and not getattr(route, "path", "").startswith("/static")
    ]
    assert unguarded == []
    assert {route.path for route in doors() if route.may is PUBLIC} == OUTSIDE & {
        route.path for route in doors()
    }


def test_the_house_has_the_doors_that_others_rely_on() -> None:
    paths = {route.path for route in doors()}
    for path in (
        "/",
        "/login",
        "/growers",
        "/organizations",
        "/harvest",
        "/storage",
        "/market",
        "/imports",
        "/admin",
        "/t/{code}",
    ):
        assert path in paths
    for path in ("growers", "weigh-ins", "stock", "rooms", "readings", "openapi.json"):
        assert f"/api/v1/{path}" in paths


async def test_strangers_are_sent_to_sign_in_everywhere(house: House) -> None:
    stranger = await house.as_person(None)
    wrong = []
    for method, path in cells():
        if door(method, path).may is PUBLIC:
            continue
        answer = await knock(stranger, method, nowhere(path))
        expected = 401 if path.startswith("/api/") else 303
        if answer.status_code != expected or (
            expected == 303 and not answer.headers["location"].startswith("/login")
        ):
            wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("phone", ROLES, ids=[role.value for role in ROLES.values()])
async def test_a_role_meets_403_exactly_where_its_capability_is_missing(house: House, phone: str) -> None:
    """On things that do not exist, so that nothing is changed: whoever may gets past the door and finds nothing."""
    person = await house.as_person(phone)
    wrong = []
    for method, path in cells():
        may = door(method, path).may
        if path in ("/logout", "/login") or path.startswith("/api/"):
            continue
        lets_in = may in (PUBLIC, SIGNED_IN) or (isinstance(may, Capability) and may in POLICY[ROLES[phone]])
        answer = await knock(person, method, nowhere(path))
        if answer.status_code >= 500 or (answer.status_code == 403) == lets_in:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


OWNED = {
    "/growers/": "SELECT h.id FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id"
    " WHERE u.phone = :phone",
    "/growers/duplicates/": "SELECT d.id FROM directory_duplicate d JOIN accounts_user u ON u.organization_id = d.cooperative_id"
    " WHERE u.phone = :phone",
    "/growers/merges/": "SELECT m.id FROM directory_merge m JOIN accounts_user u ON u.organization_id = m.cooperative_id"
    " WHERE u.phone = :phone",
    "/harvest/weigh-ins/": "SELECT w.id FROM harvest_weighin w JOIN accounts_user u ON u.organization_id = w.cooperative_id"
    " WHERE u.phone = :phone AND w.voided_at IS NULL ORDER BY w.weighed_at DESC",
    "/api/v1/weigh-ins/": "SELECT w.id FROM harvest_weighin w JOIN accounts_user u ON u.organization_id = w.cooperative_id"
    " WHERE u.phone = :phone",
    "/visits/{visit_id": "SELECT v.id FROM visits_visit v JOIN accounts_user u ON u.organization_id = v.cooperative_id"
    " WHERE u.phone = :phone AND v.household_id IN (SELECT h.id FROM directory_household h WHERE h.cooperative_id = u.organization_id)",
    "/visits/follow-ups/": "SELECT f.id FROM visits_follow_up f JOIN accounts_user u ON u.organization_id = f.cooperative_id"
    " WHERE u.phone = :phone",
    "/notes/": "SELECT n.id FROM visits_note n JOIN accounts_user u ON u.organization_id = n.cooperative_id WHERE u.phone = :phone",
    "/storage/samples/": "SELECT s.id FROM storage_sample s JOIN storage_lot l ON l.id = s.lot_id"
    " JOIN accounts_user u ON u.organization_id = l.cooperative_id WHERE u.phone = :phone",
    "/storage/consignments/": "SELECT c.id FROM storage_consignment c JOIN accounts_user u ON u.organization_id = c.cooperative_id"
    " WHERE u.phone = :phone",
    "/storage/maintenances/": "SELECT m.id FROM storage_maintenance m JOIN accounts_user u ON u.organization_id = m.operator_id"
    " WHERE u.phone = :phone",
    "/storage/waits/": "SELECT w.id FROM storage_wait w JOIN accounts_user u ON u.organization_id = w.organization_id"
    " WHERE u.phone = :phone",
    "/storage/bookings/": "SELECT b.id FROM storage_booking b JOIN accounts_user u ON u.organization_id = b.organization_id"
    " WHERE u.phone = :phone AND b.consignment_id IS NULL",
    "/storage/climate/breaches/": "SELECT b.id FROM climate_breach b JOIN accounts_user u ON u.organization_id = b.operator_id"
    " WHERE u.phone = :phone",
    "/storage/climate/sensors/": "SELECT s.id FROM climate_sensor s JOIN accounts_user u ON u.organization_id = s.operator_id"
    " WHERE u.phone = :phone",
    "/storage/climate/rooms/": "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
    " WHERE u.phone = :phone",
    "/storage/reconciliations/": "SELECT c.id FROM stocktakes_case c JOIN accounts_user u ON u.organization_id = c.operator_id"
    " WHERE u.phone = :phone",
    "/storage/stocktakes/": "SELECT k.id FROM stocktakes_stocktake k JOIN accounts_user u ON u.organization_id = k.operator_id"
    " WHERE u.phone = :phone",
    "/segments/tags/": "SELECT t.id FROM segments_tag t JOIN accounts_user u ON u.organization_id = t.organization_id"
    " WHERE u.phone = :phone",
    "/segments/{segment_id": "SELECT s.id FROM segments_segment s JOIN accounts_user u ON u.organization_id = s.organization_id"
    " WHERE u.phone = :phone",
    "/segments/runs/": "SELECT r.id FROM segments_run r JOIN accounts_user u ON u.organization_id = r.organization_id"
    " WHERE u.phone = :phone",
    "/storage/lots/": "SELECT l.id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.cooperative_id"
    " WHERE u.phone = :phone AND l.is_open",
}


def owned_cells() -> list[tuple[str, str, str]]:
    return [
        (method, path, prefix)
        for method, path in cells()
        for prefix in [max((each for each in OWNED if path.startswith(each)), key=len, default="")]
        if prefix and len(_PARAM.findall(path)) == 1
    ]


async def test_what_is_another_cooperatives_answers_like_what_is_not_there(house: House) -> None:
    """Every page, form and endpoint below a thing of cooperative B, tried by the leader of A, and the other way round."""
    wrong = []
    for trespasser, owner in ((cast.LEADER_A, cast.LEADER_B), (cast.LEADER_B, cast.LEADER_A)):
        person = await house.as_person(trespasser)
        for method, path, prefix in owned_cells():
            if path.startswith("/api/"):
                continue
            theirs = str(await db.scalar(f"{OWNED[prefix]} LIMIT 1", phone=owner))
            answer = await knock(person, method, at(path, theirs))
            gone = await knock(person, method, nowhere(path))
            # A form that wants more than a reason may be refused for what it lacks, but then for both alike.
            if answer.status_code not in (403, 404, 422) or answer.status_code != gone.status_code:
                wrong.append((trespasser, method, path, answer.status_code, gone.status_code))
    assert wrong == []


async def test_a_teammate_sees_what_the_owner_sees(house: House) -> None:
    clerk, leader = await house.as_person(cast.CLERK_A), await house.as_person(cast.LEADER_A)
    for method, path, prefix in owned_cells():
        if method != "GET" or path.startswith("/api/"):
            continue
        own = str(await db.scalar(f"{OWNED[prefix]} LIMIT 1", phone=cast.LEADER_A))
        url = at(path, own)
        seen = (await leader.get(url)).status_code
        assert seen == 200, url
        if door(method, path).may in POLICY[Role.COOP_CLERK]:
            assert (await clerk.get(url)).status_code == 200, url


async def test_names_and_phones_of_cooperative_b_reach_nobody_of_a(house: House) -> None:
    """A crawl of every page without parameters, as A's leader: no person of B on any of them. Canaries are B's real names."""
    person = await house.as_person(cast.LEADER_A)
    organization = "SELECT organization_id FROM accounts_user WHERE phone = :phone"
    theirs = await db.tuples(
        f"SELECT p.name, p.phone FROM directory_person p WHERE p.cooperative_id = ({organization})",
        phone=cast.LEADER_B,
    )
    ours = {
        value
        for row in await db.tuples(
            f"SELECT p.name, p.phone FROM directory_person p WHERE p.cooperative_id = ({organization})",
            phone=cast.LEADER_A,
        )
        for value in row
    }
    canaries = {value for row in theirs for value in row if value} - ours
    assert len(canaries) > 10
    for method, path in cells():
        # The demo's sign-in page shows the whole cast, by contract.
        if method == "GET" and not _PARAM.search(path) and not path.startswith("/api/") and path != "/login":
            text = (await person.get(path)).text
            assert not [canary for canary in canaries if canary in text], path
