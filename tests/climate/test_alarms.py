"""Everybody concerned is told once of a breach, and again only when it gets worse."""

from dataclasses import replace
from datetime import timedelta

from pepperchain.access.policy import Role
from pepperchain.climate import breach_queries
from pepperchain.climate.code_rules import SensorKind
from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.climate.cold import NOW, Cold


@db.unit_of_work
async def account(phone: str, role: Role, organization_id: int, *, closed: bool = False) -> int:
    return await db.insert_id(
        "accounts_user", request_id=new_id(), phone=phone, phone_reversed=phone[::-1], name=phone, role=role,
        organization_id=organization_id, password_hash="x", password_one_time=False, password_changed_at=NOW, language="zh",
        unit="kg", large_type=False, created_at=NOW, disabled_at=NOW if closed else None,
    )  # fmt: skip


async def told() -> list[tuple[int, str]]:
    rows = await db.tuples("SELECT recipient_id, occurrence FROM climate_alarm ORDER BY recipient_id, id")
    return [(row[0], row[1]) for row in rows]


async def test_keepers_and_leaders_of_the_operator_are_told_once(cold: Cold) -> None:
    keeper = await account("19000000001", Role.STOREKEEPER, cold.store.keeper_id)
    leader = await account("19000000002", Role.COOP_LEADER, cold.store.register.cooperative_a)
    await account("19000000003", Role.COOP_CLERK, cold.store.register.cooperative_a)
    await account("19000000004", Role.COOP_LEADER, cold.store.register.cooperative_a, closed=True)
    await account("19000000005", Role.COOP_LEADER, cold.store.register.cooperative_b)
    for minute in range(0, 100, 10):
        await cold.take([(minute, 60)], now=NOW - timedelta(days=2) + timedelta(minutes=minute))
    assert await told() == [(leader, "too_warm")]
    await cold.take([(0, -155), (40, -155)], sensor="F1", actor=cold.keeper)
    await cold.take([(50, -140)], sensor="F1", actor=cold.keeper)
    assert (keeper, "too_warm") in await told()
    assert (keeper, "thawing") in await told()
    assert len(await told()) == 3


async def test_whose_lots_lie_there_are_told_too_and_see_it_at_home(cold: Cold) -> None:
    leader = await account("19000000002", Role.COOP_LEADER, cold.store.register.cooperative_a)
    await cold.store.lot(50, room_id=cold.store.cold)
    await cold.sensor(cold.keeper, cold.store.cold, "C1", SensorKind.TEMPERATURE)
    await cold.take([(2 * 1440 - 60, 60), (2 * 1440 - 10, 60)], sensor="C1", actor=cold.keeper)
    assert await told() == [(leader, "too_warm")]
    actor = cold.store.register.actor(Role.COOP_LEADER, organization_id=cold.store.register.cooperative_a)
    mine = await breach_queries.told_to(replace(actor, user_id=leader), limit=5)
    assert [each.full_name for each in mine] == ["江边冷库 保鲜"]


async def test_what_was_over_long_ago_when_it_was_found_raises_no_alarm(cold: Cold) -> None:
    await account("19000000002", Role.COOP_LEADER, cold.store.register.cooperative_a)
    await cold.take([(0, 60), (40, 60), (50, 20)])
    assert await db.scalar("SELECT COUNT(*) FROM climate_breach") == 1
    assert await told() == []
