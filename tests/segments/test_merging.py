"""What becomes of tags, and of the undo of a run, when two households turn out to be one."""

from uuid import UUID

from pepperchain.app import MOVERS
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory import merge_queries, merges
from pepperchain.directory.merges import Decision
from pepperchain.segments import runs, tag_queries, tags
from tests.harness import cast
from tests.harness.dumps import difference, dump
from tests.segments.finding import NOW, begun, home_of, kept, tag, tagged, work


async def test_tags_go_along_and_come_back_and_what_a_run_did_can_still_be_undone(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    one, other = await home_of("罗大山"), await home_of("仇玉兰")
    rare, all_have = await tag(leader, "只有一户"), await tag(leader, "都有")
    await tags.put_on(leader, household_id=other, tag_id=rare, now=NOW)
    run = await begun(leader, await kept(leader), "tag", tag=all_have)
    await work()
    before = await dump()
    found = await merge_queries.compared(leader, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一户", seen=found.seen)
    merged = await merges.merge_households(leader, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    names = [mark.words for mark in (await tag_queries.of_households(leader, [one]))[one]]
    assert sorted(names) == ["只有一户", "都有"]
    assert await tagged(rare) == {one}

    await merges.undo(leader, id=merged.id, movers=MOVERS, now=NOW)
    assert {name for name in difference(before, await dump()) if name.startswith("segments_")} == set()

    again = await merge_queries.compared(leader, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一户", seen=again.seen)
    await merges.merge_households(leader, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    await runs.take_back(leader, REPERTOIRE, id=UUID(run), now=NOW)
    await work()
    assert await tagged(all_have) == set()
    assert await tagged(rare) == {one}
