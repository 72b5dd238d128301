"""People by the hundred: the same rules as one by one."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours
from pepperchain.core.ids import new_id
from pepperchain.directory import people_lists
from pepperchain.directory.household_queries import people_of
from pepperchain.directory.people import Particulars
from pepperchain.directory.people_lists import Correction, Newcomer
from tests.exports.taking import NOW
from tests.harness import cast


async def home_of(phone: str) -> int:
    return int(
        await db.scalar(
            "SELECT MIN(h.id) FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id"
            " WHERE u.phone = :phone",
            phone=phone,
        )
    )


async def test_they_are_entered_changed_put_back_and_removed(village: str) -> None:
    leader, home = await cast.actor(cast.LEADER_A), await home_of(cast.LEADER_A)
    before = await people_of(leader, home)
    ids = await people_lists.enter_many(
        leader, [Newcomer(new_id(), home, Particulars("周一")), Newcomer(new_id(), home, Particulars("周二"))], now=NOW
    )  # fmt: skip
    were = await people_lists.change_many(
        leader, [Correction(ids[0], 1, {"name": "周一一", "phone": "19900093333"})], now=NOW
    )
    assert were[0]["name"] == "周一"
    assert {person.name for person in await people_of(leader, home)} >= {"周一一", "周二"}
    await people_lists.remove_many(leader, ids, now=NOW)
    assert await people_of(leader, home) == before
    assert await people_lists.enter_many(leader, [], now=NOW) == []


async def test_others_households_and_older_versions_are_refused(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    theirs, ours = await home_of(cast.LEADER_B), await home_of(cast.LEADER_A)
    with pytest.raises(Missing):
        await people_lists.enter_many(leader, [Newcomer(new_id(), theirs, Particulars("周一"))], now=NOW)
    [id] = await people_lists.enter_many(leader, [Newcomer(new_id(), ours, Particulars("周一"))], now=NOW)
    with pytest.raises(Conflict):
        await people_lists.change_many(leader, [Correction(id, 7, {"name": "周三"})], now=NOW)
    with pytest.raises(NotYours):
        await people_lists.remove_many(await cast.actor(cast.BUYER_P), [id], now=NOW)
