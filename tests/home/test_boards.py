"""Home: everybody finds their main job first, and what waits for them."""

from datetime import timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.directory import cards
from pepperchain.home import boards
from pepperchain.stocktakes import stocktakes
from pepperchain.storage import consignments
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load
from tests.harness import cast
from tests.harness.clients import SignIn


@pytest.mark.parametrize(
    ("phone", "main_job"),
    [
        (cast.LEADER_A, "/harvest/weigh-ins/new"),
        (cast.CLERK_A, "/harvest/weigh-ins/new"),
        (cast.STOREKEEPER, "/storage/receipts/new"),
        (cast.BUYER_P, "/market"),
        (cast.GROWER_A, "/harvest/mine"),
        (cast.TECHNICIAN, "/growers"),
    ],
)
async def test_the_first_button_is_the_main_job(village: str, phone: str, main_job: str) -> None:
    board = await boards.board(await cast.actor(phone), now=clock.now())
    assert board.acts[0].url == main_job


@pytest.mark.parametrize("phone", cast.EVERYONE)
async def test_everybody_has_a_home_in_both_languages(client: SignIn, phone: str) -> None:
    person = await client(phone)
    for language, words in (("zh", "首页"), ("en", "Home")):
        page = await person.get(f"/?lang={language}")
        assert page.status_code == 200
        assert words in page.text


async def test_a_leader_is_told_what_wants_a_price_and_a_clerk_is_not(village: str) -> None:
    leader = await boards.board(await cast.actor(cast.LEADER_A), now=clock.now())
    clerk = await boards.board(await cast.actor(cast.CLERK_A), now=clock.now())
    assert "/harvest/prices" in {need.url for need in leader.needs}
    assert "/harvest/prices" not in {need.url for need in clerk.needs}


async def test_todays_kilograms_are_the_cooperatives_own(village: str) -> None:
    now = clock.now()
    actor = await cast.actor(cast.LEADER_A)
    net = await db.scalar(
        "SELECT SUM(net_grams) FROM harvest_weighin WHERE cooperative_id = :id AND day = :day AND voided_at IS NULL",
        id=actor.organization_id,
        day=clock.local_day(now),
    )
    board = await boards.board(actor, now=now)
    assert board.numbers[0].value.replace("\u202f", "") == f"{net // 1000}.{net % 1000 // 10:02}"


async def test_a_grower_sees_their_own_season_and_card(village: str) -> None:
    actor = await cast.actor(cast.GROWER_A)
    board = await boards.board(actor, now=clock.now())
    card = await db.scalar(
        "SELECT card_number FROM directory_household WHERE id = :id", id=actor.household_id
    )
    assert card in {number.value for number in board.numbers}
    assert not board.needs


async def test_a_grower_is_told_that_the_card_is_lost(village: str) -> None:
    grower = await cast.actor(cast.GROWER_A)
    assert grower.household_id is not None
    card = await db.scalar(
        "SELECT card_number FROM directory_household WHERE id = :id", id=grower.household_id
    )
    now = clock.now()
    leader = await cast.actor(cast.LEADER_A)
    await cards.report_lost(leader, household_id=grower.household_id, number=card, now=now)
    (told,) = [number for number in (await boards.board(grower, now=now)).numbers if number.value == card]
    assert "挂失" in told.note


async def test_a_grower_has_one_number_to_call_and_nobody_elses(village: str) -> None:
    own = await boards.board(await cast.actor(cast.GROWER_A), now=clock.now())
    other = await boards.board(await cast.actor(cast.GROWER_B), now=clock.now())
    assert own.call is not None
    assert other.call is not None
    assert (own.call.phone, other.call.phone) == (cast.LEADER_A, cast.LEADER_B)
    assert (await boards.board(await cast.actor(cast.CLERK_A), now=clock.now())).call is None


async def test_pepper_that_waits_stands_first_where_least_time_is_left(village: str) -> None:
    board = await boards.board(await cast.actor(cast.STOREKEEPER), now=clock.now())
    left = [need.freshness.left_seconds for need in board.needs if need.freshness and need.icon == "store"]
    assert left == sorted(left)


async def test_a_keeper_is_told_what_comes_and_what_is_counted(village: str) -> None:
    now = clock.now()
    leader, keeper = await cast.actor(cast.LEADER_A), await cast.actor(cast.STOREKEEPER)
    lot = await db.scalar(
        "SELECT l.id FROM storage_lot l WHERE l.cooperative_id = :of AND l.operator_id = :of AND l.form = 'fresh'"
        " AND l.free_grams > 10000 ORDER BY l.id LIMIT 1",
        of=leader.organization_id,
    )
    room = await db.scalar(
        "SELECT r.id FROM storage_room r WHERE r.operator_id = :of AND r.kind = 'chilled' ORDER BY r.id LIMIT 1",
        of=keeper.organization_id,
    )
    journey = Journey(
        to_room_id=room, plate="渝A12345", vehicle=Vehicle.CHILLED, expected_at=now + timedelta(hours=1)
    )
    sent = await consignments.send(
        leader, id=new_id(), loads=[Load(lot, Grams(1_000))], journey=journey, now=now
    )
    counted = await stocktakes.begin(keeper, id=new_id(), room_id=room, now=now)
    road, count = f"/storage/consignments/{sent.id}", f"/storage/stocktakes/{counted.id}"

    async def needs(phone: str, hours: int = 0) -> dict[str, bool]:
        board = await boards.board(await cast.actor(phone), now=now + timedelta(hours=hours))
        return {need.url: need.urgent for need in board.needs}

    told = await needs(cast.STOREKEEPER)
    assert (told[road], told[count]) == (False, False)
    assert (await needs(cast.STOREKEEPER, hours=2))[road]
    for other in (cast.LEADER_A, cast.LEADER_B, cast.COMMITTEE, cast.BUYER_P):
        assert not {road, count} & set(await needs(other))


@pytest.mark.parametrize("phone", [cast.STOREKEEPER, cast.LEADER_A, cast.COMMITTEE])
async def test_what_lies_in_cold_rooms_leads_to_its_report(village: str, phone: str) -> None:
    board = await boards.board(await cast.actor(phone), now=clock.now())
    assert "/storage/reports" in {number.url for number in board.numbers}
