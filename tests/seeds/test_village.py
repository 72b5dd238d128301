"""The village: its cast can sign in, its books balance, and something is going on there on any day."""

from datetime import UTC, datetime

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import signing_in
from pepperchain.audit import chains, trail
from pepperchain.core import clock, db, migrating
from pepperchain.directory.queries import search_growers
from pepperchain.ledger import books
from pepperchain.seeds.scene import told
from pepperchain.seeds.village import load
from pepperchain.settings import settings
from pepperchain.storage import doctor
from tests.harness import cast
from tests.seeds.digests import digests

EVENING = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)

ROLES = {
    cast.ADMIN: "admin",
    cast.COMMITTEE: "committee",
    cast.TECHNICIAN: "technician",
    cast.LEADER_A: "coop_leader",
    cast.LEADER_B: "coop_leader",
    cast.CLERK_A: "coop_clerk",
    cast.BUYER_P: "processor",
    cast.BUYER_Q: "processor",
    cast.STOREKEEPER: "storekeeper",
    cast.GROWER_A: "grower",
    cast.GROWER_B: "grower",
    cast.DEPARTMENT: "department",
    cast.LENDER: "lender",
}


async def _in_order() -> None:
    assert await books.findings() == []
    assert await doctor.findings() == []
    assert await chains.verify(trail.TRAIL) == []


async def test_everyone_of_the_cast_has_the_promised_phone_and_role(village: str) -> None:
    there = dict(await db.tuples("SELECT phone, role FROM accounts_user"))
    assert there == ROLES
    assert set(there) == set(settings().section("accounts")["demo_phones"])


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.GROWER_B])
async def test_the_promised_password_opens(village: str, phone: str) -> None:
    opened = await signing_in.sign_in(
        phone=phone, password=cast.PASSWORD, address="127.0.0.1", agent="", now=clock.now()
    )
    assert opened.secret


async def test_cooperatives_processors_and_growers_are_those_of_the_contract(village: str) -> None:
    rows = await db.tuples(
        "SELECT u.phone, o.kind, a.name, h.cooperative_id FROM accounts_user u"
        " LEFT JOIN directory_organization o ON o.id = u.organization_id LEFT JOIN directory_area a ON a.id = o.township_id"
        " LEFT JOIN directory_household h ON h.id = u.household_id"
    )
    known = {phone: (kind, township) for phone, kind, township, _ in rows}
    member_of = {phone: cooperative for phone, _, _, cooperative in rows}
    leaders = dict(await db.tuples("SELECT phone, organization_id FROM accounts_user"))
    assert known[cast.LEADER_A] == known[cast.CLERK_A] == ("cooperative", "先锋镇")
    assert known[cast.LEADER_B] == ("cooperative", "李市镇")
    assert known[cast.BUYER_P][0] == known[cast.BUYER_Q][0] == "processor"
    assert member_of[cast.GROWER_A] == leaders[cast.LEADER_A] == leaders[cast.CLERK_A]
    assert member_of[cast.GROWER_B] == leaders[cast.LEADER_B]


async def test_the_books_and_rooms_add_up(village: str) -> None:
    await _in_order()


@pytest.mark.parametrize(
    "now",
    [
        EVENING,
        datetime(2026, 11, 22, 16, 7, tzinfo=UTC),  # seven minutes past midnight in Jiangjin
        datetime(2027, 6, 14, 3, tzinfo=UTC),  # in the middle of the next harvest
        datetime(2027, 1, 1, 1, tzinfo=UTC),
    ],
    ids=["an evening", "just after midnight", "in the harvest", "new year"],
)
async def test_on_any_day_something_was_weighed_and_lies_fresh_in_the_cold(
    database: str, now: datetime
) -> None:
    assert await load(now=now)
    await _in_order()
    today = clock.local_day(now).isoformat()
    slips = await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE day = :day", day=today)
    assert slips >= 20
    assert await db.scalar("SELECT MAX(weighed_at) FROM harvest_weighin") <= clock.to_ms(now)
    fresh = await db.scalar(
        "SELECT COUNT(*) FROM storage_lot WHERE is_open AND form = 'fresh' AND fresh_until_at > :now", now=now
    )
    assert fresh >= 10
    floor = await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE lot_id IS NULL AND voided_at IS NULL")
    assert floor >= 10


async def test_loading_it_again_changes_nothing(database: str) -> None:
    assert await load(now=EVENING)
    before = await db.tuples("SELECT COUNT(*), MAX(id) FROM audit_entry")
    assert not await load(now=clock.now())
    assert await db.tuples("SELECT COUNT(*), MAX(id) FROM audit_entry") == before


async def test_the_same_evening_makes_the_same_village(database: str, blank_url: str) -> None:
    assert await load(now=EVENING)
    lots = await db.scalar("SELECT MAX(id) FROM storage_lot")
    first = await digests(lot_codes_from=lots + 1)
    await db.close()
    await migrating.migrate(blank_url)
    await db.open(blank_url, migrating.apps())
    assert await load(now=EVENING)
    assert await digests(lot_codes_from=lots + 1) == first


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("shanzhengmao", "单正茂"),
        ("zxy", "曾祥云"),
        ("qyl", "仇玉兰"),
        ("xiedequan", "解德全"),
        ("yuchi", "尉迟敬安"),
    ],
)
async def test_surnames_that_read_otherwise_are_found_as_they_are_said(
    village: str, typed: str, name: str
) -> None:
    found = await search_growers(SYSTEM, typed, limit=10)
    assert name in {hit.name for hit in found}


async def test_neighbours_of_one_name_are_told_apart_by_their_cards(village: str) -> None:
    found = [hit for hit in await search_growers(SYSTEM, "李国强", limit=10) if hit.name == "李国强"]
    assert len(found) == 2


async def test_a_room_is_nearly_full_and_one_is_booked(village: str) -> None:
    fullest = await db.scalar("SELECT MAX(stock_grams * 1000 / capacity_grams) FROM storage_room")
    assert 950 <= fullest <= 1000
    assert await db.scalar("SELECT COUNT(*) FROM storage_booking WHERE released_at IS NULL") == 1


async def test_one_slip_was_taken_back_and_some_have_no_price_yet(village: str) -> None:
    assert await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE voided_at IS NOT NULL") == 1
    assert await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE price_fen_per_kg IS NULL") > 5


async def test_every_household_of_the_file_is_a_member_of_its_cooperative(village: str) -> None:
    members = await db.tuples(
        "SELECT o.short_name, COUNT(*) FROM directory_household h JOIN directory_organization o ON o.id = h.cooperative_id"
        " GROUP BY o.short_name ORDER BY o.short_name"
    )
    assert sorted(count for _, count in members) == [16, 24]
    assert sum(count for _, count in members) == len(told("households")["household"])
