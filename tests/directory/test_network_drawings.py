"""The picture of an organization among those it works with."""

from dataclasses import replace

from pepperchain.core.ids import new_id
from pepperchain.directory import relations
from pepperchain.directory.network_drawings import SIDE_MAX, WIDTH, neighbours, network
from pepperchain.directory.network_queries import links_between, own_links
from pepperchain.directory.organization_queries import LinkRow
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, organization


def link(one: int, kind: str, other: int) -> LinkRow:
    return LinkRow(one, f"甲{one}", kind, other, f"甲{other}", "2026-01-01")


def test_who_has_one_relation_or_none_needs_no_picture() -> None:
    assert network(1, "甲", []) is None
    assert network(1, "甲", [link(2, "supplies", 1), link(2, "consortium_member", 1)]) is None


def test_pepper_flows_downwards() -> None:
    drawn = network(1, "甲", [link(2, "supplies", 1), link(1, "stores_at", 3), link(1, "buys_from", 4)])
    assert drawn is not None
    level = {box.id: box.y for box in drawn.boxes}
    assert level[2] < drawn.own.y < level[3]
    assert level[4] == level[2]
    assert max(level.values()) + 52 == drawn.height


def test_no_box_lies_on_another_and_what_finds_no_place_is_counted() -> None:
    links = [link(id, "supplies", 1) for id in range(2, 2 + SIDE_MAX + 5)] + [link(1, "supplies", 90)]
    drawn = network(1, "一家名字特别特别特别长的花椒产业联合体", links)
    assert drawn is not None
    assert (len(drawn.boxes), drawn.left_out) == (SIDE_MAX + 1, 5)
    corners = [(box.x, box.y) for box in (*drawn.boxes, drawn.own)]
    assert len(set(corners)) == len(corners)
    assert all(0 <= x <= WIDTH - 106 for x, _ in corners)
    assert all(len(line) <= 8 for line in drawn.own.lines)
    assert len(drawn.lines) == SIDE_MAX + 1


async def test_what_neighbours_are_to_each_other_is_drawn_and_what_has_ended_is_not(
    registry: Registry,
) -> None:
    union = await organization("association", "津椒联合体", "津椒联合体", None)
    far = await organization("processor", "远处食品有限公司", "远处食品", None)
    a, b, p = registry.cooperative_a, registry.cooperative_b, registry.processor
    ids = [
        await relations.relate(
            ADMIN, id=new_id(), from_id=one, to_id=other, kind=kind, started_on=TODAY, now=NOW
        )
        for one, kind, other in (
            (a, "consortium_member", union), (p, "consortium_member", union), (a, "supplies", p),
            (b, "consortium_member", union), (p, "supplies", far),
        )
    ]  # fmt: skip
    await relations.end(ADMIN, id=ids[3].id, version=1, on=TODAY, now=NOW)
    own = await own_links(ADMIN, union)
    links = [*own, *await links_between(ADMIN, neighbours(union, own).drawn)]
    assert {(each.from_id, each.kind, each.to_id) for each in links} == {
        (a, "consortium_member", union), (p, "consortium_member", union), (a, "supplies", p)
    }  # fmt: skip
    drawn = network(union, "津椒联合体", links)
    assert drawn is not None
    assert [line.between for line in drawn.lines] == [True, False, False]
    assert await own_links(registry.leader_a, far) != []


def test_those_with_whom_most_is_moved_find_a_place_first_and_on_wider_lines() -> None:
    links = [replace(link(id, "supplies", 1), grams=id * 1000) for id in range(2, 2 + SIDE_MAX + 3)]
    links += [replace(link(1, "buys_from", 16), grams=9_000), link(1, "stores_at", 90)]
    drawn = network(1, "甲", links)
    assert drawn is not None
    assert [box.id for box in drawn.boxes] == [*range(16, 4, -1), 90]
    assert (drawn.left_out, drawn.boxes[0].grams, drawn.boxes[-1].grams) == (3, 16_000, None)
    assert [line.width for line in drawn.lines if line.link.from_id == 16] == [3]
    assert {line.width for line in drawn.lines if line.link.to_id == 90} == {0}
    upper, lower = drawn.boxes[0], drawn.boxes[-1]
    assert upper.y < upper.said_at <= drawn.own.y
    assert drawn.own.y < lower.said_at < lower.y
