"""The townships as tiles: where how much of what was found lies."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.directory.queries import AreaRow
from pepperchain.market.facet_queries import Facets

TILE = 60
GAP = 4
SHADES = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A township: where its tile stands, how dark it is (0 is nothing there), and what it says."""

    id: int
    name: str
    x: int
    y: int
    shade: int
    grams: int
    lots: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class TileMap:
    """The district in tiles."""

    width: int
    height: int
    tiles: Sequence[Tile]


def tile_map(townships: Sequence[AreaRow], facets: Facets, chosen: Sequence[int], language: str) -> TileMap:
    """The townships that have a place on the map, shaded by tonnes."""
    placed = [area for area in townships if area.tile_column is not None and area.tile_row is not None]
    most = max((total.grams for total in facets.township.values()), default=0)
    corner = (
        min((area.tile_column or 0 for area in placed), default=0),
        min((area.tile_row or 0 for area in placed), default=0),
    )
    tiles = [_tile(area, corner, facets, most, area.id in chosen, language) for area in placed]
    width = max((tile.x for tile in tiles), default=0) + TILE
    height = max((tile.y for tile in tiles), default=0) + TILE
    return TileMap(width, height, tiles)


def _short(name: str) -> str:
    """A township's name without what it is; a tile is small."""
    for kind in ("街道", "镇", " Subdistrict", " Town"):
        name = name.removesuffix(kind)
    return name


def _tile(
    area: AreaRow, corner: tuple[int, int], facets: Facets, most: int, chosen: bool, language: str
) -> Tile:
    total = facets.township.get(area.id)
    grams = total.grams if total else 0
    return Tile(
        id=area.id,
        name=_short(area.called(language)),
        x=((area.tile_column or 0) - corner[0]) * (TILE + GAP),
        y=((area.tile_row or 0) - corner[1]) * (TILE + GAP),
        shade=-(-grams * SHADES // most) if most else 0,
        grams=grams,
        lots=total.lots if total else 0,
        chosen=chosen,
    )
