"""The states of a batch, and the bounds of config/imports.toml."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from pepperchain.core.words import N_
from pepperchain.settings import settings

NAME_LENGTH_MAX = 120
TITLE_LENGTH_MAX = 80


class State(StrEnum):
    """Where a batch stands."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    FAILED = "failed"
    COMMITTING = "committing"
    COMMITTED = "committed"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def works(self) -> bool:
        """Whether a timer has something to do with it."""
        return self in WORKING


_LABELS: dict[State, str] = {
    State.UPLOADED: N_("waiting to be checked"),
    State.CHECKING: N_("being checked"),
    State.CHECKED: N_("checked"),
    State.FAILED: N_("not imported"),
    State.COMMITTING: N_("being imported"),
    State.COMMITTED: N_("imported"),
    State.UNDOING: N_("being undone"),
    State.UNDONE: N_("undone"),
    State.DISCARDED: N_("discarded"),
}
WORKING = (State.UPLOADED, State.CHECKING, State.COMMITTING, State.UNDOING)
UNDECIDED = (State.UPLOADED, State.CHECKING, State.CHECKED)
DISCARDABLE = (State.UPLOADED, State.CHECKED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Bounds:
    """config/imports.toml and what config/retention.toml says of imports, read once."""

    file_days: int
    undo_days: int
    waiting_days: int
    lease_seconds: int
    attempts_max: int
    rows_a_step: int
    waiting_max: int

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)


@cache
def bounds() -> Bounds:
    """The bounds of this installation."""
    kept = settings().section("retention")
    return Bounds(
        file_days=kept["upload_days"],
        undo_days=kept["import_undo_days"],
        waiting_days=kept["undecided_import_days"],
        **settings().section("imports"),
    )


def shortened(text: str, most: int) -> str:
    """A name that fits its column; the end of a file's name tells more than its middle."""
    return text if len(text) <= most else f"{text[: most - 12]}…{text[-11:]}"


def plain_name(file_name: str | None) -> str:
    """What an uploaded file was called, without folders and control characters."""
    name = (file_name or "").replace("\\", "/").rpartition("/")[2]
    return shortened("".join(sign for sign in name if sign.isprintable()).strip() or "—", NAME_LENGTH_MAX)


Facts = dict[str, Any]
