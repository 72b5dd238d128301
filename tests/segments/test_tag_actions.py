"""Tags taken off all households of a segment, and put back as they were."""

from uuid import UUID

from pepperchain.core import db
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments import runs, tags
from pepperchain.segments.rules import State
from tests.harness import cast
from tests.segments.finding import NOW, all_of, asking, begun, home_of, kept, run, tag, tagged, work


async def test_a_tag_that_was_taken_off_many_comes_back_as_it_was(village: str) -> None:
    clerk, leader = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_A)
    one, other, third = await home_of("罗大山"), await home_of("仇玉兰"), await home_of("张桂英")
    mine = await tag(clerk)
    for home in (one, other, third):
        await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    rows = "SELECT household_id, user_id, user_name, at, run_id FROM segments_tagging ORDER BY household_id"
    before = await db.tuples(rows)
    # The segment asks for the very tag that is taken off: each household is looked at once.
    segment = await kept(leader, all_of(asking("tag", tag=mine)))
    id = await begun(leader, segment, "untag", tag=mine)
    await work()
    assert await tagged(mine) == set()
    await tags.put_on(leader, household_id=other, tag_id=mine, now=NOW)
    await runs.take_back(leader, REPERTOIRE, id=UUID(id), now=NOW)
    await work()
    assert await tagged(mine) == {one, other, third}
    after = await db.tuples(rows)
    assert [row for row in after if row[0] != other] == [row for row in before if row[0] != other]
    undone = await run(leader, id)
    assert (undone.state, undone.undone, undone.left) == (State.UNDONE, 2, 1)
