"""Visits: planned, noted, reported, corrected, called off; by whom, and seen by whom."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import memberships
from pepperchain.documents import photos
from pepperchain.visits import queries, visits
from pepperchain.visits.rules import VisitKind
from pepperchain.visits.visits import NextStep
from tests.harness import cast
from tests.harness.trails import told
from tests.visits.dealing import NOW, home_of, organization, picture, visit

TODAY = date(2026, 11, 25)


async def _plan(actor: Actor, household_id: int, **more: object) -> int:
    facts = {
        "id": new_id(),
        "kind": VisitKind.VISIT,
        "purpose": "crop",
        "planned_on": TODAY,
        "now": NOW,
        **more,
    }
    return (await visits.plan(actor, household_id=household_id, **facts)).id  # type: ignore[arg-type]


async def test_a_visit_is_noted_once_however_often_it_is_sent(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    form = new_id()
    step = NextStep("再去看看", TODAY + timedelta(days=3))
    first = await visit(clerk, home, id=form, next_step=step)
    assert await visit(clerk, home, id=form, next_step=step) == first
    row = await queries.get_visit(clerk, first)
    assert (row.name, row.user_name, row.outcome) == ("罗大山", clerk.name, "看了树")
    assert [each.what for each in await queries.follow_ups_of(clerk, [first])] == ["再去看看"]
    acts = await db.scalar(
        "SELECT COUNT(*) FROM audit_entry WHERE verb = 'visit.recorded' AND subject_id = :id", id=str(first)
    )
    assert acts == 1


async def test_each_sees_the_visits_of_their_own_scope(village: str) -> None:
    a, b = await home_of("罗大山"), await home_of("邓九叶")
    of_a = await visit(await cast.actor(cast.CLERK_A), a)
    of_b = await visit(await cast.actor(cast.LEADER_B), b)
    for phone, seen in (
        (cast.LEADER_A, {of_a}), (cast.LEADER_B, {of_b}), (cast.TECHNICIAN, {of_a, of_b}), (cast.COMMITTEE, {of_a, of_b}),
        (cast.ADMIN, set()), (cast.BUYER_P, set()), (cast.STOREKEEPER, set()), (cast.GROWER_A, set()), (cast.DEPARTMENT, set()),
    ):  # fmt: skip
        rows = await queries.visits_by_id(await cast.actor(phone), [of_a, of_b])
        assert {row.id for row in rows} == seen, phone


async def test_a_technician_of_another_township_sees_and_notes_nothing(village: str) -> None:
    technician = await cast.actor(cast.TECHNICIAN)
    lishi = await db.scalar("SELECT id FROM directory_area WHERE name = '李市镇'")
    elsewhere = replace(technician, township_ids=(lishi,))
    home = await home_of("罗大山")
    noted = await visit(technician, home)
    with pytest.raises(Missing):
        await queries.get_visit(elsewhere, noted)
    with pytest.raises(Missing):
        await visit(elsewhere, home)


async def test_only_those_of_the_district_note_visits_to_organizations(village: str) -> None:
    firm = await organization("青麻叙食品")
    facts = {"kind": VisitKind.CALL, "purpose": "joining", "outcome": None, "happened_at": NOW, "now": NOW}
    officer = await cast.actor(cast.COMMITTEE)
    made = await visits.record(officer, id=new_id(), organization_id=firm, **facts)  # type: ignore[arg-type]
    assert (await queries.get_visit(officer, made.id)).name == "青麻叙食品"
    with pytest.raises(Missing):
        await visits.record(await cast.actor(cast.LEADER_A), id=new_id(), organization_id=firm, **facts)  # type: ignore[arg-type]
    for phone in (cast.BUYER_P, cast.STOREKEEPER, cast.ADMIN, cast.GROWER_A):
        with pytest.raises(NotYours):
            await visits.record(await cast.actor(phone), id=new_id(), organization_id=firm, **facts)  # type: ignore[arg-type]


async def test_what_a_cooperative_noted_does_not_go_along_to_the_next(village: str) -> None:
    home = await home_of("罗大山")
    leader_a, leader_b = await cast.actor(cast.LEADER_A), await cast.actor(cast.LEADER_B)
    noted = await visit(leader_a, home)
    now = clock.now()
    await memberships.leave(leader_a, household_id=home, on=clock.local_day(now), now=now)
    await memberships.join(
        await cast.actor(cast.ADMIN), id=new_id(), household_id=home, organization_id=leader_b.organization_id or 0,
        on=clock.local_day(now), now=now,
    )  # fmt: skip
    with pytest.raises(Missing):
        await queries.get_visit(leader_b, noted)
    kept = await queries.get_visit(leader_a, noted)
    assert (kept.name, kept.url) == (None, None)


async def test_a_visit_of_the_future_or_of_another_age_is_refused(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    for at in (NOW + timedelta(hours=2), NOW - timedelta(days=9_000)):
        with pytest.raises(Refused) as refused:
            await visit(clerk, home, happened_at=at)
        assert refused.value.field == "happened_at"
    with pytest.raises(Refused):
        await _plan(clerk, home, planned_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused):
        await _plan(clerk, home, planned_on=date(2099, 1, 1))


async def test_somebody_of_another_household_was_not_met(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    stranger = await db.scalar(
        "SELECT head_id FROM directory_household WHERE id = :id", id=await home_of("单正茂")
    )
    with pytest.raises(Missing):
        await visit(clerk, await home_of("罗大山"), person_id=stranger)


async def test_a_plan_is_reported_once_and_then_stands_where_it_was(village: str) -> None:
    leader, home = await cast.actor(cast.LEADER_A), await home_of("罗大山")
    clerk = await cast.actor(cast.CLERK_A)
    planned = await _plan(leader, home, user_id=clerk.user_id)
    assert (await queries.get_visit(leader, planned)).user_name == clerk.name
    happened = {"id": planned, "version": 1, "outcome": "去了", "happened_at": NOW, "now": NOW}
    assert await visits.report(clerk, **happened) is True  # type: ignore[arg-type]
    assert await visits.report(clerk, **happened) is False  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        await visits.report(leader, **{**happened, "outcome": "没去"})  # type: ignore[arg-type]
    assert (await queries.get_visit(leader, planned)).stands_at == clock.to_ms(NOW)


async def test_a_visit_is_planned_for_those_only_who_would_see_it(village: str) -> None:
    leader_b = await cast.actor(cast.LEADER_B)
    with pytest.raises(Refused) as refused:
        await _plan(await cast.actor(cast.LEADER_A), await home_of("罗大山"), user_id=leader_b.user_id)
    assert refused.value.field == "user_id"


async def test_a_plan_is_called_off_once_and_a_visit_that_was_never(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    planned = await _plan(clerk, home)
    for _ in range(2):
        await visits.cancel(clerk, id=planned, version=1, reason="下雨", now=NOW)
    assert (await queries.get_visit(clerk, planned)).reason == "下雨"
    with pytest.raises(Refused):
        await visits.report(clerk, id=planned, version=2, outcome=None, happened_at=NOW, now=NOW)
    with pytest.raises(Refused):
        await visits.cancel(clerk, id=await visit(clerk, home), version=1, now=NOW)


async def test_a_correction_keeps_what_was_in_the_trail(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = await visit(clerk, await home_of("罗大山"))
    facts = {
        "kind": VisitKind.CALL,
        "purpose": "price",
        "outcome": "问了价钱",
        "happened_at": NOW - timedelta(hours=2),
    }
    await visits.correct(clerk, id=noted, version=1, **facts, now=NOW)  # type: ignore[arg-type]
    row = await queries.get_visit(clerk, noted)
    assert (row.kind, row.purpose, row.outcome) == ("call", "price", "问了价钱")
    assert "看了树" in str(await told("visit.corrected", noted))
    with pytest.raises(Conflict):
        await visits.correct(clerk, id=noted, version=1, **facts, now=NOW)  # type: ignore[arg-type]


async def test_photos_come_and_go_with_a_visit_and_are_seen_with_it(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    kept = [await photos.keep(picture()) for _ in range(2)]
    noted = await visit(clerk, await home_of("罗大山"), photos=kept)
    rows = await queries.photos_of(clerk, noted)
    assert [row.token for row in rows] == [photo.token for photo in kept]
    with pytest.raises(Missing):
        await queries.get_photo(await cast.actor(cast.LEADER_B), noted, rows[0].id)
    gone = await visits.correct(
        clerk, id=noted, version=1, kind=VisitKind.VISIT, purpose="advice", outcome="看了树", drop_photos=[rows[0].id], now=NOW
    )  # fmt: skip
    assert gone == [kept[0].token]
    many = [replace(kept[1], token=f"{number:032x}") for number in range(6)]
    with pytest.raises(Refused) as refused:
        await visits.correct(
            clerk, id=noted, version=2, kind=VisitKind.VISIT, purpose="advice", photos=many, now=NOW
        )
    assert refused.value.field == "photos"
    assert len(await queries.photos_of(clerk, noted)) == 1


async def test_a_plan_takes_no_photos(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    planned = await _plan(clerk, await home_of("罗大山"))
    kept = [await photos.keep(picture())]
    with pytest.raises(Refused) as refused:
        await visits.correct(
            clerk, id=planned, version=1, kind=VisitKind.VISIT, purpose="crop", photos=kept, now=NOW
        )
    assert refused.value.field == "photos"
    await photos.discard(photo.token for photo in kept)


async def test_a_household_that_has_ended_takes_no_more(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    await _end(home)
    with pytest.raises(Refused):
        await visit(clerk, home)


@db.unit_of_work
async def _end(household_id: int) -> None:
    await db.execute(
        "UPDATE directory_household SET ended_on = :on WHERE id = :id", on=TODAY, id=household_id
    )
