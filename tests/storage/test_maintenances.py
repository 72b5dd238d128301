"""Days on which a room is being maintained: it takes nothing, and what lies in it stays."""

from datetime import date, timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, consignments, lots, maintenances, queries, waiting, waiting_queries
from pepperchain.storage.consignments import Load
from pepperchain.storage.queries import SpaceWanted
from pepperchain.storage.rules import WaitState, capacity_help
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.road import journey
from tests.storage.store import NOW, Store, all_fits

TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)


async def test_a_maintained_room_has_nothing_free_and_is_not_booked(store: Store) -> None:
    id = new_id()
    for _ in range(2):
        await maintenances.plan(
            store.leader, id=id, room_id=store.small, from_on=TODAY + DAY, to_on=TODAY + 2 * DAY, reason="换密封条", now=NOW
        )  # fmt: skip
    room = await queries.room(store.clerk, store.small)
    assert [int(day.free_grams) for day in await queries.days(room, TODAY, TODAY + 3 * DAY)] == [
        60_000,
        0,
        0,
        60_000,
    ]
    for first, last, allowed in ((0, 0, True), (0, 1, False), (2, 3, False), (3, 3, True)):
        work = bookings.place(
            store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(1_000), from_on=TODAY + first * DAY,
            to_on=TODAY + last * DAY, now=NOW,
        )  # fmt: skip
        if allowed:
            await work
        else:
            with pytest.raises(Refused) as refused:
                await work
            assert refused.value.facts["free"] == 0
    found = await queries.spaces(
        store.clerk, SpaceWanted(form="fresh", grams=Grams(1)), from_on=TODAY + DAY, to_on=TODAY + DAY
    )
    assert store.small not in {space.room.id for space in found.rows}
    with pytest.raises(Conflict):
        await maintenances.plan(
            store.leader, id=id, room_id=store.small, from_on=TODAY, to_on=TODAY, reason="别的", now=NOW
        )


async def test_it_takes_no_pepper_but_corrections_and_what_leaves(store: Store) -> None:
    lot = await store.lot(40, room_id=store.small)
    await maintenances.plan(
        store.leader, id=new_id(), room_id=store.small, from_on=TODAY, to_on=TODAY, reason="检修", now=NOW
    )
    with pytest.raises(Refused, match="maintained"):
        await store.lot(1, room_id=store.small)
    await lots.adjust(
        store.leader, id=new_id(), lot_id=lot, counted=Grams(41_000), seen=None, reason="盘点", now=NOW
    )
    await lots.issue(store.leader, id=new_id(), lot_id=lot, grams=Grams(1_000), reason="卖出", now=NOW)
    await store.lot(1, room_id=store.small, now=NOW + DAY)
    await all_fits()


async def test_nothing_is_sent_to_a_room_that_is_maintained_on_arrival(store: Store) -> None:
    lot = await store.lot(40)
    await maintenances.plan(
        store.storekeeper, id=new_id(), room_id=store.cold, from_on=TODAY, to_on=TODAY, reason="检修", now=NOW
    )
    with pytest.raises(Refused, match="maintained"):
        await consignments.send(
            store.clerk, id=new_id(), loads=[Load(lot, None)], journey=journey(store), now=NOW
        )


async def test_called_off_its_space_goes_to_who_waits(store: Store) -> None:
    id = new_id()
    await maintenances.plan(
        store.leader, id=id, room_id=store.small, from_on=TODAY, to_on=TODAY, reason="检修", now=NOW
    )
    asked = await waiting.ask(
        store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(1_000), from_on=TODAY, to_on=TODAY, now=NOW
    )  # fmt: skip
    await waiting.run(now=NOW)
    assert (await waiting_queries.wait(store.clerk, asked.id)).state is WaitState.WAITING
    with pytest.raises(Missing):
        await maintenances.drop(store.leader_b, id=id, now=NOW)
    for _ in range(2):
        await maintenances.drop(store.leader, id=id, now=NOW)
    assert (await waiting_queries.wait(store.clerk, asked.id)).state is WaitState.OFFERED
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'maintenance.dropped'") == 1


async def test_it_is_not_planned_over_bookings_in_the_past_or_by_others(store: Store) -> None:
    await bookings.place(
        store.clerk, id=new_id(), room_id=store.public, form="fresh", grams=Grams(1_000), from_on=TODAY, to_on=TODAY, now=NOW
    )  # fmt: skip
    for actor, first, last, error in (
        (store.leader_b, TODAY, TODAY, Refused),
        (store.leader_b, TODAY - DAY, TODAY, Refused),
        (store.leader_b, TODAY + DAY, TODAY + 500 * DAY, Refused),
        (store.leader, TODAY + DAY, TODAY + DAY, NotYours),
    ):
        with pytest.raises(error):
            await maintenances.plan(
                actor, id=new_id(), room_id=store.public, from_on=first, to_on=last, reason="检修", now=NOW
            )
    with pytest.raises(Missing):
        await maintenances.plan(
            store.leader, id=new_id(), room_id=store.of_b, from_on=TODAY, to_on=TODAY, reason="检修", now=NOW
        )


@pytest.mark.parametrize(
    ("volume", "density", "grams"),
    [
        (600, None, 55_200_000),
        (1_000, None, 92_000_000),
        (1_001, None, 115_115_000),
        (20_000, 300, 3_720_000_000),
    ],
)
def test_capacity_is_worked_out_by_volume_in_whole_grams(
    volume: int, density: int | None, grams: int
) -> None:
    assert capacity_help(volume, density).grams == grams


async def test_it_is_planned_and_called_off_on_the_room_s_page(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    room_id = await db.scalar(
        "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
        " WHERE u.phone = :phone ORDER BY r.id LIMIT 1",
        phone=cast.LEADER_A,
    )
    day = (clock.local_day(clock.now()) + 60 * DAY).isoformat()
    sent = {"id": str(new_id()), "from_on": day, "to_on": day, "reason": "换密封条"}
    assert (await leader.get(f"/storage/rooms/{room_id}/maintenances/new")).status_code == 200
    assert (await clerk.post(f"/storage/rooms/{room_id}/maintenances", data=sent)).status_code == 403
    for _ in range(2):
        assert (await leader.post(f"/storage/rooms/{room_id}/maintenances", data=sent)).status_code == 303
    assert "换密封条" in (await clerk.get(f"/storage/rooms/{room_id}")).text
    for _ in range(2):
        assert (await leader.post(f"/storage/maintenances/{sent['id']}/cancellation")).status_code == 303
    assert "换密封条" not in (await clerk.get(f"/storage/rooms/{room_id}")).text
    helped = (await leader.get(f"/storage/rooms/{room_id}/particulars?volume=600")).text
    assert 'value="55.2"' in helped
    assert (await leader.get(f"/storage/rooms/{room_id}/particulars?volume=x")).status_code == 422
