"""How far a counting is, and what those who count are shown of a lot: everything but its weight."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.stocktakes.queries import LineRow
from pepperchain.stocktakes.rules import wants_recount


@dataclass(frozen=True, slots=True)
class Progress:
    """How many lots there are to count, how many are done, and how many of the rest are for a second count."""

    whole: int
    done: int
    again: int

    @property
    def left(self) -> int:
        return self.whole - self.done


@dataclass(frozen=True, slots=True)
class ToCount:
    """A line as whoever counts it sees it: the weights of the book are not in it."""

    id: int
    position: int
    room: str
    code: str
    form: str
    grade: str
    cultivar: str
    owner: str
    is_wanting: bool
    is_again: bool
    has_left: bool
    counted_at: int | None
    counted_by_name: str | None


def again(line: LineRow) -> bool:
    """Whether a lot was counted once and should be counted once more."""
    return line.counts == 1 and wants_recount(
        expected=int(line.expected_grams or 0), counted=int(line.counted_grams or 0), counts=line.counts
    )


def wanting(line: LineRow) -> bool:
    """Whether somebody still has to go to this lot."""
    if line.is_added:
        return line.counts == 0 or again(line)
    return line.here and (line.counts == 0 or again(line))


def progress(lines: Sequence[LineRow]) -> Progress:
    """How far the counting is."""
    return Progress(
        len(lines),
        sum(not wanting(line) for line in lines),
        sum(wanting(line) and again(line) for line in lines),
    )


def to_count(line: LineRow) -> ToCount:
    """A line without its weights."""
    return ToCount(
        line.id, line.position, line.room, line.short_code, line.form, line.grade, line.cultivar, line.owner, wanting(line),
        again(line), line.left_uncounted and not line.is_added, line.counted_at, line.counted_by_name,
    )  # fmt: skip


def next_line(lines: Sequence[LineRow], after: int = 0) -> LineRow | None:
    """The next lot to go to, on from a position and round again; those for a second count come last."""
    wanted = [line for line in lines if wanting(line)]
    return min(wanted, key=lambda line: (again(line), line.position <= after, line.position), default=None)
