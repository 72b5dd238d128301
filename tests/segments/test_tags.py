"""Tags: made, changed, removed, brought back, put on and taken off; seen by one's own organization alone."""

from datetime import timedelta

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import memberships
from pepperchain.segments import tag_queries, tags
from pepperchain.segments.rules import Colour
from tests.harness import cast
from tests.segments.finding import NOW, home_of, tag, tagged


async def test_a_tag_is_made_once_however_often_it_is_sent(village: str) -> None:
    clerk, form = await cast.actor(cast.CLERK_A), new_id()
    made = [await tags.make(clerk, id=form, name="示范户", colour=Colour.GREEN, now=NOW) for _ in range(2)]
    assert (made[0].id, made[0].repeated, made[1].id, made[1].repeated) == (
        made[0].id,
        False,
        made[0].id,
        True,
    )
    assert [(row.name, row.colour) for row in await tag_queries.tags(clerk)] == [("示范户", "good")]
    with pytest.raises(Refused, match="of this name already"):
        await tag(clerk)


async def test_each_organization_has_its_own_tags_and_sees_no_others(village: str) -> None:
    of_a = await tag(await cast.actor(cast.CLERK_A))
    of_b = await tag(await cast.actor(cast.LEADER_B))
    of_the_district = await tag(await cast.actor(cast.COMMITTEE))
    for phone, seen in (
        (cast.LEADER_A, {of_a}), (cast.CLERK_A, {of_a}), (cast.LEADER_B, {of_b}), (cast.COMMITTEE, {of_the_district}),
        (cast.TECHNICIAN, {of_the_district}), (cast.ADMIN, {of_the_district}), (cast.BUYER_P, set()), (cast.GROWER_A, set()),
        (cast.STOREKEEPER, set()), (cast.DEPARTMENT, set()),
    ):  # fmt: skip
        assert {row.id for row in await tag_queries.tags(await cast.actor(phone))} == seen, phone
    with pytest.raises(Missing):
        await tag_queries.get_tag(await cast.actor(cast.LEADER_A), of_b)
    with pytest.raises(Missing):
        await tags.change(await cast.actor(cast.LEADER_A), id=of_b, version=1, name="我的", now=NOW)
    with pytest.raises(NotYours):
        await tag(await cast.actor(cast.STOREKEEPER))


async def test_a_household_takes_no_tags_along_to_another_cooperative(village: str) -> None:
    clerk, other, home = (
        await cast.actor(cast.CLERK_A),
        await cast.actor(cast.LEADER_B),
        await home_of("罗大山"),
    )
    mine = await tag(clerk)
    assert await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    assert not await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    assert [mark.words for mark in (await tag_queries.of_households(clerk, [home]))[home]] == ["示范户"]
    assert await tag_queries.of_households(other, [home]) == {}
    admin = await cast.actor(cast.ADMIN)
    await memberships.leave(admin, household_id=home, on=NOW.date(), now=NOW)
    assert other.organization_id is not None
    await memberships.join(
        admin, id=new_id(), household_id=home, organization_id=other.organization_id, on=NOW.date(), now=NOW
    )
    assert await tag_queries.of_households(other, [home]) == {}
    with pytest.raises(Missing):
        await tags.take_off(clerk, household_id=home, tag_id=mine, now=NOW)
    with pytest.raises(Missing):
        await tags.put_on(other, household_id=home, tag_id=mine, now=NOW)


async def test_a_removed_tag_is_gone_from_every_household_until_it_is_brought_back(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    mine = await tag(clerk)
    await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    for _ in range(2):
        await tags.remove(clerk, id=mine, now=NOW)
    assert await tag_queries.of_households(clerk, [home]) == {}
    with pytest.raises(Refused, match="was removed"):
        await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    with pytest.raises(Refused, match="was removed"):
        await tags.change(clerk, id=mine, version=2, name="别的", now=NOW)
    again = await tag(clerk)
    with pytest.raises(Refused, match="of this name already"):
        await tags.bring_back(clerk, id=mine, now=NOW)
    await tags.remove(clerk, id=again, now=NOW)
    for _ in range(2):
        await tags.bring_back(clerk, id=mine, now=NOW)
    assert await tagged(mine) == {home}
    assert home in await tag_queries.of_households(clerk, [home])
    with pytest.raises(Refused, match="more than"):
        await tags.bring_back(clerk, id=again, now=NOW + timedelta(days=90))


async def test_a_tag_is_changed_by_whoever_saw_its_latest_version(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    mine = await tag(clerk)
    await tags.change(clerk, id=mine, version=1, name="老示范户", colour=Colour.BLUE, now=NOW)
    with pytest.raises(Conflict):
        await tags.change(clerk, id=mine, version=1, name="别的", now=NOW)
    assert (await tag_queries.get_tag(clerk, mine)).name == "老示范户"


async def test_the_trail_tells_who_tagged_whom_but_no_history_does(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    mine = await tag(clerk)
    await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    await tags.take_off(clerk, household_id=home, tag_id=mine, now=NOW)
    assert not await tags.take_off(clerk, household_id=home, tag_id=mine, now=NOW)
    told = await db.tuples(
        "SELECT verb, subject, subject_id FROM audit_entry WHERE verb LIKE 'tag.%' ORDER BY id"
    )
    assert [tuple(row) for row in told] == [
        (verb, "tag", str(mine)) for verb in ("tag.made", "tag.put_on", "tag.taken_off")
    ]
