"""Finding households: each criterion against what is in the village, in everybody's scope, whatever is put together."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.consents import consents
from pepperchain.consents.queries import standing
from pepperchain.consents.rules import How, purposes
from pepperchain.core import clock, db
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory.criterion_rules import Criterion, FieldKind
from pepperchain.segments import tags
from pepperchain.segments.finding_queries import Question, preview, question, stretch, total
from pepperchain.segments.rules import Criteria, Group, Match
from pepperchain.visits import visits
from pepperchain.visits.rules import VisitKind
from tests.harness import cast
from tests.segments.finding import NOW, all_of, any_of, asking, found, home_of, none_of, seen, tag, unlike

TODAY = date(2026, 11, 25)
DISTRICT = (cast.ADMIN, cast.COMMITTEE, cast.TECHNICIAN)


async def homes(sql: str, **params: Any) -> set[int]:
    """Households by a query of the test's own."""
    rows = await db.tuples(
        f"SELECT h.id FROM directory_household h WHERE h.ended_on IS NULL AND {sql}", **params
    )
    return {int(id) for (id,) in rows}


async def every(criterion: Criterion, actor: Actor) -> dict[str, int | str]:
    """Some value for each of its fields."""
    values: dict[str, int | str] = {}
    for field in criterion.fields:
        if field.options is not None:
            options = await field.options(actor)
            assert options, f"{criterion.key}: nothing to choose"
            values[field.name] = options[0][0]
        else:
            samples: dict[FieldKind, int | str] = {
                FieldKind.DAY: "2026-01-01", FieldKind.YEAR: 2026, FieldKind.WEIGHT: 1, FieldKind.MU: 1, FieldKind.WHOLE: 1,
            }  # fmt: skip
            values[field.name] = samples[field.kind]
    return values


@pytest.mark.parametrize("phone", [*DISTRICT, cast.LEADER_A, cast.LEADER_B])
async def test_every_criterion_and_its_contrary_share_out_what_somebody_sees(
    village: str, phone: str
) -> None:
    actor = await cast.actor(phone)
    await tag(actor)
    whole = await seen(actor)
    assert whole
    for criterion in REPERTOIRE.asked_by(actor):
        values = await every(criterion, actor)
        yes = await found(actor, all_of(asking(criterion.key, **values)))
        no = await found(actor, all_of(unlike(criterion.key, **values)))
        assert yes | no == whole, criterion.key
        assert not yes & no, criterion.key


