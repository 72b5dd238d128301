"""Slips through the API: once for each id, in grams, in the token's scope, told in problem documents."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import cards
from pepperchain.directory.card_queries import holder
from tests.api.tokens import Machine, machine
from tests.harness import cast

__all__ = ["machine"]


async def slip(**changes: object) -> dict[str, object]:
    """A slip as a scale of cooperative A would send it."""
    site, card = (
        await db.tuples(
            "SELECT s.id, h.card_number FROM accounts_user u JOIN directory_site s ON s.operator_id = u.organization_id"
            " JOIN directory_household h ON h.cooperative_id = u.organization_id"
            " WHERE u.phone = :phone AND s.kind = 'collecting_point' ORDER BY s.id, h.id LIMIT 1",
            phone=cast.CLERK_A,
        )
    )[0]
    picked = clock.local(clock.now() - timedelta(hours=2)).isoformat()
    return {
        "id": str(new_id()), "household_card": card, "site_id": site, "form": "fresh", "grade": "grade_1", "cultivar": "jiuyeqing",
        "gross_grams": 52_300, "tare_grams": 2_100, "picked_at": picked,
    } | changes  # fmt: skip


async def test_a_slip_is_created_once_and_answered_the_same_again(machine: Machine) -> None:
    scale, sent = await machine(cast.CLERK_A), await slip(price_fen_per_kg=980, bags=2)
    first = await scale.post("/api/v1/weigh-ins", json=sent)
    again = await scale.post("/api/v1/weigh-ins", json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["net_grams"] == 50_200
    assert first.json()["amount_fen"] == 49_196
    assert UUID(first.json()["id"]) == UUID(str(sent["id"]))


async def test_the_same_id_with_other_contents_is_a_conflict(machine: Machine) -> None:
    scale, sent = await machine(cast.CLERK_A), await slip()
    await scale.post("/api/v1/weigh-ins", json=sent)
    changed = await scale.post("/api/v1/weigh-ins", json=sent | {"gross_grams": 60_000})
    assert changed.status_code == 409
    assert_problem(changed)


async def test_a_lost_card_is_refused_and_says_since_when(machine: Machine) -> None:
    scale, sent = await machine(cast.CLERK_A), await slip()
    await scale.post("/api/v1/weigh-ins", json=sent)
    clerk, card = await cast.actor(cast.CLERK_A), str(sent["household_card"])
    found = await holder(clerk, card)
    assert found is not None
    await cards.report_lost(clerk, household_id=found.household_id, number=card, now=clock.now())
    refused = await scale.post("/api/v1/weigh-ins", json=await slip(household_card=card))
    assert refused.status_code == 422
    assert_problem(refused)
    assert "挂失" in refused.json()["errors"][0]["message"]
    assert (await scale.post("/api/v1/weigh-ins", json=sent)).status_code == 200
    assert (await scale.get(f"/api/v1/growers?q={card}")).json()["items"] == []


def assert_problem(answer: httpx2.Response) -> None:
    """What RFC 9457 and our contract say of an error."""
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    assert all({"field", "message"} == set(error) for error in document["errors"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross_grams": -5}, "gross_grams"),
        ({"gross_grams": 0, "tare_grams": 0}, "gross_grams"),
        ({"gross_grams": 2_100, "tare_grams": 52_300}, "tare_grams"),
        ({"gross_grams": 52_300.5}, "gross_grams"),
        ({"gross_grams": "52.3 kg"}, "gross_grams"),
        ({"gross_grams": 10**30}, "gross_grams"),
        ({"form": "burnt"}, "form"),
        ({"grade": "first class"}, "grade"),
        ({"picked_at": "2126-06-10T18:42:00+08:00"}, "picked_at"),
        ({"picked_at": "yesterday"}, "picked_at"),
        ({"id": "not an id"}, "id"),
        ({"site_id": None}, "site_id"),
        ({"household_card": None}, "household_card"),
        ({"bags": -1}, "bags"),
        ({"device": "x" * 300}, "device"),
        ({"moisture_permille": 999}, "moisture_permille"),
        ({"price_fen_per_kg": 0}, "price_fen_per_kg"),
        ({"price_fen_per_kg": 10**9}, "price_fen_per_kg"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    machine: Machine, changes: dict[str, object], field: str
) -> None:
    scale = await machine(cast.CLERK_A)
    before = await db.scalar("SELECT COUNT(*) FROM harvest_weighin")
    answer = await scale.post("/api/v1/weigh-ins", json=await slip(**changes))
    assert answer.status_code == 422
    assert_problem(answer)
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert await db.scalar("SELECT COUNT(*) FROM harvest_weighin") == before


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{", b'{"id": NaN}', b"\xff\xfe", b"[" * 5000, b'"text"']
)
async def test_what_is_no_json_object_is_a_bad_request(machine: Machine, content: bytes) -> None:
    scale = await machine(cast.CLERK_A)
    answer = await scale.post(
        "/api/v1/weigh-ins", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert_problem(answer)


async def test_another_media_type_and_too_much_are_said_so(machine: Machine) -> None:
    scale = await machine(cast.CLERK_A)
    form = await scale.post("/api/v1/weigh-ins?lang=en", data={"id": "1"})
    assert form.status_code == 415
    assert "application/json" in form.json()["detail"]
    large = await scale.post(
        "/api/v1/weigh-ins", content=b" " * 2_000_000, headers={"Content-Type": "application/json"}
    )
    assert large.status_code == 413


async def test_a_slip_is_voided_once(machine: Machine) -> None:
    scale, sent = await machine(cast.CLERK_A), await slip()
    await scale.post("/api/v1/weigh-ins", json=sent)
    undo = {"id": str(new_id()), "reason": "weighed twice"}
    first = await scale.post(f"/api/v1/weigh-ins/{sent['id']}/reversal", json=undo)
    again = await scale.post(f"/api/v1/weigh-ins/{sent['id']}/reversal", json=undo)
    other = await scale.post(f"/api/v1/weigh-ins/{sent['id']}/reversal", json=undo | {"id": str(new_id())})
    reasoned = await scale.post(
        f"/api/v1/weigh-ins/{sent['id']}/reversal", json=undo | {"reason": "never came"}
    )
    assert [answer.status_code for answer in (first, again, other, reasoned)] == [201, 200, 409, 409]
    assert first.json() == again.json()
    assert first.json()["voided_at"] is not None


async def test_lists_go_on_by_cursor_and_hold_everything_once(machine: Machine) -> None:
    scale = await machine(cast.CLERK_A)
    found: list[str] = []
    cursor = None
    while True:
        params = {"limit": "50"} | ({"cursor": cursor} if cursor else {})
        page = (await scale.get("/api/v1/weigh-ins", params=params)).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    cooperative = await db.scalar(
        "SELECT organization_id FROM accounts_user WHERE phone = :phone", phone=cast.CLERK_A
    )
    whole = await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE cooperative_id = :id", id=cooperative)
    assert len(found) == len(set(found)) == whole


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=zzz",
        "first_day=junk",
        "colour=red",
        "site_id=-1",
        "voided=maybe",
    ],
)
async def test_a_damaged_query_is_refused(machine: Machine, query: str) -> None:
    scale = await machine(cast.CLERK_A)
    answer = await scale.get(f"/api/v1/weigh-ins?{query}")
    assert answer.status_code == 422
    assert_problem(answer)
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


async def test_another_cooperatives_slip_site_and_household_are_not_there(machine: Machine) -> None:
    theirs, ours = await machine(cast.LEADER_B), await machine(cast.CLERK_A)
    sent = await slip()
    await ours.post("/api/v1/weigh-ins", json=sent)
    assert (await theirs.get(f"/api/v1/weigh-ins/{sent['id']}")).status_code == 404
    undo = {"id": str(new_id()), "reason": "mischief"}
    assert (await theirs.post(f"/api/v1/weigh-ins/{sent['id']}/reversal", json=undo)).status_code == 404
    assert (await theirs.post("/api/v1/weigh-ins", json=await slip())).status_code == 404
    listed = (await theirs.get("/api/v1/weigh-ins", params={"limit": "200"})).json()["items"]
    assert sent["id"] not in {item["id"] for item in listed}


async def test_no_name_of_a_grower_is_in_a_slip(machine: Machine) -> None:
    scale = await machine(cast.CLERK_A)
    text = (await scale.get("/api/v1/weigh-ins", params={"limit": "200"})).text
    names = await db.tuples("SELECT name FROM directory_person")
    assert not [name for (name,) in names if name in text]
