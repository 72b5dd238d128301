"""What a room offers to be downloaded: a list of its pages as a table, under the same choices and for the same eyes.

The room that makes files knows no more of a list than this, and the room that has the list knows nothing of files.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.excel.columns import Column, Words

ROWS_A_READ = 200
"""Rows that are read at once: few enough that pages get their turn between two reads."""

WHO = "who"
"""Under this key a row says whom it tells of: the id of a person or a household, or nothing."""

Row = Mapping[str, Any]
Chunks = AsyncGenerator[Sequence[Row], None]
T = TypeVar("T")
K = TypeVar("K")


def nobody(_actor: Actor) -> bool:
    """Whoever downloads it, nobody can be told from it."""
    return False


def everybody(_actor: Actor) -> bool:
    """Whoever downloads it, it tells of people: whole names, phones, numbers."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exportable:
    """A list that can be downloaded.

    `form` reads the choices of the list's address, `chunks` reads its rows in keyset steps by the list's own query, for the actor
    and in the actor's language; `at` is the list's page. `is_personal` says whether the rows tell this actor of people, and the
    column `person` tells these apart. `count`, where a list may be long, says how many rows there will be.
    """

    code: str
    words: Words
    capability: Capability
    at: str
    columns: tuple[Column, ...]
    form: type[Any]
    chunks: Callable[[Actor, Any, datetime], Chunks]
    is_personal: Callable[[Actor], bool] = nobody
    count: Callable[[Actor, Any], Awaitable[int]] | None = None
    needs_choice: bool = False
    """Whether it is the list of one thing, which must be chosen first."""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        assert len(set(keys)) == len(keys), f"two columns with one key in {self.code}"


async def steps(
    read: Callable[[K | None, int], Awaitable[Sequence[T]]],
    key: Callable[[T], K],
    *,
    most: int = ROWS_A_READ,
) -> AsyncIterator[Sequence[T]]:
    """A list from its beginning to its end: `read(after, most)` gives the rows that follow the row of that key."""
    after: K | None = None
    while True:
        rows = await read(after, most)
        if rows:
            yield rows
        if len(rows) < most:
            return
        after = key(rows[-1])


async def at_once(rows: Sequence[Row]) -> Chunks:
    """A list that its page shows as a whole."""
    if rows:
        yield rows