async def test_what_is_found_is_what_is_so(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    place = "SELECT {column} FROM directory_household GROUP BY {column} ORDER BY COUNT(*) DESC LIMIT 1"
    township, village_id, cooperative = [
        int(await db.scalar(place.format(column=column)))
        for column in ("township_id", "village_id", "cooperative_id")
    ]
    for condition, sql in (
        (asking("township", township=township), f"h.township_id = {township}"),
        (asking("village", village=village_id), f"h.village_id = {village_id}"),
        (asking("member", cooperative=cooperative), f"h.cooperative_id = {cooperative}"),
        (asking("member_any"), "h.cooperative_id IS NOT NULL"),
        (asking("phone"), "h.has_phone"),
        (asking("area", area=300, area_to=900), "h.area_centimu BETWEEN 300 AND 900"),
        (asking("people", number=3), "h.people >= 3"),
        (asking("cultivar", cultivar="jiuyeqing"), "h.id IN (SELECT household_id FROM directory_plot WHERE cultivar = 'jiuyeqing')"),
        (asking("planted", year_to=2012), "h.id IN (SELECT household_id FROM directory_plot WHERE planted_year <= 2012)"),
        (asking("smartphone"), "h.id IN (SELECT household_id FROM directory_person WHERE has_smartphone)"),
        (asking("account"), "h.id IN (SELECT household_id FROM accounts_user)"),
        (asking("joined", day="2020-01-01"), "h.id IN (SELECT household_id FROM directory_membership WHERE started_on >= '2020-01-01')"),
        (asking("owes_slip", season="this"),
         "h.cooperative_id IS NOT NULL AND h.id NOT IN (SELECT household_id FROM harvest_weighin WHERE season = 2026)"),
        (asking("weighed", day="2026-06-01", day_to="2026-06-30"),
         "h.id IN (SELECT household_id FROM harvest_weighin WHERE day BETWEEN '2026-06-01' AND '2026-06-30' AND voided_at IS NULL)"),
        (asking("visited", day="2020-01-01"), "h.id IN (SELECT household_id FROM visits_visit WHERE happened_at IS NOT NULL)"),
        (asking("follow_up"), "h.id IN (SELECT household_id FROM visits_follow_up WHERE done_at IS NULL)"),
        (asking("band", band="L"), "h.village_id IN (SELECT id FROM directory_area WHERE kind = 'village' AND band = 'L')"),
    ):  # fmt: skip
        assert await found(officer, all_of(condition)) == await homes(sql), condition.key


async def test_a_yield_counts_dry_pepper_as_the_fresh_it_was(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    rows = await db.tuples(
        "SELECT household_id, SUM(CASE WHEN form = 'dry' THEN net_grams * 4 ELSE net_grams END), SUM(net_grams) FROM harvest_weighin"
        " WHERE season = 2026 AND voided_at IS NULL GROUP BY household_id"
    )
    heaviest = max(int(plain) for _, _, plain in rows)
    some = await found(officer, all_of(asking("brought", season="2026", net=1)))
    assert some == {int(id) for id, _, _ in rows}
    many = await found(officer, all_of(asking("brought", season="2026", net=heaviest)))
    assert many
    assert many < some or len(some) == 1
    none = await found(officer, all_of(asking("brought", season="2026", net_to=0)))
    assert none == await seen(officer) - some


async def test_all_any_and_not_nest_one_level(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    phone, member = asking("phone"), asking("member_any")
    with_phone, members = await found(officer, all_of(phone)), await found(officer, all_of(member))
    whole = await seen(officer)
    assert await found(officer, all_of(phone, member)) == with_phone & members
    assert await found(officer, any_of(phone, member)) == with_phone | members
    assert await found(officer, none_of(phone, member)) == whole - (with_phone & members)
    small = asking("area", area_to=500)
    little = await found(officer, all_of(small))
    groups = (Group((phone, member), Match.ANY), Group((small,), Match.ALL, True))
    assert await found(officer, Criteria(groups, Match.ALL)) == (with_phone | members) - little
    assert await found(officer, Criteria(groups, Match.ANY)) == (with_phone | members) | (whole - little)


@pytest.mark.parametrize(("phone", "other"), [(cast.LEADER_A, cast.LEADER_B), (cast.LEADER_B, cast.LEADER_A)])
async def test_nobody_finds_whom_they_do_not_see(village: str, phone: str, other: str) -> None:
    actor, them = await cast.actor(phone), await cast.actor(other)
    assert not await seen(actor) & await seen(them)
    cooperative = asking("member", cooperative=them.organization_id or 0)
    assert await found(actor, all_of(cooperative)) == set()
    assert await found(actor, any_of(cooperative, unlike("phone"), asking("phone"))) == await seen(actor)
    with pytest.raises(NotYours):
        await seen(await cast.actor(cast.BUYER_P))


async def test_a_consent_counts_by_the_latest_answer_alone(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    head = int(await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=home))
    (purpose, *_) = purposes()
    agreed = all_of(asking("consent", purpose=purpose))
    for is_given in (True, False, True):
        answers = {purpose: consents.Answer(is_given, purposes()[purpose].version)}
        proof = consents.Proof(How.SPOKEN, "翟春梅")
        await consents.record(clerk, id=new_id(), person_id=head, answers=answers, proof=proof, now=NOW)
        assert (home in await found(clerk, agreed)) == is_given
        assert (home in await found(clerk, all_of(unlike("consent", purpose=purpose)))) != is_given
        assert (await standing(head, purpose)).holds == is_given
    assert home in await found(await cast.actor(cast.COMMITTEE), agreed)
    with pytest.raises(NotYours):
        await found(await cast.actor(cast.TECHNICIAN), agreed)


async def test_visits_are_asked_in_the_scope_of_visits(village: str) -> None:
    clerk, admin, home = await cast.actor(cast.CLERK_A), await cast.actor(cast.ADMIN), await home_of("罗大山")
    await visits.plan(
        clerk, id=new_id(), kind=VisitKind.VISIT, purpose="crop", planned_on=TODAY + timedelta(days=3), household_id=home, now=NOW
    )  # fmt: skip
    planned = all_of(asking("visit_planned"))
    assert home in await found(clerk, planned)
    assert home in await found(await cast.actor(cast.TECHNICIAN), planned)
    with pytest.raises(NotYours):
        await found(admin, planned)


async def test_what_is_gone_or_never_was_is_refused_and_finds_nobody(village: str) -> None:
    clerk, other = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_B)
    mine, theirs = await tag(clerk), await tag(other)
    await tags.remove(clerk, id=mine, now=NOW)
    for condition in (
        asking("tag", tag=mine), unlike("tag", tag=mine), unlike("tag", tag=theirs), asking("tag", tag=10**15),
        asking("tag"), asking("tag", tag="1 OR 1=1"), asking("nonsense"), asking("village", village=10**18), asking("phone", extra=1),
        asking("cultivar", cultivar="'; DROP TABLE directory_household; --"), asking("area"), asking("area", area="3"),
        asking("brought", season="1999", net=1),
    ):  # fmt: skip
        with pytest.raises(Refused, match="no longer"):
            await found(clerk, all_of(condition))


async def _asked(actor: Actor, criteria: Criteria) -> Question:
    return await question(actor, REPERTOIRE, criteria, today=TODAY)


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.TECHNICIAN, cast.LEADER_A])
async def test_small_stretches_find_each_household_once_and_in_order(village: str, phone: str) -> None:
    actor = await cast.actor(phone)
    for criteria in (
        Criteria(),
        all_of(asking("phone")),
        all_of(unlike("phone")),
        all_of(unlike("member_any")),
    ):
        asked, whole = await _asked(actor, criteria), sorted(await found(actor, criteria))
        for width, limit in ((3, 2), (5, 50), (1, 1), (1000, 7)):
            ids: list[int] = []
            above, looked, is_last = 0, 0, False
            while not is_last:
                part = await stretch(asked, above=above, width=width, limit=limit)
                assert len(part.ids) <= limit
                assert part.looked <= width
                ids += part.ids
                above, looked, is_last = part.through, looked + part.looked, part.is_last
            assert ids == whole
            assert looked == await total(asked)


