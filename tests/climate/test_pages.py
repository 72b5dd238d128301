"""The pages of the climate: each works, for whom it is meant, once however often it is sent."""

import re
from datetime import timedelta

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.seeds import cooling
from tests.exports.taking import ask, page_of, rows_of
from tests.harness import cast
from tests.harness.clients import SignIn

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
async def cooled(village: str) -> None:
    """The village with its sensors and two days of readings."""
    await cooling.load(now=clock.now(), days=2)


async def room_of(name: str) -> int:
    return int(await db.scalar("SELECT id FROM storage_room WHERE name = :name", name=name))


async def breach_in(room: str) -> int:
    return int(
        await db.scalar("SELECT id FROM climate_breach WHERE room_id = :room", room=await room_of(room))
    )


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


async def test_rooms_in_trouble_come_first(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = (await leader.get("/storage/climate?lang=en")).text
    assert page.index("保坪预冷间") < page.index("绣庄预冷间")
    assert "Too warm" in page
    assert "沙埂" not in page
    fragment = await leader.get("/storage/climate", headers=FRAGMENT)
    assert fragment.text.lstrip().startswith('<div id="results"')


@pytest.mark.parametrize(
    "query",
    [
        "",
        "span=week",
        "span=season",
        "from_on=2026-01-01&to_on=2026-12-01",
        "from_on=1950-01-01",
        "to_on=2100-12-31",
    ],
)
async def test_a_room_has_its_chart_for_any_time(client: SignIn, query: str) -> None:
    keeper = await client(cast.STOREKEEPER)
    page = await keeper.get(f"/storage/climate/rooms/{await room_of('2 号速冻库')}?{query}&lang=en")
    assert page.status_code == 200
    assert "Sensors" in page.text


@pytest.mark.parametrize("query", ["span=x", "from_on=x", "to_on=2026-02-30", "cursor=x", "from_on=%00"])
async def test_hostile_addresses_are_answered_in_words(client: SignIn, query: str) -> None:
    keeper, room = await client(cast.STOREKEEPER), await room_of("2 号速冻库")
    for path in (
        "/storage/climate",
        "/storage/climate/breaches",
        f"/storage/climate/rooms/{room}",
    ):
        assert (await keeper.get(f"{path}?{query}")).status_code in (200, 422), path


async def test_strangers_find_no_room_no_breach_and_no_log(client: SignIn) -> None:
    theirs, breach = await room_of("保坪预冷间"), await breach_in("保坪预冷间")
    b = await client(cast.LEADER_B)
    for path in (
        f"rooms/{theirs}",
        f"rooms/{theirs}/log?from_on=2026-01-01&to_on=2026-01-02",
        f"breaches/{breach}",
        f"rooms/{theirs}/readings/new",
    ):
        assert (await b.get(f"/storage/climate/{path}")).status_code == 404, path
    assert (
        await b.post(f"/storage/climate/breaches/{breach}/acknowledgement", data={"version": "1"})
    ).status_code == 404
    buyer = await client(cast.BUYER_P)
    assert (await buyer.get("/storage/climate")).status_code == 403
    committee = await client(cast.COMMITTEE)
    assert (await committee.get(f"/storage/climate/rooms/{theirs}")).status_code == 200
    assert (await committee.get(f"/storage/climate/rooms/{theirs}/readings/new")).status_code == 403


async def test_who_stores_at_a_cold_store_sees_its_climate_but_writes_nothing(client: SignIn) -> None:
    leader, room = await client(cast.LEADER_A), await room_of("1 号保鲜库")
    assert (await leader.get(f"/storage/climate/rooms/{room}")).status_code == 200
    assert (await leader.get(f"/storage/climate/rooms/{room}/readings/new")).status_code == 403


async def test_a_breach_is_taken_on_explained_and_settled(client: SignIn) -> None:
    leader, id = await client(cast.LEADER_A), await breach_in("保坪预冷间")
    url = f"/storage/climate/breaches/{id}"
    home = (await leader.get("/")).text
    assert url in home
    version = hidden((await leader.get(url)).text, "version")
    assert (await leader.post(f"{url}/acknowledgement", data={"version": version})).status_code == 303
    assert (await leader.post(f"{url}/acknowledgement", data={"version": version})).status_code == 422
    version = hidden((await leader.get(url)).text, "version")
    assert (await leader.post(f"{url}/explanation", data={"version": version})).status_code == 422
    said = {"version": version, "cause": "loading", "done": "热货先放风凉再入库"}
    assert (await leader.post(f"{url}/explanation", data=said)).status_code == 303
    assert (await leader.post(f"{url}/explanation", data=said)).status_code == 409
    version = hidden((await leader.get(url)).text, "version")
    assert (await leader.post(f"{url}/closing", data={"version": version})).status_code == 303
    assert "热货先放风凉再入库" in (await leader.get(url)).text
    assert url not in (await leader.get("/")).text


async def test_a_reading_is_written_down_by_hand_once(client: SignIn) -> None:
    leader, room = await client(cast.LEADER_A), await room_of("绣庄预冷间")
    page = (await leader.get(f"/storage/climate/rooms/{room}/readings/new")).text
    sent = {"id": hidden(page, "id"), "sensor": hidden(page, "sensor"), "degrees": "2.4"}
    before = await db.scalar("SELECT COUNT(*) FROM climate_reading")
    for _ in range(2):
        answer = await leader.post(f"/storage/climate/rooms/{room}/readings", data=sent)
        assert answer.status_code == 303, answer.text[:500]
    assert await db.scalar("SELECT COUNT(*) FROM climate_reading") == before + 1
    assert "2.4" in (await leader.get(f"/storage/climate/rooms/{room}")).text


@pytest.mark.parametrize(
    "typed",
    [
        {"degrees": "9999"},
        {"degrees": "NaN"},
        {"degrees": "2.44"},
        {"humidity": "50"},
        {},
        {"sensor": "SG-01", "degrees": "2"},
    ],
)
async def test_what_no_thermometer_says_is_refused_beside_its_field(
    client: SignIn, typed: dict[str, str]
) -> None:
    leader, room = await client(cast.LEADER_A), await room_of("绣庄预冷间")
    page = (await leader.get(f"/storage/climate/rooms/{room}/readings/new")).text
    sent = {"id": str(new_id()), "sensor": hidden(page, "sensor"), **typed}
    answer = await leader.post(f"/storage/climate/rooms/{room}/readings", data=sent)
    assert answer.status_code == 422
    assert 'class="note bad"' in answer.text


async def test_a_sensor_is_entered_and_changed(client: SignIn) -> None:
    leader, room = await client(cast.LEADER_A), await room_of("绣庄预冷间")
    url = f"/storage/climate/rooms/{room}/sensors"
    sent = {
        "id": hidden((await leader.get(f"{url}/new")).text, "id"),
        "code": "门-1",
        "kind": "door",
        "active_from": "2026-01-01",
    }
    for _ in range(2):
        assert (await leader.post(url, data=sent)).status_code == 303
    assert (await leader.post(url, data={**sent, "id": str(new_id())})).status_code == 422
    sensor = await db.scalar("SELECT id FROM climate_sensor WHERE code = '门-1'")
    particulars = f"/storage/climate/sensors/{sensor}/particulars"
    page = (await leader.get(particulars)).text
    changed = {
        "version": hidden(page, "version"),
        "code": "门-2",
        "active_from": "2026-01-01",
        "calibrated_on": "2026-02-01",
    }
    assert (await leader.post(particulars, data=changed)).status_code == 303
    assert (await leader.post(particulars, data=changed)).status_code == 409
    stranger = await client(cast.LEADER_B)
    assert (await stranger.get(particulars)).status_code == 404
    assert (await stranger.get("/storage/climate/sensors/999999/particulars")).status_code == 404


async def test_a_power_cut_is_logged_ended_and_struck_out(client: SignIn) -> None:
    leader, room = await client(cast.LEADER_A), await room_of("绣庄预冷间")
    url = f"/storage/climate/rooms/{room}/equipment"
    page = (await leader.get(f"{url}/new")).text
    begun = clock.local(clock.now() - timedelta(hours=2))
    sent = {
        "id": hidden(page, "id"),
        "kind": "power_cut",
        "from_at": f"{begun:%Y-%m-%dT%H:%M}",
        "generator": "on",
    }
    for _ in range(2):
        assert (await leader.post(url, data=sent)).status_code == 303
    entry = f"/storage/climate/equipment/{sent['id']}"
    over = clock.local(clock.now() - timedelta(hours=1))
    for _ in range(2):
        assert (
            await leader.post(f"{entry}/ending", data={"until_at": f"{over:%Y-%m-%dT%H:%M}"})
        ).status_code == 303
    assert await db.scalar("SELECT until_at FROM climate_equipment WHERE id = :id", id=sent["id"]) is not None
    assert (await leader.post(f"{entry}/withdrawal")).status_code == 303
    assert (await (await client(cast.LEADER_B)).post(f"{entry}/withdrawal")).status_code == 404


async def test_the_log_comes_as_a_file(client: SignIn) -> None:
    keeper, room = await client(cast.STOREKEEPER), await room_of("2 号速冻库")
    page = (await keeper.get(f"/storage/climate/rooms/{room}")).text
    asked = re.search(r'href="(/exports/new/climate_log[^"]+)"', page)
    assert asked is not None
    answer = await ask(
        keeper, "climate_log", query=asked[1].partition("climate_log")[2].replace("&amp;", "&"), reason=None
    )
    rows = await rows_of(keeper, page_of(answer))
    assert {row["传感器"] for row in rows} == {"NC-02"}
    assert len(rows) > 40


async def test_the_board_and_the_rooms_own_page_tell_how_warm_it_is(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    assert "Too warm" in (await leader.get("/storage?lang=en")).text
    page = (await leader.get(f"/storage/rooms/{await room_of('绣庄预冷间')}?lang=en")).text
    assert re.search(r"now \d\.\d °C", page)


async def wrong_methods(browser: httpx2.AsyncClient, path: str) -> int:
    return (await browser.get(path)).status_code


async def test_what_is_posted_cannot_be_got(client: SignIn) -> None:
    leader, room, breach = (
        await client(cast.LEADER_A),
        await room_of("绣庄预冷间"),
        await breach_in("保坪预冷间"),
    )
    for path in (
        f"rooms/{room}/readings",
        f"rooms/{room}/equipment",
        f"rooms/{room}/sensors",
        f"breaches/{breach}/closing",
    ):
        assert await wrong_methods(leader, f"/storage/climate/{path}") == 405
