"""Segments: kept, shared, changed, removed and brought back; their households for whoever writes to them."""

import pytest

from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments import queries, segments, tags
from pepperchain.segments.rules import Condition, Criteria, Group, Match, bounds, criteria_of
from pepperchain.segments.telling_queries import Shelf, sentence
from pepperchain.web.i18n import Reader, reading_as
from tests.harness import cast
from tests.segments.finding import NOW, all_of, any_of, asking, begun, kept, seen, tag, unlike


async def test_a_segment_is_kept_once_however_often_it_is_sent(village: str) -> None:
    clerk, form = await cast.actor(cast.CLERK_A), new_id()
    criteria = all_of(asking("phone"), asking("area", area=100))
    first, second = [await kept(clerk, criteria, id=form) for _ in range(2)]
    assert first == second
    row = await queries.get_segment(clerk, first)
    assert criteria_of(row.criteria) == criteria
    assert [each.id for each in await queries.list_segments(clerk, limit=9)] == [first]


async def test_colleagues_see_what_is_shared_and_change_only_their_own(village: str) -> None:
    clerk, leader, other = [await cast.actor(phone) for phone in (cast.CLERK_A, cast.LEADER_A, cast.LEADER_B)]
    own, shared = await kept(clerk), await kept(clerk, is_shared=True)
    assert {row.id for row in await queries.list_segments(leader, limit=9)} == {shared}
    for actor, id in (
        (leader, own),
        (other, shared),
        (other, own),
        (await cast.actor(cast.COMMITTEE), shared),
    ):
        with pytest.raises(Missing):
            await queries.get_segment(actor, id)
        with pytest.raises(Missing):
            await segments.remove(actor, id=id, now=NOW)
    with pytest.raises(NotYours, match="Keep a copy"):
        await segments.change(
            leader, REPERTOIRE, id=shared, version=1, name="我的", criteria=Criteria(), now=NOW
        )
    with pytest.raises(NotYours):
        await kept(await cast.actor(cast.BUYER_P))


async def test_a_segment_is_changed_in_the_version_that_was_seen(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id = await kept(clerk)
    await segments.change(
        clerk, REPERTOIRE, id=id, version=1, name="有电话", criteria=all_of(asking("phone")), now=NOW
    )
    with pytest.raises(Conflict):
        await segments.change(clerk, REPERTOIRE, id=id, version=1, name="别的", criteria=Criteria(), now=NOW)
    with pytest.raises(Refused, match="no longer"):
        await segments.change(
            clerk, REPERTOIRE, id=id, version=2, name="别的", criteria=all_of(asking("nonsense")), now=NOW
        )
    assert (await queries.get_segment(clerk, id)).name == "有电话"


async def test_a_removed_segment_comes_back_as_it_was(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id = await kept(clerk)
    for _ in range(2):
        await segments.remove(clerk, id=id, now=NOW)
    assert await queries.list_segments(clerk, limit=9) == []
    with pytest.raises(Missing):
        await queries.get_segment(clerk, id)
    for _ in range(2):
        await segments.bring_back(clerk, id=id, now=NOW)
    assert (await queries.get_segment(clerk, id)).removed_at is None


async def test_a_segment_stays_while_something_is_done_with_it(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id = await kept(clerk)
    await begun(clerk, id, "tag", tag=await tag(clerk))
    with pytest.raises(Refused, match="being done"):
        await segments.remove(clerk, id=id, now=NOW)


@pytest.mark.parametrize("chunk", [1, 3, 500])
async def test_an_audience_is_everybody_of_the_segment_once(village: str, chunk: int) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id = await kept(clerk)
    parts = [ids async for ids in segments.audience(clerk, REPERTOIRE, segment_id=id, now=NOW, chunk=chunk)]
    assert max(map(len, parts)) <= chunk
    reached = [each for ids in parts for each in ids]
    assert reached == sorted(await seen(clerk))
    with pytest.raises(Missing):
        [
            ids
            async for ids in segments.audience(
                await cast.actor(cast.LEADER_B), REPERTOIRE, segment_id=id, now=NOW
            )
        ]


async def test_an_audience_without_the_tag_it_asks_for_reaches_nobody(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    mine = await tag(clerk)
    id = await kept(clerk, all_of(unlike("tag", tag=mine)))
    await tags.remove(clerk, id=mine, now=NOW)
    with pytest.raises(Refused, match="no longer"):
        [ids async for ids in segments.audience(clerk, REPERTOIRE, segment_id=id, now=NOW)]


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "7", '{"match":"all"}', '{"match":"some","groups":[]}', '{"match":"all","groups":{}}',
        '{"match":"all","groups":[{"match":"all","not":0,"conditions":[]}]}',
        '{"match":"all","groups":[{"match":"all","not":false,"conditions":[{"key":7,"not":false,"values":{}}]}]}',
        '{"match":"all","groups":[{"match":"all","not":false,"conditions":[{"key":"a","not":false,"values":[]}]}]}',
        '{"match":"all","groups":[{"match":"all","not":false,"conditions":[{"key":"a","not":false,"values":{"b":1.5}}]}]}',
        '{"match":"all","groups":[{"match":"all","not":false,"conditions":[{"key":"a","not":false,"values":{"b":' + "9" * 40 + "}}]}]}",
        "[" * 15_000, '"' + "a" * 30_000 + '"',
    ],
)  # fmt: skip
async def test_hostile_criteria_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="damaged"):
        criteria_of(text)


async def test_a_segment_has_only_so_many_conditions(village: str) -> None:
    clerk, most = await cast.actor(cast.CLERK_A), bounds().conditions_max
    with pytest.raises(Refused, match="at most"):
        await kept(clerk, all_of(*[asking("phone")] * (most + 1)))
    with pytest.raises(Refused, match="at most"):
        await kept(clerk, Criteria(tuple(Group((asking("phone"),)) for _ in range(bounds().groups_max + 1))))
    await kept(clerk, Criteria((Group(()), Group((asking("phone"),) * most), Group(()))))


async def test_a_segment_is_told_in_words(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    criteria = Criteria(
        (
            Group((asking("member", cooperative=clerk.organization_id or 0), asking("brought", season="this", net=500_000))),
            Group((unlike("phone"), asking("joined", day="2024-03-01", day_to="2025-02-28")), Match.ANY, True),
            Group((asking("area", area_to=1250), Condition("gone"), asking("tag", tag=10**9))),
        )
    )  # fmt: skip
    with reading_as(Reader(language="en")):
        text = await sentence(REPERTOIRE, Shelf(clerk), criteria)
        assert "yield in this season: at least 500.00" in text
        assert "(not: no phone number is known or joined its cooperative between" in text
        assert "orchard of at most 12.5" in text
        assert "gone (no longer there)" in text
        assert "tagged (no longer there)" in text
        assert await sentence(REPERTOIRE, Shelf(clerk), Criteria()) == "every household that you see"
        assert await sentence(REPERTOIRE, Shelf(clerk), any_of(asking("phone"), asking("smartphone"))) == (
            "a phone number is known or somebody has a smartphone"
        )
