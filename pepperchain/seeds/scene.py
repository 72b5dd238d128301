"""The village as it is being entered: what the files beside each other call by name, and what the register calls it."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.settings import assets

_NAMESPACE = UUID("0197a0c4-9d00-7000-8000-5e6c1a9e0001")


@cache
def told(name: str) -> Mapping[str, Any]:
    """A TOML file of the village."""
    with (assets() / "fixtures" / "village" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def listed(name: str) -> tuple[Mapping[str, str], ...]:
    """A CSV file of the village."""
    with (assets() / "fixtures" / "village" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def form_id(*names: object) -> UUID:
    """The id of the form by which something of the village was entered: always the same."""
    return uuid5(_NAMESPACE, "/".join(map(str, names)))


@dataclass(frozen=True, slots=True)
class Grown:
    """A household of the village."""

    id: int
    head: str
    people: Mapping[str, int]
    plots: Mapping[str, tuple[int, str]]
    """Id and cultivar by name."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A site of the village, and who weighs there and puts away."""

    id: int
    clerk: str
    """The key of the user."""


@dataclass(slots=True)
class Scene:
    """Everything by the name that the files give it."""

    now: datetime
    season: int
    entered_at: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    organizations: dict[str, int] = field(default_factory=dict)
    areas: dict[tuple[str, str], int] = field(default_factory=dict)
    sites: dict[str, Weighing] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    households: dict[str, Grown] = field(default_factory=dict)

    def day(self, month_day: str, *, seasons_ago: int = 0) -> date:
        """A day of the season, written 06-18."""
        return date.fromisoformat(f"{self.season - seasons_ago}-{month_day}")
