"""Weeks and ages of rooms: what the sums say is what the movements did."""

from datetime import timedelta

from pepperchain.access.actor import SYSTEM
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import season_of
from pepperchain.storage import jobs, lots, movements, report_queries, reports
from pepperchain.storage.report_queries import ReportWanted
from pepperchain.storage.standing_rules import Age
from tests.storage.store import NOW, Store

TODAY = clock.local_day(NOW)
WANTED = ReportWanted(season_of(TODAY))


async def rebuild() -> None:
    await reports.rebuild(SYSTEM, season=WANTED.season, now=NOW)


async def test_what_lies_there_at_the_end_is_what_the_rooms_hold(store: Store) -> None:
    old = await store.picked_lot(400, 20)
    await store.picked_lot(100, 3)
    await lots.issue(store.clerk, id=new_id(), lot_id=old, grams=Grams(150_000), reason="卖给客户", now=NOW)
    await rebuild()
    found = await report_queries.weeks(store.leader, WANTED)
    assert found[-1].stock_grams == 350_000 == await store.stock(store.chilled)
    assert sum(week.in_grams for week in found) == 500_000
    assert sum(week.out_grams for week in found) == 150_000
    assert found[0].week_on == TODAY - timedelta(days=20 + (TODAY - timedelta(days=20)).weekday())
    # 400 kg for twenty days, 100 for three, and what is left of them today
    assert sum(week.gram_days for week in found) == 20 * 400_000 + 3 * 100_000 + 350_000
    (place,) = await report_queries.places(store.leader, WANTED, last=found[-1].week_on)
    assert (place.stock_grams, place.days_in_store) == (350_000, 8_650_000 // 150_000)
    assert place.capacity_grams > 0


async def test_what_was_taken_back_or_carried_across_the_yard_neither_came_nor_left(store: Store) -> None:
    lot = await store.picked_lot(40, 2)
    await lots.move(store.clerk, id=new_id(), lot_id=lot, to_room_id=store.small, now=NOW)
    issue = new_id()
    await lots.issue(store.clerk, id=issue, lot_id=lot, grams=Grams(10_000), reason="卖给客户", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=issue, reason="弄错了", now=NOW)
    await lots.adjust(
        store.leader,
        id=new_id(),
        lot_id=lot,
        counted=Grams(39_000),
        reason="盘点",
        now=NOW,
    )
    await rebuild()
    found = await report_queries.weeks(store.leader, WANTED)
    assert (found[-1].stock_grams, sum(week.out_grams for week in found)) == (39_000, 0)
    (place,) = await report_queries.places(store.leader, WANTED, last=found[-1].week_on)
    assert (place.in_grams, place.missing_grams, place.found_grams) == (40_000, 1_000, 0)


async def test_ages_are_those_of_the_open_lots(store: Store) -> None:
    await store.picked_lot(400, 20)
    await store.picked_lot(100, 3)
    await rebuild()
    assert [
        (each.age, each.lots, each.grams) for each in await report_queries.ages(store.leader, WANTED)
    ] == [
        (Age.WEEK, 1, 100_000),
        (Age.MONTH, 1, 400_000),
    ]


async def test_each_sees_what_is_theirs_and_the_committee_all(store: Store) -> None:
    await store.picked_lot(400, 20, room_id=store.cold)
    await rebuild()
    assert await report_queries.weeks(store.leader_b, WANTED) == []
    for actor in (store.leader, store.storekeeper, SYSTEM):
        assert (await report_queries.weeks(actor, WANTED))[-1].stock_grams == 400_000
    assert await report_queries.seasons(store.leader) == [WANTED.season]
    assert await report_queries.owners(store.leader_b, WANTED) == []
    rows = await report_queries.rooms(store.storekeeper, WANTED, after=None, limit=500)
    two = await report_queries.rooms(store.storekeeper, WANTED, after=rows[0].key, limit=500)
    assert rows[1:] == two


async def test_every_night_says_the_same_again(store: Store) -> None:
    await store.picked_lot(400, 20)
    await jobs.rebuild_reports(now=NOW)
    before = await db.tuples("SELECT * FROM storage_week ORDER BY room_id, week_on")
    await jobs.rebuild_reports(now=NOW)
    assert await db.tuples("SELECT * FROM storage_week ORDER BY room_id, week_on") == before
    narrowed = ReportWanted(WANTED.season, form="dry")
    assert await report_queries.weeks(store.leader, narrowed) == []
