"""Chance that can be thrown again: whole numbers from a seeded generator, and ids whose time is the event's own."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import TypeVar
from uuid import UUID

from pepperchain.core import clock

T = TypeVar("T")

_TAIL_BITS = 74
_LOW_BITS = 62
_LOW = (1 << _LOW_BITS) - 1
_MARKS = 0x7 << 76 | 0b10 << _LOW_BITS


class Dice(Random):
    """A generator of its own for every part of the seed, so that no part depends on how another was made."""

    def __init__(self, *names: object) -> None:
        super().__init__("/".join(map(str, names)))

    def below(self, limit: int) -> int:
        """A whole number from zero up to, not including, `limit`."""
        return int(self.random() * limit)

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self.random() * (most - least + 1))

    def happens(self, permille: int) -> bool:
        """True in `permille` of a thousand throws."""
        return self.random() * 1000 < permille

    def one(self, things: Sequence[T]) -> T:
        """One of some things, all alike."""
        return things[int(self.random() * len(things))]

    def weighted(self, shares: Sequence[tuple[T, int]]) -> T:
        """One of some things by their shares of a thousand; the last takes what is left."""
        thrown = self.random() * 1000
        for thing, permille in shares:
            thrown -= permille
            if thrown < 0:
                return thing
        return shares[-1][0]

    def event_id(self, at_ms: int) -> str:
        """A UUIDv7 as it would have been made at that moment."""
        tail = self.getrandbits(_TAIL_BITS)
        digits = f"{at_ms << 80 | _MARKS | (tail >> _LOW_BITS) << 64 | tail & _LOW:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def event(self, at: datetime) -> UUID:
        """The same for a moment."""
        return UUID(self.event_id(clock.to_ms(at)))
