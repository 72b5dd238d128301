"""What a staged row would do, as the room that it is meant for judges it; and what a room offers to be judged, written and undone.

A room that has sheets offers an `Importable` for each; the importer knows no more of the room than this.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.columns import SheetSpec, Words
from pepperchain.excel.reader import StagedRow

Plain = str | int | bool | None
"""What a cell holds once it is read, and what JSON can keep."""


class Verdict(StrEnum):
    """What a row would do."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: dict[Verdict, str] = {
    Verdict.CREATE: N_("new"),
    Verdict.UPDATE: N_("to be changed"),
    Verdict.UNCHANGED: N_("unchanged"),
    Verdict.WRONG: N_("wrong"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One column of something that is there: what it holds, and what the row would make of it. Never a secret."""

    key: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row's verdict. `ready` is what its writing needs, `secrets` the part of it that nobody may read in a stolen database.

    `refusals` are the room's own words about the row; their `field` is a column's key.
    """

    verdict: Verdict
    title: str
    target_id: str | None = None
    ready: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A judged row as its writer gets it back: what to create or change."""

    position: int
    verdict: Verdict
    target_id: str | None
    ready: Mapping[str, Any]
    secrets: Mapping[str, str]
    batch: UUID

    @property
    def seed(self) -> UUID:
        """What ids of the row are made from: the same each time it is written, so that after a crash it is not another one."""
        return uuid5(self.batch, str(self.position))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a row: what it is about now, and what undoing it needs to know (JSON-able)."""

    position: int
    target_id: str
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """A row that was written, as the one that undoes it gets it."""

    position: int
    verdict: Verdict
    target_id: str
    before: Mapping[str, Any]


class Checker(ABC):
    """Judges the rows of one file, in order, some hundred at a time; remembers what it met in earlier ones."""

    @abstractmethod
    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        """One verdict for each row. Writes nothing."""


class Writer(ABC):
    """Writes the rows of one file, in order, inside one unit of work."""

    @abstractmethod
    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        """Creates and changes. Told: something is no longer as it was when the rows were judged."""

    async def finish(self) -> None:
        """After the last row: what is told once for all of them."""
        return


class Undoer(ABC):
    """Takes back the rows of one file, last ones first, inside one unit of work."""

    @abstractmethod
    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        """By position, why a row cannot be taken back: somebody built on it or changed it since."""

    @abstractmethod
    async def undo(self, rows: Sequence[Done]) -> None:
        """Takes the rows back, all of which have no conflict."""

    async def finish(self) -> None:
        """After the last row."""
        return


class RegistryUndoer(Undoer):
    """Takes back rows of a registry, each with a version: what was changed is changed back, what was made is taken out.

    `Written.before` of such rows holds the `version` after the writing, and what there `was` before if there was something.
    """

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self.actor = actor
        self.now = now

    @abstractmethod
    async def versions(self, ids: Sequence[int]) -> Mapping[int, int]:
        """The versions of those that are still in use."""

    @abstractmethod
    async def used(self, ids: Sequence[int]) -> Collection[int]:
        """Those that something was built on."""

    @abstractmethod
    async def change(self, id: int, version: int, was: Mapping[str, Any]) -> None:
        """Makes it what it was."""

    @abstractmethod
    async def remove(self, id: int, version: int) -> None:
        """Takes it out."""

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        """Those that were changed since, or were made here and are in use."""
        versions = await self.versions([int(row.target_id) for row in rows])
        used = await self.used([int(row.target_id) for row in rows if "was" not in row.before])
        return {
            row.position: Refused(N_("This was changed or used since."))
            for row in rows
            if versions.get(int(row.target_id)) != row.before["version"] or int(row.target_id) in used
        }

    async def undo(self, rows: Sequence[Done]) -> None:
        """Back to what they were, one by one."""
        for row in rows:
            id, version = int(row.target_id), row.before["version"]
            if "was" in row.before:
                await self.change(id, version, row.before["was"])
            else:
                await self.remove(id, version)


class Importable(ABC):
    """One kind of thing that comes in sheets."""

    code: str
    words: Words
    specs: tuple[SheetSpec, ...]
    capability: Capability
    together: bool = False
    """Whether rows next to each other may be about one thing; its rows are then judged and undone side by side."""

    @abstractmethod
    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        """Judges a file; `seed` is the kind's own, so that the same row means the same thing in every file."""

    @abstractmethod
    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        """Writes a judged file."""

    @abstractmethod
    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        """Takes back a file that was written at a moment."""
