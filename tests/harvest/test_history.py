"""Slips in a history: told from the slip's own row, and only to those who see it."""

from pepperchain.core import db
from pepperchain.directory.timeline_queries import EntryKind, Subject, entries
from pepperchain.harvest.history import SOURCE
from tests.harness import cast
from tests.visits.dealing import home_of


async def test_a_slip_and_its_void_are_two_entries_of_one_row(village: str) -> None:
    leader, home = await cast.actor(cast.LEADER_A), await home_of("仇玉兰")
    subject = Subject("household", home, home)
    found = await entries(leader, [SOURCE], subject, limit=100)
    [(slips, voids)] = await db.tuples(
        "SELECT COUNT(*), COUNT(voided_at) FROM harvest_weighin WHERE household_id = :id", id=home
    )
    assert len([entry for entry in found if entry.kind is EntryKind.SLIP]) == slips
    assert len([entry for entry in found if entry.kind is EntryKind.VOID]) == voids > 0
    told = await SOURCE.tell(leader, subject, found)
    assert set(told) == set(found)
    assert all(telling.url == f"/harvest/weigh-ins/{entry.id}" for entry, telling in told.items())
    assert await SOURCE.tell(await cast.actor(cast.LEADER_B), subject, found) == {}


async def test_an_organizations_history_has_no_slips(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    assert SOURCE.arms(leader, Subject("organization", leader.organization_id or 0)) == ()
