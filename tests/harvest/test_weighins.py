"""The scale: once, whole, plausible, numbered without gaps, and taken back by reversal."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Invalid, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.directory import cards, proxies
from pepperchain.harvest import lists, weighins
from pepperchain.ledger import books
from pepperchain.settings import settings
from tests.harvest.register import HOUR, NOW, TODAY, Register, audited, floor, numbers


async def test_a_slip_puts_its_net_weight_on_the_floor(register: Register) -> None:
    slip = await register.weigh(deduction=Grams(200), price_fen_per_kg=850)
    assert (slip.code, slip.net, slip.amount, slip.repeated) == ("BP0001", 50_000, 42_500, False)
    assert await floor(register.site_a) == 50_000
    assert await audited(slip.id) == ["weighin.recorded"]
    assert await books.findings() == []


async def test_the_same_slip_sent_twice_is_one_slip(register: Register) -> None:
    sent = register.new()
    values = {name: getattr(sent, name) for name in type(sent).__dataclass_fields__}
    first = await weighins.record(register.clerk, **values, now=NOW)
    again = await weighins.record(register.clerk, **values, now=NOW + HOUR)
    assert (again.number, again.repeated) == (first.number, True)
    assert await floor(register.site_a) == first.net


async def test_the_same_id_with_another_weight_is_a_conflict(register: Register) -> None:
    slip = await register.weigh()
    with pytest.raises(Conflict):
        await register.weigh(id=slip.id, gross=Grams(60_000))
    assert await numbers(register.site_a) == [1]


async def test_ten_requests_at_once_with_one_id_make_one_slip(register: Register) -> None:
    sent = register.new()
    values = {name: getattr(sent, name) for name in type(sent).__dataclass_fields__}
    answers = await asyncio.gather(*(weighins.record(register.clerk, **values, now=NOW) for _ in range(10)))
    assert {answer.number for answer in answers} == {1}
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 9
    assert await floor(register.site_a) == answers[0].net


async def test_numbers_have_no_gaps_when_many_weigh_at_once_and_some_are_refused(register: Register) -> None:
    attempts: list[Any] = [register.weigh(gross=Grams(10_000 + step), tare=Grams(0)) for step in range(20)]
    attempts += [register.weigh(gross=Grams(0)) for _ in range(5)]
    attempts += [register.weigh(site_id=register.other_site_a) for _ in range(10)]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(answer, Invalid) for answer in answers) == 5
    assert await numbers(register.site_a) == list(range(1, 21))
    assert await numbers(register.other_site_a) == list(range(1, 11))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross": Grams(0)}, "gross"),
        ({"gross": Grams(-1)}, "gross"),
        ({"gross": Grams(9_000_000_000)}, "gross"),
        ({"gross": Grams(2_100), "tare": Grams(52_300)}, "tare"),
        ({"tare": Grams(52_300)}, "tare"),
        ({"tare": Grams(40_000)}, "tare"),
        ({"tare": Grams(-5)}, "tare"),
        ({"deduction": Grams(50_200)}, "deduction"),
        ({"deduction": Grams(40_000)}, "deduction"),
        ({"picked_at": NOW + HOUR}, "picked_at"),
        ({"picked_at": NOW - timedelta(days=9)}, "picked_at"),
        ({"weighed_at": NOW + HOUR}, "weighed_at"),
        ({"weighed_at": NOW - timedelta(days=800), "picked_at": NOW - timedelta(days=800)}, "weighed_at"),
        ({"price_fen_per_kg": 0}, "price"),
        ({"price_fen_per_kg": 9_999_999}, "price"),
        ({"bags": 0}, "bags"),
        ({"moisture_permille": 950}, "moisture"),
        ({"form": "smoked"}, "form"),
        ({"grade": "ungraded"}, "grade"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    register: Register, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        await register.weigh(**changes)
    assert [error.field for error in told.value.errors] == [field]
    assert await numbers(register.site_a) == []
    assert await floor(register.site_a) == 0


async def test_an_unknown_cultivar_is_refused(register: Register) -> None:
    with pytest.raises(Refused):
        await register.weigh(cultivar="tomato")


async def test_pepper_picked_yesterday_and_weighed_last_week_can_be_entered_late(register: Register) -> None:
    week_ago = NOW - timedelta(days=7)
    slip = await register.weigh(weighed_at=week_ago, picked_at=week_ago - HOUR)
    day = await db.scalar("SELECT day FROM harvest_weighin WHERE id = :id", id=slip.id)
    assert day == (TODAY - timedelta(days=7)).isoformat()


async def test_a_grower_is_found_by_card_number(register: Register) -> None:
    slip = await register.weigh(household_id=None, card_number=register.li.card_number)
    household = await db.scalar("SELECT household_id FROM harvest_weighin WHERE id = :id", id=slip.id)
    assert household == register.li.household_id


async def test_a_lost_card_weighs_nothing_in_but_what_it_weighed_before_can_be_sent_again(
    register: Register,
) -> None:
    li, id = register.li, new_id()
    sent: dict[str, Any] = {"household_id": None, "card_number": li.card_number}
    await register.weigh(id=id, **sent)
    await cards.report_lost(register.clerk, household_id=li.household_id, number=li.card_number, now=NOW)
    assert (await register.weigh(id=id, **sent)).repeated
    with pytest.raises(Refused) as refused:
        await register.weigh(**sent)
    assert (refused.value.field, refused.value.facts["on"]) == ("household_id", TODAY)
    new = await cards.reissue(register.clerk, household_id=li.household_id, number=li.card_number, now=NOW)
    assert (await register.weigh(household_id=None, card_number=new)).number == 2
    with pytest.raises(Refused):
        await register.weigh(**sent)


async def test_somebody_elses_grower_and_site_do_not_exist(register: Register) -> None:
    for changes in (
        {"household_id": register.stranger.household_id},
        {"household_id": None, "card_number": register.stranger.card_number},
        {"household_id": None, "card_number": None},
        {"site_id": register.site_b},
        {"site_id": 10**12},
    ):
        with pytest.raises(Missing):
            await register.weigh(**changes)


async def test_a_plot_of_another_household_is_refused(register: Register) -> None:
    with pytest.raises(Refused) as told:
        await register.weigh(plot_id=register.li.plot_id)
    assert told.value.field == "plot_id"


async def test_a_deliverer_from_another_cooperative_is_refused(register: Register) -> None:
    await register.weigh(deliverer_id=register.li.head_id)
    with pytest.raises(Refused) as told:
        await register.weigh(deliverer_id=register.stranger.head_id)
    assert told.value.field == "deliverer_id"


@pytest.mark.parametrize("role", [Role.GROWER, Role.PROCESSOR, Role.COMMITTEE, Role.STOREKEEPER, Role.ADMIN])
async def test_only_a_cooperatives_people_weigh_in(register: Register, role: Role) -> None:
    with pytest.raises(NotYours):
        await register.weigh(register.actor(role, organization_id=register.cooperative_a))


async def test_a_closed_site_takes_nothing(register: Register) -> None:
    @db.unit_of_work
    async def close() -> None:
        await db.execute(
            "UPDATE directory_site SET closed_on = :day WHERE id = :id", day=TODAY, id=register.site_a
        )

    await close()
    with pytest.raises(Refused):
        await register.weigh()


async def test_a_void_takes_the_pepper_off_the_floor_and_keeps_the_number(register: Register) -> None:
    first, second = await register.weigh(plot_id=register.zhang.plot_id), await register.weigh()
    request = new_id()
    voided = await weighins.void(register.clerk, id=request, of=first.id, reason="称错了", now=NOW + HOUR)
    again = await weighins.void(register.clerk, id=request, of=first.id, reason="称错了", now=NOW + HOUR)
    assert (voided.repeated, again.repeated) == (False, True)
    assert await floor(register.site_a) == second.net
    assert await numbers(register.site_a) == [1, 2]
    assert await audited(first.id) == ["weighin.recorded", "weighin.voided"]
    with pytest.raises(Conflict):
        await weighins.void(register.clerk, id=new_id(), of=first.id, reason="又一次", now=NOW + HOUR)
    with pytest.raises(Conflict):  # the same id says something else now
        await weighins.void(register.clerk, id=request, of=first.id, reason="没有这回事", now=NOW + HOUR)


async def test_a_void_needs_a_reason_and_an_own_slip(register: Register) -> None:
    slip = await register.weigh()
    with pytest.raises(Refused):
        await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="  ", now=NOW)
    with pytest.raises(Missing):
        await weighins.void(register.leader_b, id=new_id(), of=slip.id, reason="不是我的", now=NOW)
    with pytest.raises(NotYours):
        await weighins.void(register.committee, id=new_id(), of=slip.id, reason="委员会", now=NOW)


async def test_pepper_in_a_lot_is_not_voided(register: Register) -> None:
    slip = await register.weigh()

    @db.unit_of_work
    async def put_away() -> None:
        await db.execute("UPDATE harvest_weighin SET lot_id = 1 WHERE id = :id", id=slip.id)

    await put_away()
    with pytest.raises(Refused):
        await weighins.void(register.clerk, id=new_id(), of=slip.id, reason="称错了", now=NOW)
    assert await floor(register.site_a) == slip.net


async def test_ten_voids_at_once_take_the_pepper_back_once(register: Register) -> None:
    slip = await register.weigh(price_fen_per_kg=Fen(900))
    answers = await asyncio.gather(
        *(weighins.void(register.clerk, id=new_id(), of=slip.id, reason="重复", now=NOW) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, weighins.Voided) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert await floor(register.site_a) == 0


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation takes nothing from whoever has no proxy."""
    monkeypatch.setenv("PEPPERCHAIN_PROXIES__DELIVERERS", "refuse")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def _proxied(register: Register, **more: Any) -> None:
    """Li delivers for Zhang for ten days from today on."""
    await proxies.give(
        register.clerk, id=new_id(), household_id=register.zhang.household_id, person_id=register.li.head_id,
        given_by_id=register.zhang.head_id, now=NOW,
        **{"may_deliver": True, "may_sign": False, "from_on": TODAY, "until_on": TODAY + timedelta(days=9), **more},
    )  # fmt: skip


