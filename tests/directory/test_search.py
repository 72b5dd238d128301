"""Whom somebody means who types a name into a form."""

import pytest

from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import people
from pepperchain.directory.people import Particulars
from pepperchain.directory.search import household_meant, person_meant
from tests.directory.registry import NOW, Registry, household


async def test_a_whole_name_a_card_or_the_end_of_a_phone_means_one(registry: Registry) -> None:
    one = await household(registry.leader_a, registry.baoping, "罗大山", "19900000010")
    await household(registry.leader_a, registry.baoping, "罗大山坡", "19900000011")
    for typed in ("罗大山", one.card_number, "0010"):
        assert await household_meant(registry.leader_a, typed) == one.id
        assert await person_meant(registry.leader_a, typed, "other") == one.head_id
    for typed in ("罗大", "查无此人", "'", "%"):
        with pytest.raises(Refused):
            await person_meant(registry.leader_a, typed, "other")
    with pytest.raises(Refused):
        await household_meant(registry.leader_b, "罗大山")


async def test_a_phone_that_a_family_shares_means_its_household_once(registry: Registry) -> None:
    one = await household(registry.leader_a, registry.baoping, "罗大山", "19900000010")
    son = Particulars("罗小川", phone="19900000010")
    await people.enter(
        registry.leader_a, id=new_id(), household_id=one.id, person=son, confirmed=True, now=NOW
    )
    assert await household_meant(registry.leader_a, "0010") == one.id
    with pytest.raises(Refused, match="Several"):
        await person_meant(registry.leader_a, "0010", "other")
