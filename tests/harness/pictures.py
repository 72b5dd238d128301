"""The states of a database that tests start from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from pepperchain.core import clock, db, migrating


@dataclass(frozen=True, slots=True)
class Picture:
    """A state, and how to bring a migrated database into it."""

    name: str
    paint: Callable[[], Awaitable[None]] | None = None


async def _load_village() -> None:
    # By name, so that the tests of a lower room run in a tree that has no seeds yet.
    await import_module("pepperchain.seeds.village").load(now=clock.now())


EMPTY = Picture("empty")
VILLAGE = Picture("village", _load_village)


async def paint(picture: Picture, url: str) -> None:
    """Brings the database at `url`, which is migrated, into the picture's state."""
    if picture.paint is None:
        return
    await db.open(url, migrating.apps())
    try:
        await picture.paint()
    finally:
        await db.close()
