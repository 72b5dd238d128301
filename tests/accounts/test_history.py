"""The trail in a history: changes in words, what came from a sheet apart, joining and leaving left to the registry."""

from datetime import timedelta

from pepperchain.accounts.history import SOURCE
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.directory import people
from pepperchain.directory.people import Particulars
from pepperchain.directory.timeline_queries import EntryKind, Subject, entries
from tests.harness import cast
from tests.visits.dealing import home_of


@db.unit_of_work
async def _from_a_sheet(phone: str, home: int, text: str) -> None:
    actor = await cast.actor(phone)
    now = clock.now()
    await trail.record(
        actor,
        "household.changed",
        subject="household",
        subject_id=home,
        facts={"note": [None, text], "sheet": True},
        now=now,
    )
    await trail.record(
        actor, "household.changed", subject="household", subject_id=home,
        facts={"note": [None, 'he typed "sheet":true']}, now=now + timedelta(seconds=1),
    )  # fmt: skip


async def test_what_came_from_a_sheet_is_told_apart_and_nobody_can_type_it(village: str) -> None:
    home = await home_of("罗大山")
    await _from_a_sheet(cast.LEADER_A, home, "表里的备注")
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    found = await entries(leader, [SOURCE], subject, limit=50)
    told = await SOURCE.tell(leader, subject, found)
    assert [
        "表里的备注" in line
        for entry in found
        if entry.kind is EntryKind.IMPORT
        for line in told[entry].lines
    ] == [True]
    assert [entry for entry in found if entry.kind is EntryKind.CHANGE and "typed" in str(told[entry].lines)]


async def test_what_was_done_to_its_people_and_plots_is_the_households_too(village: str) -> None:
    home = await home_of("罗大山")
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    titles = [telling.title for telling in (await _told(subject)).values()]
    assert any(title.endswith("罗小川") for title in titles)
    assert any(title.endswith("屋后坡") for title in titles)
    son = await db.scalar("SELECT id FROM directory_person WHERE name = '罗小川'")
    before = len(await entries(leader, [SOURCE], Subject("person", son, home), limit=50))
    await people.change(
        leader,
        id=son,
        version=1,
        person=Particulars("罗小川", phone="19900010199"),
        confirmed=True,
        now=clock.now(),
    )
    assert len(await entries(leader, [SOURCE], Subject("person", son, home), limit=50)) == before + 1
    assert "19900010199" not in str(await _told(Subject("person", son, home)))
    assert "0199" in str(await _told(Subject("person", son, home)))


async def test_joining_is_told_once_and_not_by_the_trail(village: str) -> None:
    home = await home_of("罗大山")
    found = await entries(
        await cast.actor(cast.LEADER_A), [SOURCE], Subject("household", home, home), limit=500
    )
    ids = [entry.id for entry in found]
    verbs = {verb for (verb,) in await db.tuples("SELECT verb FROM audit_entry WHERE id IN :ids", ids=ids)}
    assert "household.entered" in verbs
    assert not verbs & {"membership.joined", "membership.left"}


async def test_a_colleague_of_another_cooperative_is_told_nothing(village: str) -> None:
    home = await home_of("罗大山")
    found = await entries(
        await cast.actor(cast.LEADER_A), [SOURCE], Subject("household", home, home), limit=500
    )
    assert found
    subject = Subject("household", home, home)
    assert await SOURCE.tell(await cast.actor(cast.LEADER_B), subject, found) == {}


async def _told(subject: Subject):
    leader = await cast.actor(cast.LEADER_A)
    return await SOURCE.tell(leader, subject, await entries(leader, [SOURCE], subject, limit=500))
