"""What a search of the market asks for, and in which orders it can list what it finds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pepperchain.core.words import N_


class Sort(StrEnum):
    """Orders of the list; each has an index."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    LARGEST = "largest"
    SMALLEST = "smallest"

    @property
    def label(self) -> str:
        return _SORTS[self]


_SORTS: dict[Sort, str] = {
    Sort.NEWEST: N_("newest picking first"),
    Sort.OLDEST: N_("oldest picking first"),
    Sort.CHEAPEST: N_("lowest price first"),
    Sort.DEAREST: N_("highest price first"),
    Sort.LARGEST: N_("largest first"),
    Sort.SMALLEST: N_("smallest first"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a search: no choice of a few, but a more or a less."""

    min_grams: int | None = None
    picked_since: datetime | None = None
    max_price_fen_per_kg: int | None = None
    fresh_only: bool = False

    def __bool__(self) -> bool:
        return self != _UNLIMITED


_UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a search asks for; what is not given is not asked. Several townships are any of them."""

    form: str | None = None
    grade: str | None = None
    cultivar: str | None = None
    townships: tuple[int, ...] = ()
    site: int | None = None
    limits: Limits = _UNLIMITED
    sort: Sort = Sort.NEWEST
