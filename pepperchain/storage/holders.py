"""Rooms above this one that hold grams of lots for others, and what they do when less or more lies there. `app` hands them in."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core.units import Grams
from pepperchain.storage.lot_queries import LotRow


class Holder(Protocol):
    """What is not there cannot be held: whoever holds it lets go of so much, and still owes it. Awaited within the count's unit of work."""

    async def yields(self, lot_ids: Collection[int]) -> Mapping[int, Grams]:
        """How much of each lot it holds and would let go."""

    async def give_way(self, actor: Actor, lot: LotRow, lost: Grams, *, id: UUID, now: datetime) -> None:
        """Lets go of a (locked) lot, as far as it can, until so much is free that was found missing. `id` is the movement's."""

    async def lost(
        self, actor: Actor, lot: LotRow, natural: Grams, *, id: UUID, reason: str, now: datetime
    ) -> None:
        """It was posted: so much of it is natural loss. `lot` is (locked, and) as it was before."""

    async def found(self, actor: Actor, lot: LotRow, *, id: UUID, now: datetime) -> None:
        """More is there again of a (locked) lot: counted, poured in, or taken back. What was let go is held again."""

    async def taken_back(
        self, actor: Actor, lot: LotRow, *, of: UUID, id: UUID, reason: str, now: datetime
    ) -> None:
        """The count `of`, which found less of a (locked) lot, was taken back: what came of it is as if it had not been."""
