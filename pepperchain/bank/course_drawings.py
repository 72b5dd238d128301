"""What a receipt would have brought day by day, as a line against its floor: whole numbers that a template only draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pepperchain.core.units import Fen

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 16, 30
_MARGIN_PERCENT = 8


@dataclass(frozen=True, slots=True)
class Worth:
    """What all that is left of a receipt would bring its depositor on a day."""

    on: date
    fen: Fen


@dataclass(frozen=True, slots=True)
class Spot:
    """A day on the line, with the width of the strip that tells of it."""

    x: int
    y: int
    from_x: int
    width: int
    worth: Worth


@dataclass(frozen=True, slots=True)
class Course:
    """The line of the days, and that of the floor."""

    spots: Sequence[Spot]
    floor: int
    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT

    @property
    def line(self) -> str:
        """The points of the line."""
        return " ".join(f"{spot.x},{spot.y}" for spot in self.spots)

    @property
    def area(self) -> str:
        """What lies between the line and the floor."""
        first, last = self.spots[0], self.spots[-1]
        return f"{first.x},{self.floor} {self.line} {last.x},{self.floor}"


def course(worths: Sequence[Worth], floor: Fen) -> Course | None:
    """The picture of two days or more; none of fewer."""
    if len(worths) < 2:
        return None
    low, high = min(floor, *(each.fen for each in worths)), max(floor, *(each.fen for each in worths))
    margin = max((int(high) - int(low)) * _MARGIN_PERCENT // 100, 1)
    bottom, span = int(low) - margin, int(high) - int(low) + 2 * margin
    first, days = worths[0].on, (worths[-1].on - worths[0].on).days

    def x(on: date) -> int:
        return LEFT + (on - first).days * (WIDTH - LEFT - RIGHT) // days

    def y(fen: Fen) -> int:
        return HEIGHT - BOTTOM - (int(fen) - bottom) * (HEIGHT - TOP - BOTTOM) // span

    places = [x(each.on) for each in worths]
    spots = []
    for at, each in enumerate(worths):
        begin = places[at] if at == 0 else (places[at - 1] + places[at]) // 2
        end = places[at] if at == len(worths) - 1 else (places[at] + places[at + 1]) // 2
        spots.append(Spot(places[at], y(each.fen), begin, max(end - begin, 1), each))
    return Course(spots, y(floor))
