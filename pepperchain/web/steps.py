"""The second step of signing in, wanted once more before something grave. Rooms below the accounts reach it by `app.state.second_step`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from pepperchain.access.actor import Actor

Prove = Callable[[], Awaitable[None]]
"""Raises Refused for a wrong code and uses a right one up; awaited inside the unit of work of what wants it."""


class SecondStep(Protocol):
    """What the accounts know of it."""

    async def is_kept(self, actor: Actor) -> bool:
        """Whether the actor has one."""

    async def guessed(self, actor: Actor, code: str | None, *, address: str, now: datetime) -> Prove | None:
        """Counts a guess; None for whoever has no second step. Raises Refused for whoever has one and typed no code."""
