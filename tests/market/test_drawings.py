"""The townships as tiles."""

from datetime import UTC, datetime

from pepperchain.core.units import Grams
from pepperchain.directory.queries import AreaRow
from pepperchain.market.drawings import GAP, SHADES, TILE, tile_map
from pepperchain.market.facet_queries import Facets, Sum


def area(id: int, name: str, column: int | None, row: int | None) -> AreaRow:
    return AreaRow(id, "township", str(id), name, f"{name} Town", id, "M", 300, column, row)


def facets(**townships: Sum) -> Facets:
    by_id = {int(key[1:]): total for key, total in townships.items()}
    return Facets(
        lots=3, free_grams=Grams(30), capped=False, as_of=datetime(2026, 6, 10, tzinfo=UTC),
        form={}, grade={}, cultivar={}, township=by_id, site={},
    )  # fmt: skip


AREAS = [
    area(1, "先锋镇", 2, 1),
    area(2, "几江街道", 3, 2),
    area(3, "四面山镇", 2, 4),
    area(4, "无图镇", None, None),
]


def test_townships_stand_where_the_district_puts_them_with_no_empty_edge() -> None:
    drawn = tile_map(AREAS, facets(), (), "zh")
    assert [(tile.name, tile.x, tile.y) for tile in drawn.tiles] == [
        ("先锋", 0, 0), ("几江", TILE + GAP, TILE + GAP), ("四面山", 0, 3 * (TILE + GAP))
    ]  # fmt: skip
    assert (drawn.width, drawn.height) == (2 * TILE + GAP, 4 * TILE + 3 * GAP)


def test_the_most_is_darkest_and_anything_at_all_is_seen() -> None:
    drawn = tile_map(AREAS, facets(t1=Sum(2, 1_000_000), t2=Sum(1, 1)), (2,), "en")
    assert [tile.shade for tile in drawn.tiles] == [SHADES, 1, 0]
    assert [tile.chosen for tile in drawn.tiles] == [False, True, False]
    assert drawn.tiles[0].name == "先锋镇"
