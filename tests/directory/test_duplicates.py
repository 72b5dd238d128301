"""Somebody who seems to be entered already is pointed out, and only to those who may know of them."""

import pytest

from pepperchain.core.ids import new_id
from pepperchain.directory import people
from pepperchain.directory.duplicates import Likeness, Suspected, likely
from pepperchain.directory.people import Particulars
from tests.directory.registry import ADMIN, ID_NUMBER, NOW, Registry, household

PHONE = "19900000010"


def told(likenesses: list[Likeness] | tuple[Likeness, ...]) -> list[tuple[str, str | None]]:
    """Reasons and names."""
    return [(like.reason, like.hit.name if like.hit else None) for like in likenesses]


async def test_the_same_phone_id_number_or_sounding_name_is_pointed_out(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", PHONE, id_number=ID_NUMBER)
    about = {"village_id": registry.baoping, "name": "王芳", "phone": None, "id_number": None}
    assert told(await likely(registry.leader_a, **about)) == []  # type: ignore[arg-type]
    for more, reason in (
        ({"phone": PHONE}, "phone"),
        ({"id_number": ID_NUMBER}, "id_number"),
        ({"name": "骆大善"}, "name"),
    ):
        assert told(await likely(registry.leader_a, **about | more)) == [(reason, "罗大山")]  # type: ignore[arg-type]
    both = about | {"phone": PHONE, "id_number": ID_NUMBER}
    assert told(await likely(registry.leader_a, **both)) == [("id_number", "罗大山")]  # type: ignore[arg-type]


async def test_a_name_alike_in_another_village_is_somebody_else(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山")
    assert await likely(ADMIN, village_id=registry.shageng, name="罗大山", phone=None, id_number=None) == []


async def test_of_people_elsewhere_only_the_fact_is_told(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", PHONE, id_number=ID_NUMBER)
    found = await likely(
        registry.leader_b, village_id=registry.baoping, name="罗大山", phone=PHONE, id_number=ID_NUMBER
    )
    assert told(found) == [("id_number", None), ("phone", None)]


async def test_the_verb_stops_until_the_form_confirms(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", PHONE)
    with pytest.raises(Suspected) as suspected:
        await household(registry.leader_a, registry.baoping, "罗小川", PHONE, confirmed=False)
    assert told(suspected.value.likenesses) == [("phone", "罗大山")]
    assert (await household(registry.leader_a, registry.baoping, "罗小川", PHONE)).id


async def test_a_family_may_share_a_phone(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山", PHONE)
    await people.enter(
        registry.leader_a,
        id=new_id(),
        household_id=entered.id,
        person=Particulars("何素芳", phone=PHONE),
        now=NOW,
    )


async def test_changing_what_is_alike_already_asks_nothing(registry: Registry) -> None:
    first = await household(registry.leader_a, registry.baoping, "罗大山", PHONE)
    await household(registry.leader_a, registry.baoping, "罗大山", "19900000011")
    person = Particulars("罗大山", phone=PHONE, has_smartphone=True)
    await people.change(registry.leader_a, id=first.head_id, version=1, person=person, now=NOW)
    with pytest.raises(Suspected):
        await people.change(
            registry.leader_a,
            id=first.head_id,
            version=2,
            person=Particulars("罗大山", phone="19900000011"),
            now=NOW,
        )
