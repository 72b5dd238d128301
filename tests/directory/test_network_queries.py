"""Relations page by page, and what goes along them as rooms further up say it."""

from collections.abc import Collection, Mapping
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.ids import new_id
from pepperchain.directory import network_queries, relations
from pepperchain.directory.network_queries import KindCount, Sum, own_links, sums, weighed
from pepperchain.directory.network_rules import Flow, pair_of
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, organization


async def relate(one: int, kind: str, other: int) -> int:
    made = await relations.relate(
        ADMIN, id=new_id(), from_id=one, to_id=other, kind=kind, started_on=TODAY, now=NOW
    )
    return made.id


async def _grams(
    _actor: Actor, pairs: Collection[tuple[int, int]], _today: date
) -> Mapping[tuple[int, int], int]:
    return {pair: 1000 * (place + 1) for place, pair in enumerate(sorted(pairs))}


TRADE = Flow(frozenset({"supplies", "buys_from"}), "arrived", "out", "in", Capability.STORAGE_READ, _grams)
MEMBERS = Flow(frozenset({"consortium_member"}), "weighed", None, "members", Capability.HARVEST_READ, _grams)


async def test_both_ways_are_one_list_that_goes_on_where_the_page_before_ended(registry: Registry) -> None:
    a, b, p = registry.cooperative_a, registry.cooperative_b, registry.processor
    ids = [await relate(a, "supplies", p), await relate(p, "supplies", b), await relate(b, "stores_at", p)]
    first = await network_queries.list_relations(ADMIN, p, limit=2)
    assert [(each.id, each.outgoing, each.other_id) for each in first] == [
        (ids[2], False, b),
        (ids[1], True, b),
    ]
    rest = await network_queries.list_relations(ADMIN, p, before=ids[1], limit=2)
    assert [(each.id, each.other_kind) for each in rest] == [(ids[0], "cooperative")]
    supplied = await network_queries.list_relations(ADMIN, p, kind="supplies", outgoing=False, limit=9)
    assert [each.id for each in supplied] == [ids[0]]


async def test_what_has_ended_is_listed_apart_and_counted(registry: Registry) -> None:
    a, p = registry.cooperative_a, registry.processor
    gone, stays = await relate(a, "supplies", p), await relate(p, "buys_from", a)
    await relations.end(ADMIN, id=gone, version=1, on=TODAY, now=NOW)
    assert [each.id for each in await network_queries.list_relations(ADMIN, a, ended=True, limit=9)] == [gone]
    assert [each.id for each in await network_queries.list_relations(ADMIN, a, limit=9)] == [stays]
    assert await network_queries.counts(a) == [
        KindCount("buys_from", False, 1, 0), KindCount("supplies", True, 0, 1)
    ]  # fmt: skip


async def test_grams_go_from_who_gives_to_who_takes_and_only_to_those_who_may_know(
    registry: Registry,
) -> None:
    a, b, p = registry.cooperative_a, registry.cooperative_b, registry.processor
    await relate(a, "supplies", p)
    await relate(p, "buys_from", a)
    await relate(p, "buys_from", b)
    links = await weighed(ADMIN, [TRADE], p, await own_links(ADMIN, p), TODAY)
    assert [each.grams for each in links] == [1000, 1000, 2000]
    # Whoever supplies and is bought from moves the same pepper, and counts once.
    assert sums([TRADE], p, links) == [Sum("in", 3000, 2)]
    assert sums([TRADE], a, links) == [Sum("out", 1000, 1)]
    blind = await weighed(registry.technician, [TRADE], p, await own_links(registry.technician, p), TODAY)
    assert [each.grams for each in blind] == [None, None, None]
    assert pair_of("buys_from", p, b) == (b, p)


async def test_what_members_weighed_in_is_told_of_their_consortium_alone(registry: Registry) -> None:
    union = await organization("association", "津椒联合体", "津椒联合体", None)
    await relate(registry.cooperative_a, "consortium_member", union)
    (told,) = await weighed(ADMIN, [MEMBERS], union, await own_links(ADMIN, union), TODAY)
    assert told.grams == 1000
    assert sums([MEMBERS], union, [told]) == [Sum("members", 1000, 1)]
    own = await own_links(ADMIN, registry.cooperative_a)
    (untold,) = await weighed(ADMIN, [MEMBERS], registry.cooperative_a, own, TODAY)
    assert untold.grams is None
