"""What histories tell of a merge: who did it and why, on both once there are two again, and nothing to strangers."""

from pepperchain.access.actor import Actor
from pepperchain.app import MOVERS, SOURCES
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import merge_queries, merges, timeline_queries
from pepperchain.directory.merges import Decision
from pepperchain.directory.timeline_queries import Entry, EntryKind, Subject
from tests.harness import cast


async def _entries(actor: Actor, home: int, kind: EntryKind) -> list[Entry]:
    subject = Subject("household", home, home)
    return await timeline_queries.entries(actor, SOURCES, subject, kind=kind, limit=500)


async def test_both_histories_tell_of_it_and_the_slips_are_in_the_one_that_stayed(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    one, other = await db.fetch(
        int,
        "SELECT h.id FROM directory_household h WHERE h.cooperative_id = :own ORDER BY h.id LIMIT 2",
        own=leader.organization_id,
    )
    slips = await db.scalar(
        "SELECT COUNT(*) FROM harvest_weighin WHERE household_id IN :ids", ids=[one, other]
    )
    before = len(await _entries(leader, one, EntryKind.CHANGE)) + len(
        await _entries(leader, other, EntryKind.CHANGE)
    )
    found = await merge_queries.compared(leader, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一户两张卡", seen=found.seen)
    made = await merges.merge_households(
        leader, id=new_id(), decision=decision, movers=MOVERS, now=clock.now()
    )
    assert len(await _entries(leader, one, EntryKind.SLIP)) == slips
    assert len(await _entries(leader, one, EntryKind.CHANGE)) == before  # what was done with both
    [merge] = await _entries(leader, one, EntryKind.MERGE)
    [(_, telling)] = await timeline_queries.told(leader, SOURCES, Subject("household", one, one), [merge])
    assert (telling.url, telling.by, telling.lines) == (
        f"/growers/merges/{made.id}", leader.name, ("同一户两张卡",),
    )  # fmt: skip
    await merges.undo(leader, id=made.id, movers=MOVERS, now=clock.now())
    for home in (one, other):
        entries = await _entries(leader, home, EntryKind.MERGE)
        told = await timeline_queries.told(leader, SOURCES, Subject("household", home, home), entries)
        assert len(told) == len(entries) == 2
        assert await _entries(await cast.actor(cast.LEADER_B), home, EntryKind.MERGE) == []


async def test_a_persons_history_tells_whose_entry_was_taken_in(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    [(home, one, other)] = await db.tuples(
        "SELECT h.id, h.head_id, MAX(p.id) FROM directory_household h JOIN directory_person p ON p.household_id = h.id"
        " WHERE h.cooperative_id = :own AND p.id <> h.head_id GROUP BY h.id, h.head_id ORDER BY h.id LIMIT 1",
        own=leader.organization_id,
    )
    found = await merge_queries.people_compared(leader, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="同一人", seen=found.seen)
    await merges.merge_people(leader, id=new_id(), decision=decision, movers=MOVERS, now=clock.now())
    subject = Subject("person", one, home)
    entries = await timeline_queries.entries(leader, SOURCES, subject, kind=EntryKind.MERGE, limit=9)
    [(_, telling)] = await timeline_queries.told(leader, SOURCES, subject, entries)
    assert found.other.name in telling.title