async def test_a_preview_says_whether_it_is_all(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    whole = await seen(officer)
    found_now = await preview(await _asked(officer, Criteria()))
    assert (found_now.number, found_now.looked, found_now.is_exact) == (len(whole), len(whole), True)


@pytest.mark.sqlite
async def test_no_criterion_reads_a_table_from_end_to_end(village: str) -> None:
    """On SQLite the plan is the same for few rows and for many: every look into another table is a search of an index."""
    officer = await cast.actor(cast.COMMITTEE)
    await tag(officer)
    for criterion in REPERTOIRE.asked_by(officer):
        asked = await _asked(officer, all_of(asking(criterion.key, **await every(criterion, officer))))
        clause = asked.scope & asked.narrow & asked.rest
        plan = await db.tuples(
            f"EXPLAIN QUERY PLAN SELECT h.id FROM directory_household h WHERE {clause.sql} AND h.id > 7 ORDER BY h.id LIMIT 50",
            **clause.params,
        )
        scans = [str(row[3]) for row in plan if str(row[3]).startswith("SCAN")]
        # The areas are some three hundred rows.
        assert [line for line in scans if not line.startswith("SCAN a")] == [], criterion.key


async def test_a_season_of_now_goes_with_the_year(village: str) -> None:
    officer = await cast.actor(cast.COMMITTEE)
    criteria = all_of(asking("owes_slip", season="this"))
    later = await question(officer, REPERTOIRE, criteria, today=date(2031, 3, 1))
    assert (await preview(later)).number == len(await homes("h.cooperative_id IS NOT NULL"))
    assert clock.local_day(NOW) == TODAY
