"""An organization among those it works with: where pepper comes from above, where it goes below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pepperchain.directory.organization_queries import LinkRow

WIDTH = 336
BOX_WIDTH, BOX_HEIGHT = 106, 52
GAP_X, GAP_Y = 9, 34
A_ROW = 3
SIDE_MAX = 12
LINE_CHARACTERS = 8
AGAINST_THE_FLOW = frozenset({"buys_from"})
"""Whoever buys stands below whom they buy from."""


@dataclass(frozen=True, slots=True)
class Box:
    """An organization: the corner of its box, its name in one or two lines, and what it is to the one in the middle."""

    id: int
    x: int
    y: int
    lines: Sequence[str]
    kinds: Sequence[tuple[str, bool]]
    """What relations they have, and whether the one in the middle is who supplies, stores or buys."""


@dataclass(frozen=True, slots=True)
class Line:
    """A relation; `between` others, if the one in the middle is no end of it."""

    path: str
    link: LinkRow
    between: bool


@dataclass(frozen=True, slots=True)
class Network:
    """The picture: its height, what stands in it, and how many organizations found no place."""

    height: int
    own: Box
    boxes: Sequence[Box]
    lines: Sequence[Line]
    left_out: int

    @property
    def width(self) -> int:
        return WIDTH


def network(id: int, name: str, links: Sequence[LinkRow]) -> Network | None:
    """The picture of the open relations of one organization and of those between its neighbours; None if it has fewer than two."""
    neighbours: dict[int, str] = {}
    kinds: dict[int, list[tuple[str, bool]]] = {}
    above: set[int] = set()
    for link in links:
        if id not in (link.from_id, link.to_id):
            continue
        outgoing = link.from_id == id
        other = link.to_id if outgoing else link.from_id
        neighbours[other] = link.to_name if outgoing else link.from_name
        kinds.setdefault(other, []).append((link.kind, outgoing))
        if outgoing == (link.kind in AGAINST_THE_FLOW):
            above.add(other)
    if len(neighbours) < 2:
        return None
    upper = [each for each in neighbours if each in above]
    lower = [each for each in neighbours if each not in above]
    placed = {each: place for place, each in _rows(upper[:SIDE_MAX], 0)}
    middle = _height(len(upper[:SIDE_MAX]))
    placed |= {each: place for place, each in _rows(lower[:SIDE_MAX], middle + BOX_HEIGHT + GAP_Y)}
    boxes = {
        each: Box(each, x, y, _lines(neighbours[each]), tuple(kinds[each])) for each, (x, y) in placed.items()
    }
    own = Box(id, (WIDTH - BOX_WIDTH) // 2, middle, _lines(name), ())
    height = middle + BOX_HEIGHT + (GAP_Y + _height(len(lower[:SIDE_MAX])) - GAP_Y) * bool(lower)
    return Network(
        height,
        own,
        tuple(boxes.values()),
        _drawn({**boxes, id: own}, id, links),
        len(neighbours) - len(boxes),
    )


def _height(count: int) -> int:
    """How far rows of so many boxes reach, the gap below them included."""
    return -(-count // A_ROW) * (BOX_HEIGHT + GAP_Y)


def _rows(ids: Sequence[int], top: int) -> list[tuple[tuple[int, int], int]]:
    """The corners of boxes in rows of three, the last row in the middle."""
    found = []
    for place, each in enumerate(ids):
        row, column = divmod(place, A_ROW)
        in_row = min(A_ROW, len(ids) - row * A_ROW)
        left = (WIDTH - in_row * BOX_WIDTH - (in_row - 1) * GAP_X) // 2
        found.append(((left + column * (BOX_WIDTH + GAP_X), top + row * (BOX_HEIGHT + GAP_Y)), each))
    return found


def _lines(name: str) -> tuple[str, ...]:
    """A name in one line or two; what does not fit is in the title and the table."""
    if len(name) <= LINE_CHARACTERS:
        return (name,)
    second = name[LINE_CHARACTERS:]
    return name[:LINE_CHARACTERS], second if len(second) <= LINE_CHARACTERS else second[
        : LINE_CHARACTERS - 1
    ] + "…"


def _drawn(boxes: Mapping[int, Box], id: int, links: Sequence[LinkRow]) -> tuple[Line, ...]:
    lines = [
        Line(_path(boxes[link.from_id], boxes[link.to_id]), link, id not in (link.from_id, link.to_id))
        for link in links
        if link.from_id in boxes and link.to_id in boxes
    ]
    return tuple(sorted(lines, key=lambda line: not line.between))


def _path(one: Box, other: Box) -> str:
    """A curve from the lower edge of whichever stands higher to the upper edge of the other; between equals, an arc beneath."""
    high, low = (one, other) if one.y <= other.y else (other, one)
    x, end_x = high.x + BOX_WIDTH // 2, low.x + BOX_WIDTH // 2
    y = high.y + BOX_HEIGHT
    if high.y == low.y:
        return f"M{x} {y}C{x} {y + 22} {end_x} {y + 22} {end_x} {y}"
    bend = (y + low.y) // 2
    return f"M{x} {y}C{x} {bend} {end_x} {bend} {end_x} {low.y}"
