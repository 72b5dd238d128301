"""What members of a consortium weighed in."""

from datetime import date, timedelta

from pepperchain.core import clock, db
from pepperchain.harvest import flow_queries
from tests.harness import cast


async def test_a_season_of_a_member_is_the_sum_of_its_days_for_those_who_see_them_all(village: str) -> None:
    one, other = await db.fetch(
        int, "SELECT DISTINCT t.cooperative_id FROM harvest_day_total t ORDER BY t.cooperative_id"
    )
    today = clock.local_day(clock.now())
    total = await db.scalar(
        "SELECT CAST(SUM(t.net_grams) AS BIGINT) FROM harvest_day_total t WHERE t.cooperative_id = :one AND t.day >= :first",
        one=one,
        first=date(today.year, 1, 1),
    )
    pairs = [(one, 99), (other, 99)]
    leader, admin = await cast.actor(cast.LEADER_A), await cast.actor(cast.ADMIN)
    assert await flow_queries.of_members(leader, pairs, today) == {(one, 99): total}
    assert set(await flow_queries.of_members(admin, pairs, today)) == set(pairs)
    crowd = [*pairs, *((10_000 + number, 99) for number in range(flow_queries.FEW_MAX))]
    assert await flow_queries.of_members(admin, crowd, today) == await flow_queries.of_members(
        admin, pairs, today
    )
    assert await flow_queries.of_members(leader, crowd, today) == {(one, 99): total}
    assert await flow_queries.of_members(await cast.actor(cast.TECHNICIAN), pairs, today) == {}
    assert await flow_queries.of_members(await cast.actor(cast.BUYER_P), pairs, today) == {}
    assert await flow_queries.of_members(admin, pairs, today + timedelta(days=400)) == {}
