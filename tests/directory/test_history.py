"""One history out of all rooms: whose entries are in it, in which order, paged without gaps or repeats."""

from datetime import date, timedelta

import pytest

from pepperchain.access.actor import Actor
from pepperchain.app import SOURCES
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import heads, memberships, people, timeline_queries
from pepperchain.directory.household_queries import get_household, people_of
from pepperchain.directory.people import Particulars
from pepperchain.directory.relation_rules import HeadReason
from pepperchain.directory.timeline_queries import Entry, EntryKind, Subject
from pepperchain.visits import notes, visits
from pepperchain.visits.rules import VisitKind
from tests.harness import cast
from tests.visits.dealing import NOW, home_of, organization, visit


async def _whole(actor: Actor, subject: Subject, page: int = 500, **chosen: object) -> list[Entry]:
    """The history from its first page to its last."""
    found: list[Entry] = []
    while True:
        rows = await timeline_queries.entries(
            actor,
            SOURCES,
            subject,
            before=found[-1].key if found else None,
            limit=page,
            **chosen,  # type: ignore[arg-type]
        )
        found += rows
        if len(rows) < page:
            return found


async def _busy(home: int) -> None:
    """Many things of one moment, of every kind that a form makes."""
    clerk = await cast.actor(cast.CLERK_A)
    for number in range(7):
        kind = VisitKind.VISIT if number % 2 else VisitKind.CALL
        await visit(
            clerk, home, kind=kind, happened_at=NOW - timedelta(days=number // 5), outcome=f"第{number}次"
        )
        await notes.write(clerk, id=new_id(), text=f"第{number}条", household_id=home, now=NOW)
    son = Particulars("小后生")
    await people.enter(clerk, id=new_id(), household_id=home, person=son, confirmed=True, now=NOW)
    for days in (9, 4):
        await _other_head(clerk, home, clock.local_day(NOW) - timedelta(days=days))


async def _other_head(clerk: Actor, home: int, day: date) -> None:
    """The next of the household heads it from that day on."""
    household = await get_household(clerk, home)
    other = next(each for each in await people_of(clerk, home) if not each.is_head)
    await heads.hand_over(
        clerk, id=new_id(), household_id=home, version=household.version, person_id=other.id, on=day,
        reason=HeadReason.AGREEMENT, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("page", [1, 2, 3, 7, 50])
async def test_pages_of_any_length_make_the_whole_without_gaps_or_repeats(village: str, page: int) -> None:
    home = await home_of("罗大山")
    await _busy(home)
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    whole = await _whole(leader, subject)
    assert await _whole(leader, subject, page) == whole
    assert len(set(whole)) == len(whole) > 30
    assert [entry.at for entry in whole] == sorted((entry.at for entry in whole), reverse=True)


async def test_every_kind_is_there_and_each_can_be_had_alone(village: str) -> None:
    home = await home_of("仇玉兰")  # one of her slips was voided
    await _busy(home)
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    whole = await _whole(leader, subject)
    assert {entry.kind for entry in whole} == set(EntryKind) - {EntryKind.IMPORT, EntryKind.MERGE}
    for kind in EntryKind:
        assert await _whole(leader, subject, 2, kind=kind) == [entry for entry in whole if entry.kind is kind]


async def test_days_narrow_it(village: str) -> None:
    home = await home_of("罗大山")
    await _busy(home)
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    day = clock.local_day(NOW) - timedelta(days=1)
    since, until = map(clock.to_ms, clock.day_range(day))
    expected = [entry for entry in await _whole(leader, subject) if since <= entry.at < until]
    assert expected
    assert await _whole(leader, subject, 2, first_day=day, last_day=day) == expected


async def test_every_entry_is_told_in_words(village: str) -> None:
    home = await home_of("仇玉兰")
    await _busy(home)
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    whole = await _whole(leader, subject)
    told = await timeline_queries.told(leader, SOURCES, subject, whole)
    assert [entry for entry, _ in told] == whole
    assert all(telling.title for _, telling in told)


async def test_a_stranger_has_no_history_to_read(village: str) -> None:
    home, firm = await home_of("罗大山"), await organization("青麻叙食品")
    for phone in (cast.LEADER_B, cast.BUYER_P, cast.STOREKEEPER, cast.DEPARTMENT, cast.GROWER_B):
        actor = await cast.actor(phone)
        with pytest.raises(Missing):
            await timeline_queries.subject_of(actor, "household", home)
        with pytest.raises(Missing):
            await timeline_queries.subject_of(actor, "organization", firm)
        # Even asked past that door nothing of it is found.
        assert await _whole(actor, Subject("household", home, home)) == []
        assert await _whole(actor, Subject("organization", firm)) == []


async def test_nothing_of_one_cooperative_goes_along_to_the_next(village: str) -> None:
    home = await home_of("罗大山")
    await _busy(home)
    leader_a, leader_b = await cast.actor(cast.LEADER_A), await cast.actor(cast.LEADER_B)
    now, subject = clock.now(), Subject("household", home, home)
    goes_along = {
        EntryKind.MEMBERSHIP,
        EntryKind.FAMILY,
    }  # where it was and who headed it is the household's own
    before = {entry for entry in await _whole(leader_a, subject) if entry.kind not in goes_along}
    await memberships.leave(leader_a, household_id=home, on=clock.local_day(now), now=now)
    await memberships.join(
        await cast.actor(cast.ADMIN), id=new_id(), household_id=home, organization_id=leader_b.organization_id or 0,
        on=clock.local_day(now), now=now,
    )  # fmt: skip
    seen = await _whole(leader_b, subject)
    assert {entry.kind for entry in seen} == goes_along
    assert not set(seen) & before
    # Told by their keys, too, nothing comes out.
    assert await timeline_queries.told(leader_b, SOURCES, subject, sorted(before, key=str)) == []
    with pytest.raises(Missing):
        await timeline_queries.subject_of(leader_a, "household", home)


async def test_no_number_that_is_sealed_and_no_whole_phone_is_told(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    for home, head in await db.tuples("SELECT id, head_id FROM directory_household LIMIT 12"):
        for subject in (Subject("household", home, home), Subject("person", head, home)):
            told = await timeline_queries.told(officer, SOURCES, subject, await _whole(officer, subject))
            text = repr(told)
            for phone, card, hint in await db.tuples(
                "SELECT phone, bank_card_hint, id_number_hint FROM directory_person WHERE household_id = :home",
                home=home,
            ):
                assert not [secret for secret in (phone, card, hint) if secret and secret in text]


async def test_a_person_has_what_they_brought_and_what_was_said_with_them(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    son = await db.scalar("SELECT id FROM directory_person WHERE name = '罗小川'")
    noted = await visit(clerk, home, person_id=son)
    subject = await timeline_queries.subject_of(clerk, "person", son)
    whole = await _whole(clerk, subject, 3)
    brought = await db.scalar("SELECT COUNT(*) FROM harvest_weighin WHERE deliverer_id = :id", id=son)
    assert len([entry for entry in whole if entry.kind is EntryKind.SLIP]) == brought > 0
    assert Entry(EntryKind.VISIT, clock.to_ms(NOW - timedelta(hours=1)), noted) in whole


async def test_an_organization_has_visits_and_changes_for_the_district(village: str) -> None:
    officer, firm = await cast.actor(cast.COMMITTEE), await organization("青麻叙食品")
    subject = await timeline_queries.subject_of(officer, "organization", firm)
    assert {entry.kind for entry in await _whole(officer, subject, 2)} == {EntryKind.VISIT, EntryKind.CHANGE}


async def test_a_plan_that_is_called_off_and_a_note_that_is_withdrawn(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    day = clock.local_day(NOW) + timedelta(days=5)
    plan = await visits.plan(
        clerk, id=new_id(), kind=VisitKind.CALL, purpose="other", planned_on=day, household_id=home, now=NOW
    )
    await visits.cancel(clerk, id=plan.id, version=1, reason="下雨", now=NOW)
    note = await notes.write(clerk, id=new_id(), text="写错了", household_id=home, now=NOW)
    await notes.withdraw(clerk, id=note.id, now=NOW)
    subject = Subject("household", home, home)
    whole = await _whole(clerk, subject)
    assert Entry(EntryKind.CALL, clock.to_ms(clock.day_start(day)), plan.id) in whole
    assert Entry(EntryKind.NOTE, clock.to_ms(NOW), note.id) not in whole


@pytest.mark.parametrize(
    "key",
    [
        (1, "slip", "1"),
        (1, "visit", "x"),
        (1, "cone", "1"),
        (2**70, "visit", "1"),
        (1, "note", "9" * 40),
        (1, "note", "²"),
    ],
)
async def test_a_key_that_we_did_not_make_is_refused(village: str, key: tuple[int, str, str]) -> None:
    home = await home_of("罗大山")
    with pytest.raises(Refused):
        await timeline_queries.entries(
            await cast.actor(cast.LEADER_A), SOURCES, Subject("household", home, home), before=key, limit=5
        )


async def test_joining_and_leaving_are_told_on_their_days(village: str) -> None:
    home = await home_of("罗大山")
    leader, subject = await cast.actor(cast.LEADER_A), Subject("household", home, home)
    entries = await _whole(leader, subject, kind=EntryKind.MEMBERSHIP)
    started = await db.scalar("SELECT started_on FROM directory_membership WHERE household_id = :id", id=home)
    assert [clock.local_day(clock.from_ms(entry.at)).isoformat() for entry in entries] == [started]
    told = await timeline_queries.told(leader, SOURCES, subject, entries)
    assert "青岚坪合作社" in told[0][1].title
