"""The pages of cases, and checking a room at once."""

from pepperchain.core import clock, db
from pepperchain.stocktakes import checks
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.stocktakes.test_pages import hidden, room_of

CHECKS = "/storage/reconciliations"


@db.unit_of_work
async def add(room_id: int, grams: int) -> None:
    await db.execute(
        "UPDATE storage_room SET stock_grams = stock_grams + :grams WHERE id = :id", grams=grams, id=room_id
    )


async def test_a_difference_is_seen_taken_on_put_right_and_closed(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    room = await room_of(cast.LEADER_A)
    await add(room, 12_400)
    await checks.run(now=clock.now())
    said = "difference of 12.40\N{NO-BREAK SPACE}kg"
    assert said in (await clerk.get(f"/storage/rooms/{room}?lang=en")).text
    assert said in (await clerk.get("/storage?lang=en")).text
    case = await db.scalar("SELECT id FROM stocktakes_case")
    url = f"{CHECKS}/{case}"
    assert "12.40\N{NO-BREAK SPACE}kg" in (await clerk.get(f"{url}?lang=en")).text
    version = hidden((await leader.get(url)).text, "version")
    assert (await leader.post(f"{url}/acknowledgement", data={"version": version})).status_code == 303
    await add(room, -12_400)
    answer = await leader.post(CHECKS, data={"room_id": str(room)})
    assert answer.headers["location"] == f"/storage/rooms/{room}"
    assert "books agree" in (await leader.get(f"/storage/rooms/{room}?lang=en")).text
    version = hidden((await leader.get(url)).text, "version")
    empty = await leader.post(f"{url}/closing", data={"version": version, "note": ""})
    assert empty.status_code == 422
    done = await leader.post(f"{url}/closing", data={"version": version, "note": "撤销了重复的入库"})
    assert done.status_code == 303
    again = await leader.post(f"{url}/closing", data={"version": version, "note": "撤销了重复的入库"})
    assert again.status_code == 422
    assert "撤销了重复的入库" in (await leader.get(url)).text
    assert str(case) in (await leader.get(f"{CHECKS}?all=on")).text


async def test_strangers_others_and_wrong_methods(client: SignIn) -> None:
    room = await room_of(cast.LEADER_A)
    await add(room, 1)
    await checks.run(now=clock.now())
    url = f"{CHECKS}/{await db.scalar('SELECT id FROM stocktakes_case')}"
    other, clerk, stranger = await client(cast.LEADER_B), await client(cast.CLERK_A), await client(None)
    assert (await stranger.get(CHECKS)).status_code == 303
    assert (await other.get(url)).status_code == 404
    assert (await other.post(f"{url}/closing", data={"version": "1", "note": "好了"})).status_code == 404
    assert (await other.post(CHECKS, data={"room_id": str(room)})).status_code == 404
    assert (await clerk.post(CHECKS, data={"room_id": str(room)})).status_code == 403
    assert (await clerk.get(f"{url}/closing")).status_code == 405
    fragment = await clerk.get(CHECKS, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert fragment.text.lstrip().startswith('<div id="results"')
