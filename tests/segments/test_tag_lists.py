"""Tags of a whole list: put on as they are named, and taken back wherever the household is now."""

import pytest

from pepperchain.app import MOVERS
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import merge_queries, merges
from pepperchain.directory.merges import Decision
from pepperchain.segments import tag_lists, tags
from pepperchain.segments.tag_lists import Naming
from tests.harness import cast
from tests.segments.finding import NOW, home_of, tag, tagged


async def test_a_list_put_on_twice_is_once_and_only_the_first_takes_it_off(village: str) -> None:
    clerk, first, second = await cast.actor(cast.CLERK_A), new_id(), new_id()
    home, mine = await home_of("罗大山"), await tag(clerk)
    rows = [Naming(home, (mine,)), Naming(home, (mine,))]
    assert await tag_lists.put_on(clerk, rows, list_id=first, now=NOW) == [(mine,), ()]
    assert await tag_lists.put_on(clerk, rows, list_id=second, now=NOW) == [(), ()]
    assert await tag_lists.take_back(clerk, rows, list_id=second) == 0
    assert await tagged(mine) == {home}
    assert await tag_lists.take_back(clerk, rows, list_id=first) == 1
    assert await tagged(mine) == set()


async def test_nothing_is_put_on_for_strangers_nor_with_their_tags(village: str) -> None:
    clerk, other = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_B)
    home, mine, theirs = await home_of("罗大山"), await tag(clerk), await tag(other)
    with pytest.raises(Conflict):
        await tag_lists.put_on(other, [Naming(home, (theirs,))], list_id=new_id(), now=NOW)
    with pytest.raises(Missing):
        await tag_lists.put_on(clerk, [Naming(home, (theirs,))], list_id=new_id(), now=NOW)
    with pytest.raises(NotYours):
        await tag_lists.put_on(
            await cast.actor(cast.GROWER_A), [Naming(home, (mine,))], list_id=new_id(), now=NOW
        )
    with pytest.raises(Missing):
        await tag_lists.take_back(other, [Naming(home, (mine,))], list_id=new_id())
    await tags.remove(clerk, id=mine, now=NOW)
    with pytest.raises(Refused, match="removed"):
        await tag_lists.put_on(clerk, [Naming(home, (mine,))], list_id=new_id(), now=NOW)
    assert (await tagged(mine), await tagged(theirs)) == (set(), set())


async def test_it_is_taken_off_the_household_that_stayed(village: str) -> None:
    leader, list_id = await cast.actor(cast.LEADER_A), new_id()
    one, other, mine = await home_of("罗大山"), await home_of("仇玉兰"), await tag(leader)
    await tag_lists.put_on(leader, [Naming(other, (mine,))], list_id=list_id, now=NOW)
    seen = (await merge_queries.compared(leader, one, other)).seen
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一户", seen=seen)
    await merges.merge_households(leader, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    assert await tagged(mine) == {one}
    assert await tag_lists.take_back(leader, [Naming(other, (mine,))], list_id=list_id) == 1
    assert await tagged(mine) == set()
