"""Keeping nothing longer than it is needed: every room says what it sweeps, one job a night does it and tells what went."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import queries, trail
from pepperchain.core import db
from pepperchain.settings import section

VERB, SUBJECT, SUBJECT_ID = "retention.swept", "retention", "all"
TURNS_MAX = 500
"""Sweeps go in turns, so that nobody waits behind one; so many a night are enough for years that nobody swept."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """A kind of thing that is kept for a while: its name in the trail, its words (a message id), its setting, and how it is swept.

    `sweep(now=)` takes some of what is too old and answers how many; it is asked again until nothing is left. Without a setting it goes
    as soon as nobody needs it.
    """

    code: str
    words: str
    sweep: Callable[..., Awaitable[int]]
    setting: str | None = None

    @property
    def days(self) -> int | None:
        """For how long it is kept; 0 is for good, None until nobody needs it."""
        return None if self.setting is None else int(section("retention")[self.setting])


async def sweep(keepings: Sequence[Keeping], *, now: datetime) -> int:
    """Everything that was kept long enough, kind by kind, and one entry in the trail with the counts if any went; how many in all.

    Each sweep commits by itself: a night that was cut short leaves the rest to the next one.
    """
    gone: dict[str, int] = {}
    for keeping in keepings:
        if keeping.days == 0:
            continue
        for _ in range(TURNS_MAX):
            some = await keeping.sweep(now=now)
            gone[keeping.code] = gone.get(keeping.code, 0) + some
            if some == 0:
                break
    if any(gone.values()):
        await _tell(gone, now=now)
    return sum(gone.values())


@db.unit_of_work
async def _tell(gone: Mapping[str, int], *, now: datetime) -> None:
    await trail.record(SYSTEM, VERB, subject=SUBJECT, subject_id=SUBJECT_ID, facts={**gone}, now=now)


@dataclass(frozen=True, slots=True)
class Swept:
    """The last night on which something went: when, and how many of each kind."""

    at: int
    gone: Mapping[str, int]


async def last() -> Swept | None:
    """What was swept last; None before the first time."""
    found = await queries.entries(SYSTEM, subject=SUBJECT, subject_id=SUBJECT_ID, limit=1)
    return Swept(found[0].at, {name: int(count) for name, count in found[0].facts.items()}) if found else None
