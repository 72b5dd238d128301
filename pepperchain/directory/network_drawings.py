"""An organization among those it works with: where pepper comes from above, where it goes below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pepperchain.directory.network_rules import AGAINST_THE_FLOW
from pepperchain.directory.organization_queries import LinkRow

WIDTH = 336
BOX_WIDTH, BOX_HEIGHT = 106, 52
GAP_X, GAP_Y = 9, 34
A_ROW = 3
SIDE_MAX = 12
LINE_CHARACTERS = 8
WIDTHS = 3
"""How many widths of lines there are: the widest for the most that goes along one."""


@dataclass(frozen=True, slots=True)
class Box:
    """An organization: the corner of its box, its name in one or two lines, and what it is to the one in the middle."""

    id: int
    x: int
    y: int
    lines: Sequence[str]
    kinds: Sequence[tuple[str, bool]]
    """What relations they have, and whether the one in the middle is who supplies, stores or buys."""
    grams: int | None = None
    is_above: bool = False

    @property
    def said_at(self) -> int:
        """Where what goes between the two is written: on the side of the one in the middle."""
        return self.y + BOX_HEIGHT + 14 if self.is_above else self.y - 6


@dataclass(frozen=True, slots=True)
class Line:
    """A relation; `between` others, if the one in the middle is no end of it."""

    path: str
    link: LinkRow
    between: bool
    width: int


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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Whom an organization works with, those with whom it moves most first: above it, below it, and whoever found no place."""

    names: Mapping[int, str]
    kinds: Mapping[int, Sequence[tuple[str, bool]]]
    grams: Mapping[int, int]
    upper: Sequence[int]
    lower: Sequence[int]

    @property
    def drawn(self) -> Sequence[int]:
        return (*self.upper[:SIDE_MAX], *self.lower[:SIDE_MAX])


def neighbours(id: int, links: Sequence[LinkRow]) -> Neighbours:
    """Those at the other end of its links, in the order in which they are given a place."""
    names: dict[int, str] = {}
    kinds: dict[int, list[tuple[str, bool]]] = {}
    grams: dict[int, int] = {}
    above: set[int] = set()
    for link in links:
        if id not in (link.from_id, link.to_id):
            continue
        outgoing = link.from_id == id
        other = link.to_id if outgoing else link.from_id
        names[other] = link.to_name if outgoing else link.from_name
        kinds.setdefault(other, []).append((link.kind, outgoing))
        # One way of dealing is told: the greater, since the same pepper may be supplied and bought.
        if link.grams:
            grams[other] = max(grams.get(other, 0), link.grams)
        if outgoing == (link.kind in AGAINST_THE_FLOW):
            above.add(other)
    ranked = sorted(names, key=lambda each: -grams.get(each, 0))
    upper = [each for each in ranked if each in above]
    return Neighbours(names, kinds, grams, upper, [each for each in ranked if each not in above])


def network(id: int, name: str, links: Sequence[LinkRow]) -> Network | None:
    """The picture of the open relations of one organization and of those between its neighbours; None if it has fewer than two."""
    around = neighbours(id, links)
    if len(around.names) < 2:
        return None
    upper, lower = around.upper[:SIDE_MAX], around.lower[:SIDE_MAX]
    placed = {each: place for place, each in _rows(upper, 0)}
    middle = _height(len(upper))
    placed |= {each: place for place, each in _rows(lower, middle + BOX_HEIGHT + GAP_Y)}
    boxes = {
        each: Box(
            each,
            x,
            y,
            _lines(around.names[each]),
            tuple(around.kinds[each]),
            around.grams.get(each),
            each in upper,
        )
        for each, (x, y) in placed.items()
    }
    own = Box(id, (WIDTH - BOX_WIDTH) // 2, middle, _lines(name), ())
    height = middle + BOX_HEIGHT + (GAP_Y + _height(len(lower)) - GAP_Y) * bool(lower)
    return Network(
        height,
        own,
        tuple(boxes.values()),
        _drawn({**boxes, id: own}, id, links),
        len(around.names) - len(boxes),
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
    shown = [link for link in links if link.from_id in boxes and link.to_id in boxes]
    most: dict[str, int] = {}
    for link in shown:
        if id in (link.from_id, link.to_id):
            most[link.kind] = max(most.get(link.kind, 0), link.grams or 0)
    lines = []
    for link in shown:
        between = id not in (link.from_id, link.to_id)
        # Wide lines compare what one organization deals in, relations of a kind with each other.
        width = 0 if between or not link.grams else -(-WIDTHS * link.grams // most[link.kind])
        lines.append(Line(_path(boxes[link.from_id], boxes[link.to_id]), link, between, width))
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
