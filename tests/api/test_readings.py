"""Readings by gateways: in batches, in any order, as often as they like, each row judged for itself."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.seeds import cooling
from tests.api.tokens import Machine, machine
from tests.harness import cast

__all__ = ["machine"]

URL = "/api/v1/readings"


@pytest.fixture(autouse=True)
async def cooled(village: str) -> None:
    await cooling.load(now=clock.now(), days=0)


def at(minutes_ago: int) -> str:
    return (
        clock.local(clock.now() - timedelta(minutes=minutes_ago)).replace(second=0, microsecond=0).isoformat()
    )


def batch(*rows: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "readings": list(rows)}


def warmth(minutes_ago: int, tenths: Any, sensor: str = "NC-01") -> dict[str, Any]:
    return {"sensor": sensor, "taken_at": at(minutes_ago), "decidegrees": tenths}


async def test_a_batch_is_taken_once_and_answered_the_same_again(machine: Machine) -> None:
    gateway, sent = await machine(cast.STOREKEEPER), batch(warmth(3, 20), warmth(9, 0), warmth(6, 21))
    first, again = await gateway.post(URL, json=sent), await gateway.post(URL, json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"id": sent["id"], "new": 3, "known": 0, "refused": []}
    changed = await gateway.post(URL, json={**sent, "readings": [warmth(3, 22)]})
    assert changed.status_code == 409


async def test_rows_are_judged_one_by_one(machine: Machine) -> None:
    gateway = await machine(cast.STOREKEEPER)
    await gateway.post(URL, json=batch(warmth(5, 20)))
    rows = [
        warmth(5, 20), warmth(5, 21), warmth(4, 99_990), warmth(-10, 20), warmth(3, 20, "none"), warmth(3, 20, "BP-01"),
        warmth(3, "20"), warmth(3, True), {"sensor": "NC-01"}, 7, None,
        {"sensor": "NC-01", "taken_at": "2026-01-01T10:00", "decidegrees": 1},
        {"sensor": "NC-01", "taken_at": at(3), "humidity_permille": 500}, warmth(3, 20) | {"humidity_permille": None}, warmth(2, 10**30),
        {"sensor": "\x00", "taken_at": at(3), "decidegrees": 2},
    ]  # fmt: skip
    answer = (await gateway.post(URL, json=batch(*rows))).json()
    assert (answer["new"], answer["known"]) == (1, 1)
    assert [(each["row"], each["reason"]) for each in answer["refused"]] == [
        (1, "differs"), (2, "out_of_range"), (3, "future"), (4, "unknown_sensor"), (5, "unknown_sensor"), (6, "unreadable"),
        (7, "unreadable"), (8, "unreadable"), (9, "unreadable"), (10, "unreadable"), (11, "unreadable"), (12, "other_measure"),
        (14, "out_of_range"), (15, "unreadable"),
    ]  # fmt: skip
    # Somebody else's sensor and none at all are told apart by nothing.
    assert answer["refused"][3]["message"] == answer["refused"][4]["message"]


async def test_fractions_are_no_tenths(machine: Machine) -> None:
    gateway = await machine(cast.STOREKEEPER)
    answer = await gateway.post(URL, json=batch(warmth(3, 2.4)))
    assert answer.json()["refused"][0]["reason"] == "unreadable"
    body = f'{{"id": "{new_id()}", "readings": [{{"sensor": "NC-01", "taken_at": "{at(3)}", "decidegrees": NaN}}]}}'
    assert (
        await gateway.post(URL, content=body, headers={"Content-Type": "application/json"})
    ).status_code == 400


@pytest.mark.parametrize("readings", [[], None, {}, "x", 7])
async def test_what_is_no_list_is_refused(machine: Machine, readings: Any) -> None:
    gateway = await machine(cast.STOREKEEPER)
    answer = await gateway.post(URL, json={"id": str(new_id()), "readings": readings})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["readings"]


async def test_a_batch_has_an_end(machine: Machine) -> None:
    gateway = await machine(cast.STOREKEEPER)
    row = warmth(3, 20)
    assert (await gateway.post(URL, json=batch(*[row] * 1_001))).status_code == 422
    assert (await gateway.post(URL, json=batch(*[row] * 100_000))).status_code == 413
    many = await gateway.post(URL, json=batch(*(warmth(minutes, 20) for minutes in range(1_000))))
    assert many.json()["new"] == 1_000


async def test_only_who_answers_for_rooms_brings_readings(machine: Machine) -> None:
    for phone in (cast.CLERK_A, cast.COMMITTEE, cast.BUYER_P, cast.GROWER_A):
        assert (await (await machine(phone)).post(URL, json=batch(warmth(3, 20)))).status_code == 403
    reader = await machine(cast.STOREKEEPER, scopes=frozenset({Capability.STORAGE_READ}))
    assert (await reader.post(URL, json=batch(warmth(3, 20)))).status_code == 403
    gateway = await machine(cast.STOREKEEPER, scopes=frozenset({Capability.CLIMATE_RECORD}))
    assert (await gateway.post(URL, json=batch(warmth(3, 20)))).status_code == 201


async def test_a_breach_is_found_with_the_batch_that_shows_it(machine: Machine) -> None:
    gateway = await machine(cast.STOREKEEPER)
    await gateway.post(URL, json=batch(warmth(40, 60), warmth(5, 61)))
    assert await db.scalar("SELECT COUNT(*) FROM climate_breach WHERE kind = 'too_warm'") == 1
    assert await db.scalar("SELECT COUNT(*) FROM climate_alarm") > 0
