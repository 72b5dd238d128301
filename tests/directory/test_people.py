"""People of a household: sealed numbers, one head, and terms that follow every change."""

from datetime import date

import pytest

from pepperchain.core import db, vault
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import people, queries
from pepperchain.directory.household_queries import get_household, get_person, people_of
from pepperchain.directory.people import Particulars
from tests.directory.registry import BANK_CARD, ID_NUMBER, NOW, OTHER_ID_NUMBER, TODAY, Registry, household


async def test_an_id_number_fills_in_birthday_and_sex(registry: Registry) -> None:
    entered = await household(
        registry.leader_a, registry.baoping, "罗大山", id_number=ID_NUMBER, bank_card=BANK_CARD
    )
    person = await get_person(registry.leader_a, entered.head_id)
    assert (person.born_on, person.sex) == ("1962-04-18", "male")
    assert (person.id_number_hint, person.bank_card_hint) == ("110*************30", "**** 0018")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"id_number": ID_NUMBER, "sex": "female"}, "sex"),
        ({"id_number": ID_NUMBER, "born_on": date(1963, 4, 18)}, "born_on"),
        ({"id_number": ID_NUMBER[:-1] + "1"}, "id_number"),
        ({"born_on": date(2027, 1, 1)}, "born_on"),
        ({"born_on": date(1890, 1, 1)}, "born_on"),
        ({"bank_card": "12"}, "bank_card"),
        ({"name": "123"}, "name"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(facts: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        people.checked(Particulars(**{"name": "罗大山", **facts}), today=TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_a_sealed_number_opens_for_its_own_row_only(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", id_number=ID_NUMBER)
    await household(registry.leader_a, registry.baoping, "单正茂", id_number=OTHER_ID_NUMBER)
    first, second = await db.tuples("SELECT request_id, id_number_sealed FROM directory_person ORDER BY id")
    assert people.opened(first[0], "id_number", first[1]) == ID_NUMBER
    with pytest.raises(vault.Broken):  # as if somebody had swapped two rows' numbers
        people.opened(first[0], "id_number", second[1])
    with pytest.raises(vault.Broken):
        people.opened(first[0], "bank_card", first[1])


async def test_a_renamed_person_is_found_by_the_new_name_only(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", "19900000010")
    person = Particulars("覃大海", phone="19900000011")
    await people.change(registry.leader_a, id=entered.head_id, version=1, person=person, now=NOW)
    for text in ("罗", "luo", "lds", "0010"):
        assert await queries.search_growers(registry.leader_a, text) == []
    for text in ("覃", "qin", "tan", "qdh", "0011", entered.card_number):
        assert [hit.name for hit in await queries.search_growers(registry.leader_a, text)] == ["覃大海"]


async def test_numbers_stay_sealed_until_they_are_replaced_or_forgotten(registry: Registry) -> None:
    entered = await household(
        registry.leader_a, registry.baoping, "罗大山", id_number=ID_NUMBER, bank_card=BANK_CARD
    )
    kept = Particulars("罗大山", sex="male", born_on=date(1962, 4, 18))
    person = await people.change(registry.leader_a, id=entered.head_id, version=1, person=kept, now=NOW)
    assert person.id_number_hint
    assert person.bank_card_hint
    person = await people.change(
        registry.leader_a, id=entered.head_id, version=2, person=Particulars("罗大山", id_number=OTHER_ID_NUMBER),
        forget_bank_card=True, now=NOW,
    )  # fmt: skip
    assert (person.id_number_hint, person.bank_card_hint) == ("110*************52", None)


async def test_an_older_version_does_not_overwrite_a_newer_one(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    await people.change(
        registry.leader_a, id=entered.head_id, version=1, person=Particulars("罗大川"), now=NOW
    )
    with pytest.raises(Conflict):
        await people.change(
            registry.clerk_a, id=entered.head_id, version=1, person=Particulars("罗大江"), now=NOW
        )


async def test_people_of_another_cooperative_are_not_there(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    with pytest.raises(Missing):
        await people.change(
            registry.leader_b, id=entered.head_id, version=1, person=Particulars("罗"), now=NOW
        )
    with pytest.raises(Missing):
        await people.enter(
            registry.leader_b, id=new_id(), household_id=entered.id, person=Particulars("罗"), now=NOW
        )


async def test_the_household_knows_how_many_they_are_and_whether_one_can_be_called(
    registry: Registry,
) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    son = await people.enter(
        registry.leader_a,
        id=new_id(),
        household_id=entered.id,
        person=Particulars("罗小川", phone="19900010102"),
        now=NOW,
    )
    assert (await get_household(registry.leader_a, entered.id)).people == 2
    assert await queries.count_households(registry.leader_a, lacking="phone") == 0
    await people.leave(registry.leader_a, id=son.id, version=1, on=TODAY, now=NOW)
    assert (await get_household(registry.leader_a, entered.id)).people == 1
    assert await queries.count_households(registry.leader_a, lacking="phone") == 1
    assert await queries.search_growers(registry.leader_a, "罗小川") == []
    assert len(await people_of(registry.leader_a, entered.id)) == 1
    assert len(await people_of(registry.leader_a, entered.id, left=True)) == 2


async def test_a_head_does_not_leave_before_another_takes_over(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    with pytest.raises(Refused):
        await people.leave(registry.leader_a, id=entered.head_id, version=1, on=TODAY, now=NOW)


async def test_the_same_form_twice_is_one_person(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    request, person = new_id(), Particulars("罗小川", phone="19900010102")
    one, two = [
        await people.enter(registry.leader_a, id=request, household_id=entered.id, person=person, now=NOW)
        for _ in range(2)
    ]
    assert (one.id, one.repeated, two.repeated) == (two.id, False, True)


async def test_the_trail_never_tells_an_id_number_or_a_bank_card(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    person = Particulars("罗大山", id_number=ID_NUMBER, bank_card=BANK_CARD)
    await people.change(registry.leader_a, id=entered.head_id, version=1, person=person, now=NOW)
    facts = await db.fetch(str, "SELECT facts FROM audit_entry ORDER BY id")
    assert '"sealed":["bank_card","id_number"]' in facts[-1]
    assert not any(ID_NUMBER in fact or BANK_CARD in fact or "110***" in fact for fact in facts)