async def test_whoever_has_no_proxy_of_the_household_is_asked_about(register: Register) -> None:
    slip = register.new(deliverer_id=register.li.head_id)
    assert "deliverer_id" in await weighins.questions(register.clerk, slip, now=NOW)
    own = register.new(deliverer_id=register.zhang.head_id)
    assert await weighins.questions(register.clerk, own, now=NOW) == {}
    await _proxied(register)
    assert await weighins.questions(register.clerk, slip, now=NOW) == {}
    later = NOW + timedelta(days=10)
    late = register.new(deliverer_id=register.li.head_id, picked_at=later - HOUR)
    asked = await weighins.questions(register.clerk, late, now=later)
    assert "ended" in asked["deliverer_id"]
    await register.weigh(deliverer_id=register.li.head_id)


@pytest.mark.usefixtures("refusing")
async def test_or_refused_where_the_installation_says_so_one_by_one_and_in_lists(register: Register) -> None:
    slip = register.new(deliverer_id=register.li.head_id)
    with pytest.raises(Refused) as refused:
        await register.weigh(deliverer_id=register.li.head_id)
    assert refused.value.field == "deliverer_id"
    with pytest.raises(Refused):
        await lists.record_many(register.clerk, [slip], now=NOW)
    await register.weigh(deliverer_id=register.zhang.head_id)
    await _proxied(register)
    await register.weigh(deliverer_id=register.li.head_id)
    (done,) = await lists.record_many(register.clerk, [slip], now=NOW)
    # What was taken once stays taken, also when it is sent again after the proxy is over.
    assert (await lists.record_many(register.clerk, [slip], now=NOW + timedelta(days=30)))[
        0
    ].number == done.number
    later = NOW + timedelta(days=10)
    with pytest.raises(Refused):
        await register.weigh(now=later, deliverer_id=register.li.head_id, picked_at=later - HOUR)


@pytest.mark.usefixtures("refusing")
async def test_a_proxy_to_sign_is_none_to_deliver(register: Register) -> None:
    await _proxied(register, may_deliver=False, may_sign=True)
    with pytest.raises(Refused):
        await register.weigh(deliverer_id=register.li.head_id)
