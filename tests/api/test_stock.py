"""The market and the rooms through the API: the same search as the pages, in integers, without anybody's name."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.core import clock, db
from tests.api.test_weigh_ins import assert_problem
from tests.api.tokens import Machine, machine
from tests.harness import cast

__all__ = ["machine"]


async def everything(machine: Machine, **params: str) -> list[dict[str, Any]]:
    buyer = await machine(cast.BUYER_P)
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = (
            await buyer.get("/api/v1/stock", params=params | ({"cursor": cursor} if cursor else {}))
        ).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_every_open_lot_is_found_once(machine: Machine) -> None:
    found = await everything(machine, limit="7")
    there = await db.scalar("SELECT COUNT(*) FROM storage_lot WHERE free_grams > 0")
    assert len({item["lot_id"] for item in found}) == len(found) == there > 7


@pytest.mark.parametrize(
    ("params", "holds"),
    [
        ({"form": "dry"}, lambda item: item["form"] == "dry"),
        ({"grade": "grade_1"}, lambda item: item["grade"] == "grade_1"),
        ({"min_grams": "100000"}, lambda item: item["free_grams"] >= 100_000),
        ({"max_price_fen_per_kg": "1000"}, lambda item: item["price_fen_per_kg"] <= 1000),
        ({"township": "先锋镇"}, lambda item: item["township"] == "先锋镇"),
        ({"form": "fresh", "fresh_only": "true"}, lambda item: item["fresh_seconds_left"] > 0),
    ],
)
async def test_filters_keep_what_they_say_and_drop_nothing_else(machine: Machine, params, holds) -> None:
    found = await everything(machine, **params)
    whole = await everything(machine)
    priced = [
        item for item in whole if item["price_fen_per_kg"] is not None or "max_price_fen_per_kg" not in params
    ]
    by_form = [item for item in priced if item["form"] == params.get("form", item["form"])]
    assert {item["lot_id"] for item in found} == {item["lot_id"] for item in by_form if holds(item)}
    assert found


async def test_sorting_by_price_puts_the_cheapest_first(machine: Machine) -> None:
    prices = [
        item["price_fen_per_kg"]
        for item in await everything(machine, sort="cheapest")
        if item["price_fen_per_kg"]
    ]
    assert prices == sorted(prices)


async def test_picked_since_takes_a_moment_or_a_day(machine: Machine) -> None:
    since = clock.now() - timedelta(days=2)
    by_moment = await everything(machine, picked_since=since.isoformat())
    there = await db.scalar(
        "SELECT COUNT(*) FROM storage_lot WHERE free_grams > 0 AND picked_at >= :since", since=since
    )
    assert len(by_moment) == there > 0
    by_day = await everything(machine, picked_since=clock.local_day(since).isoformat())
    assert len(by_day) >= len(by_moment)


async def test_no_person_and_no_phone_is_in_the_stock(machine: Machine) -> None:
    text = str(await everything(machine))
    people = await db.tuples("SELECT name, phone FROM directory_person")
    assert not [value for row in people for value in row if value and value in text]


@pytest.mark.parametrize(
    "query",
    [
        "form=burnt", "sort=random", "min_grams=-1", "min_grams=1.5", "limit=1000", "cursor=%00", "township=Atlantis",
        "picked_since=soon", "fresh_only=perhaps", "max_price_fen_per_kg=9999999999999999999999", "site=x",
    ],
)  # fmt: skip
async def test_a_damaged_search_is_refused_with_its_field(machine: Machine, query: str) -> None:
    buyer = await machine(cast.BUYER_P)
    answer = await buyer.get(f"/api/v1/stock?{query}")
    assert answer.status_code == 422
    assert_problem(answer)
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


async def test_a_cursor_goes_on_in_its_own_order_alone(machine: Machine) -> None:
    buyer = await machine(cast.BUYER_P)
    first = (await buyer.get("/api/v1/stock", params={"limit": "3"})).json()
    params = {"limit": "3", "cursor": first["next_cursor"]}
    assert (await buyer.get("/api/v1/stock", params=params)).status_code == 200
    answer = await buyer.get("/api/v1/stock", params=params | {"sort": "cheapest"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


async def test_a_township_is_meant_by_its_id_or_either_name(machine: Machine) -> None:
    whole = await everything(machine, township="先锋镇")
    assert whole
    # By their codes: the seconds that an offer stays fresh go on running between two answers.
    codes = [offer["code"] for offer in whole]
    for said in ("Xianfeng Town", "xianfeng town", str(whole[0]["township_id"])):
        assert [offer["code"] for offer in await everything(machine, township=said)] == codes


async def test_rooms_are_found_by_form_and_space(machine: Machine) -> None:
    keeper = await machine(cast.STOREKEEPER)
    rooms = (await keeper.get("/api/v1/rooms", params={"form": "dry", "free_grams": "1000"})).json()["items"]
    assert rooms
    assert all("dry" in room["forms"] and room["free_grams"] >= 1000 for room in rooms)
    assert all(room["free_grams"] <= room["capacity_grams"] for room in rooms)
    none = (await keeper.get("/api/v1/rooms", params={"free_grams": str(10**12)})).json()
    assert none == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ((5, 5), "to"),
        ((5, 1), "to"),
        ((0, 500), "to"),
        ((-1, 2), "from"),
        ((-200, -190), "from"),
        ((None, 2), "from"),
    ],
    ids=["no day", "backwards", "too long", "begins yesterday", "wholly past", "no date"],
)
async def test_a_span_of_days_must_be_one_that_is_to_come(
    machine: Machine, span: tuple[int | None, int], field: str
) -> None:
    keeper, today = await machine(cast.STOREKEEPER), clock.local_day(clock.now())
    first, last = ("x" if days is None else today + timedelta(days) for days in span)
    answer = await keeper.get(f"/api/v1/rooms?from={first}&to={last}")
    assert answer.status_code == 422
    assert_problem(answer)
    assert answer.json()["errors"][0]["field"] == field


async def test_space_is_told_for_today_and_days_to_come(machine: Machine) -> None:
    keeper, today = await machine(cast.STOREKEEPER), clock.local_day(clock.now())
    answer = await keeper.get(f"/api/v1/rooms?from={today}&to={today + timedelta(3)}")
    assert answer.status_code == 200
    assert answer.json()["items"]


async def test_a_buyer_has_no_business_with_rooms_and_a_stranger_none_at_all(machine: Machine) -> None:
    buyer, stranger = await machine(cast.BUYER_P), await machine()
    assert (await buyer.get("/api/v1/rooms")).status_code == 403
    answer = await stranger.get("/api/v1/stock")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Bearer" in answer.json()["detail"]
    assert_problem(answer)
