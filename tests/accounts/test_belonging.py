"""What an administrator types finds the organization that is meant, or says why not."""

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import belonging
from pepperchain.core.errors import Refused
from tests.accounts import people

pytestmark = pytest.mark.usefixtures("database")


async def _found(typed: str) -> int | None:
    found = await belonging.found(SYSTEM, organization=typed, household_card=None, township_ids=())
    return found.organization_id


async def _refusal(**typed: object) -> Refused:
    nothing = {"organization": None, "household_card": None, "township_ids": ()}
    with pytest.raises(Refused) as caught:
        await belonging.found(SYSTEM, **(nothing | typed))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("typed", ["先锋花椒专业合作社", "先锋合作社", "先锋", "花椒专业", "xfhz", "XFHZS"])
async def test_a_name_a_part_or_its_initials_find_it(typed: str) -> None:
    places = await people.places()
    assert await _found(typed) == places.cooperative_id


async def test_a_whole_name_is_found_even_where_it_begins_another() -> None:
    places = await people.places()
    await people.organization("cooperative", "先锋合作社二分社", "先锋二社")
    assert await _found("先锋合作社") == places.cooperative_id


async def test_what_could_be_several_is_asked_back_with_their_names() -> None:
    await people.places()
    await people.organization("cooperative", "先锋镇桥坪合作社", "桥坪社")
    refused = await _refusal(organization="先锋")
    assert refused.field == "organization"
    assert "桥坪合作社" in str(refused)


async def test_what_is_not_there_is_said_at_its_field() -> None:
    assert (await _refusal(organization="没有这个")).field == "organization"
    assert (await _refusal(household_card="00000018")).field == "household_card"
    assert (await _refusal(household_card="no card")).field == "household_card"
    assert (await _refusal(township_ids=(99,))).field == "township_ids"
