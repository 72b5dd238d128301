"""When a lot is counted again, when the committee has to agree, and what was counted. Looks nothing up but config/stocktakes.toml."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.settings import section


class State(StrEnum):
    """Where a stocktake stands."""

    COUNTING = "counting"
    HANDED_IN = "handed_in"
    POSTED = "posted"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """A message id."""
        return _STATES[self]


_STATES = {
    State.COUNTING: N_("Counting"),
    State.HANDED_IN: N_("To be signed"),
    State.POSTED: N_("Signed and posted"),
    State.CANCELLED: N_("Called off"),
}


class Block(StrEnum):
    """Why the difference of a lot cannot be posted as things stand."""

    ON_THE_ROAD = "on_the_road"
    ELSEWHERE = "elsewhere"
    EMPTIED = "emptied"
    HELD = "held"

    @property
    def label(self) -> str:
        """A message id."""
        return _BLOCKS[self]


_BLOCKS = {
    Block.ON_THE_ROAD: N_("It is on the road since it was counted. Receive it or turn it back first."),
    Block.ELSEWHERE: N_("It was moved to another site since it was counted. Give the stocktake back and leave it out."),
    Block.EMPTIED: N_("It was emptied or merged since it was counted. Give the stocktake back and count it again."),
    Block.HELD: N_("More of it is held for orders than was found. Release what cannot be delivered first."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """The table [stocktakes] of config/stocktakes.toml."""

    lots_max: int
    recount_permille: int
    recount_grams: int
    committee_permille: int
    committee_grams: int
    bags_max: int


@cache
def figures() -> Figures:
    """The figures in force."""
    return Figures(**section("stocktakes"))


def beyond(difference: int, of: int, *, permille: int, grams: int) -> bool:
    """Whether a difference is more than both a share of what the book says and so many grams."""
    size = abs(difference)
    return size > grams and size * 1000 > of * permille


def wants_recount(*, expected: int, counted: int, counts: int) -> bool:
    """Whether somebody should count once more: the first count is far from the book. The second one stands, whatever it says."""
    known = figures()
    return counts == 1 and beyond(
        counted - expected, expected, permille=known.recount_permille, grams=known.recount_grams
    )


def wants_committee(*, book: int, lost: int, found: int) -> bool:
    """Whether the committee has to agree. What was found does not make up for what was lost."""
    known = figures()
    return beyond(lost + found, book, permille=known.committee_permille, grams=known.committee_grams)


def weighed(*, loose: Grams | None, bags: int | None, bag: Grams | None, absent: bool, most: Grams) -> Grams:
    """What was counted: so many bags of one weight and what is loose, or nothing at all. Refused: nothing said, or more than fits."""
    if absent:
        if loose or bags:
            raise Refused("It is either there or not: take the tick off, or the weight.", "absent")
        return Grams(0)
    if bags is not None and bag is None:
        raise Refused("Write how much one bag weighs.", "bag")
    if bag is not None and bags is None:
        raise Refused("Write how many bags there are.", "bags")
    if bags is not None and bags > figures().bags_max:
        raise Refused("So many bags do not fit into a room.", "bags")
    if loose is None and bags is None:
        raise Refused("Write what is there, or say that it is not there.", "loose")
    total = Grams((loose or 0) + (bags or 0) * (bag or 0))
    if total < 0 or (bag is not None and bag <= 0):
        raise Refused("A weight is more than nothing.", "loose" if bag is None else "bag")
    if total > most:
        raise Refused("The whole room holds %(most)s: that cannot be one lot.", "loose", most=most)
    return total
