"""What rooms further up may say of relations: how much pepper goes from one organization to another."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability

Pair = tuple[int, int]
"""Who gives and who takes."""
Weighed = Callable[[Actor, Collection[Pair], date], Awaitable[Mapping[Pair, int]]]
"""Grams from the one to the other, as of a day, of those pairs of which the actor may know."""

AGAINST_THE_FLOW = frozenset({"buys_from"})
"""Whoever buys takes from whom they name; in every other relation the one it goes out from gives."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Relations of some kinds, weighed. `words` says of one what the grams are, `gives` and `takes` of all that go out and come in.

    Without `gives`, the grams tell of the one who takes alone: a consortium counts what its members weighed in, and no member gave it that.
    """

    kinds: frozenset[str]
    words: str
    gives: str | None
    takes: str
    needs: Capability
    grams: Weighed


def pair_of(kind: str, from_id: int, to_id: int) -> Pair:
    """Who of the two of a relation gives, and who takes."""
    return (to_id, from_id) if kind in AGAINST_THE_FLOW else (from_id, to_id)
