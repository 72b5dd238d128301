"""Past memberships, and taking back what a list did."""

from datetime import date

import pytest

from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import membership_lists
from pepperchain.directory.household_queries import memberships_of
from tests.directory.test_people_lists import home_of
from tests.exports.taking import NOW
from tests.harness import cast


async def test_a_past_membership_is_noted_once_and_taken_back(village: str) -> None:
    leader, home, id = await cast.actor(cast.LEADER_A), await home_of(cast.LEADER_A), new_id()
    before = await memberships_of(leader, home)
    assert leader.organization_id is not None
    for _ in range(2):
        noted = await membership_lists.note_past(
            leader, id=id, household_id=home, organization_id=leader.organization_id, started_on=date(2001, 1, 1),
            ended_on=date(2002, 1, 1), now=NOW,
        )  # fmt: skip
    assert len(await memberships_of(leader, home)) == len(before) + 1
    with pytest.raises(Refused):
        await membership_lists.note_past(
            leader, id=new_id(), household_id=home, organization_id=leader.organization_id, started_on=date(2001, 6, 1),
            ended_on=date(2001, 7, 1), now=NOW,
        )  # fmt: skip
    with pytest.raises(NotYours):
        await membership_lists.take_back(await cast.actor(cast.LEADER_B), made=[noted.id], were={}, now=NOW)
    await membership_lists.take_back(leader, made=[noted.id], were={}, now=NOW)
    assert await memberships_of(leader, home) == before
