"""What a segment is made of, the states of a run, and the bounds of config/segments.toml."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, Values
from pepperchain.settings import section

COUNT = "count"
"""The run that does nothing but count."""
JSON_LENGTH_MAX = 20_000
TEXT_LENGTH_MAX = 60
_BIGINT_MAX = 2**63 - 1


class Colour(StrEnum):
    """The few colours of a tag; none is the usual one."""

    NONE = ""
    GREEN = "good"
    AMBER = "soon"
    RED = "bad"
    BLUE = "info"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _COLOURS[self]


_COLOURS = {
    Colour.NONE: N_("no colour"),
    Colour.GREEN: N_("green"),
    Colour.AMBER: N_("amber"),
    Colour.RED: N_("red"),
    Colour.BLUE: N_("blue"),
}


class Match(StrEnum):
    """Whether all parts must be so, or any of them."""

    ALL = "all"
    ANY = "any"


class State(StrEnum):
    """Where a run stands."""

    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _STATES[self]

    @property
    def works(self) -> bool:
        """Whether a timer has something to do with it."""
        return self in (State.WORKING, State.UNDOING)


_STATES = {
    State.WORKING: N_("at work"),
    State.DONE: N_("done"),
    State.STOPPED: N_("stopped"),
    State.UNDOING: N_("being undone"),
    State.UNDONE: N_("undone"),
}

DAMAGED = N_("This segment is damaged. Make its conditions anew.")


@dataclass(frozen=True, slots=True)
class Condition:
    """One criterion with its values, or its contrary."""

    key: str
    values: Values = field(default_factory=dict)
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all or any are so, or the contrary of that."""

    conditions: tuple[Condition, ...]
    match: Match = Match.ALL
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked of households: groups of which all or any are so. Without a group, everyone."""

    groups: tuple[Group, ...] = ()
    match: Match = Match.ALL

    def conditions(self) -> Iterator[Condition]:
        """Each condition, group by group."""
        for group in self.groups:
            yield from group.conditions

    @property
    def is_everyone(self) -> bool:
        """Whether nothing is asked."""
        return not self.groups

    def kept(self) -> str:
        """As it is kept; `criteria_of` reads it."""
        plain = {
            "match": self.match.value,
            "groups": [
                {
                    "match": group.match.value,
                    "not": group.negated,
                    "conditions": [
                        {"key": each.key, "not": each.negated, "values": dict(each.values)}
                        for each in group.conditions
                    ],
                }
                for group in self.groups
            ],
        }
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    def checked(self) -> "Criteria":
        """Without empty groups. Refused: too much of it."""
        limits = bounds()
        groups = tuple(group for group in self.groups if group.conditions)
        if len(groups) > limits.groups_max:
            raise Refused(N_("A segment has at most %(most)s groups."), most=limits.groups_max)
        if sum(len(group.conditions) for group in groups) > limits.conditions_max:
            raise Refused(N_("A segment has at most %(most)s conditions."), most=limits.conditions_max)
        return replace(self, groups=groups)


def criteria_of(text: str) -> Criteria:
    """What was kept, whoever wrote it. Refused for anything that `Criteria.kept` did not make."""
    try:
        if len(text) > JSON_LENGTH_MAX:
            raise ValueError("too long")
        plain = json.loads(text)
        groups = tuple(
            Group(
                tuple(
                    Condition(_text(each["key"]), _values(each["values"]), _flag(each["not"]))
                    for each in _list(group["conditions"])
                ),
                Match(group["match"]),
                _flag(group["not"]),
            )
            for group in _list(plain["groups"])
        )
        return Criteria(groups, Match(plain["match"])).checked()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(DAMAGED) from None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no flag")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LENGTH_MAX or not value.isprintable():
        raise TypeError("no text")
    return value


def _values(value: Any) -> dict[str, int | str]:
    if not isinstance(value, dict):
        raise TypeError("no values")
    return {_text(name): _value(each) for name, each in value.items()}


def _value(value: Any) -> int | str:
    if type(value) is int and abs(value) <= _BIGINT_MAX:
        return value
    return _text(value)


def values_of(text: str | None) -> dict[str, int | str]:
    """The values of an action as they were kept."""
    return _values(json.loads(text)) if text else {}


NO_LONGER = N_(
    "%(label)s: this condition is no longer as it was when the segment was made. Take it out, or choose again."
)


def check_values(label: str, fields: tuple[Field, ...], values: Values) -> None:
    """Refused: values that these fields do not take, such as those of an older version."""
    names = {name for each in fields for name in each.names}
    fits = values.keys() <= names and all(
        any(name in values for name in each.names)
        and all(isinstance(values[name], str) is each.kind.is_text for name in each.names if name in values)
        for each in fields
    )
    if not fits:
        raise Refused(NO_LONGER, label=label)


def known(criteria: Mapping[str, Criterion], key: str) -> Criterion:
    """The criterion of a condition. Refused: there is none of that name any more, or it is not the actor's to ask."""
    found = criteria.get(key)
    if found is None:
        raise Refused(NO_LONGER, label=key)
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """config/segments.toml, read once."""

    conditions_max: int
    groups_max: int
    tags_max: int
    segments_max: int
    preview_households: int
    preview_count: int
    list_households: int
    turn_households: int
    confirm_above: int
    visits_max: int
    lease_seconds: int
    attempts_max: int
    undo_days: int

    @property
    def lease(self) -> timedelta:
        """How long a worker may be silent before another takes over."""
        return timedelta(seconds=self.lease_seconds)


@cache
def bounds() -> Bounds:
    """The bounds of this installation."""
    return Bounds(undo_days=section("retention")["segment_undo_days"], **section("segments"))
