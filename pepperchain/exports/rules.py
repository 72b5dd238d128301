"""The states of an export, what a file may hold for whom, and the bounds of config/exports.toml."""

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

from pepperchain.access.actor import Actor
from pepperchain.core.words import N_
from pepperchain.settings import settings

CHOICES_LENGTH_MAX = 2_000


class State(StrEnum):
    """Where an export stands."""

    WAITING = "waiting"
    MAKING = "making"
    HELD = "held"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def works(self) -> bool:
        """Whether a timer has something to do with it."""
        return self in (State.WAITING, State.MAKING)


_LABELS: dict[State, str] = {
    State.WAITING: N_("waiting to be made"),
    State.MAKING: N_("being made"),
    State.HELD: N_("waits for a second person"),
    State.READY: N_("ready"),
    State.FAILED: N_("not made"),
    State.REMOVED: N_("removed"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """config/exports.toml, read once."""

    file_days: int
    at_once_rows: int
    rows_a_sheet: int
    waiting_max: int
    by_two: bool
    people_max: int
    lease_seconds: int
    attempts_max: int

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def kept(self) -> timedelta:
        """How long a file stays."""
        return timedelta(days=self.file_days)

    def wants_two(self, people: int) -> bool:
        """Whether a file that tells of so many people waits for a second person."""
        return self.by_two and people > self.people_max


@cache
def bounds() -> Bounds:
    """The bounds of this installation."""
    return Bounds(
        file_days=settings().section("retention")["export_file_days"], **settings().section("exports")
    )


def scope_of(actor: Actor) -> str:
    """What decides which rows somebody sees. A file made for another scope is not for them any more."""
    townships = sorted(actor.township_ids)
    return json.dumps(
        [actor.role.value, actor.organization_id, townships, actor.household_id], separators=(",", ":")
    )
