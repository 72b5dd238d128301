"""What rooms let segments ask of households and do with them, as data: criteria, actions, and the list of both that `app` hands in.

A criterion is a SQL condition about the household `h` with the words that tell it; every one of them finds its answer by an index
that begins with the household, or narrows the households themselves. An action does something with some households at a time, and
can take exactly that back.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.sql import Clause


class FieldKind(StrEnum):
    """What a criterion or an action wants to know."""

    PICK = "pick"
    """The number of a thing of a list."""
    CODE = "code"
    """A code of a list."""
    WHOLE = "whole"
    YEAR = "year"
    MU = "mu"
    WEIGHT = "weight"
    DAY = "day"

    @property
    def is_chosen(self) -> bool:
        """Whether it is one of a list."""
        return self in (FieldKind.PICK, FieldKind.CODE)

    @property
    def is_text(self) -> bool:
        """Whether its value is kept as text: codes, and days as 2026-06-10. All others are whole numbers."""
        return self in (FieldKind.CODE, FieldKind.DAY)


Options = Callable[[Actor], Awaitable[list[tuple[int | str, str]]]]
"""What can be chosen, with the words in the reader's language."""
Values = Mapping[str, int | str]
"""What was chosen and written, by the field's name; the end of a span under `<name>_to`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. Of a span (`is_span`) at least one end is."""

    name: str
    kind: FieldKind
    label: str
    options: Options | None = None
    known: Options | None = None
    """All that may be named, where that is more than what the actor is offered."""
    is_span: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Under which its values are kept."""
        return (self.name, f"{self.name}_to") if self.is_span else (self.name,)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition that households meet or do not. `words` and `words_not` are message ids with the fields as places."""

    key: str
    about: str
    label: str
    words: str
    words_not: str
    clause: Callable[[Actor, Values, date], Clause]
    fields: tuple[Field, ...] = ()
    needs: Capability = Capability.DIRECTORY_READ
    narrows: bool = False
    """Whether the condition is an index of the households themselves, so that looking through them can begin with it."""


def between(column: str, values: Values, name: str) -> Clause:
    """`column` within a span of which either end may be open."""
    parts, params = [], {}
    if name in values:
        parts.append(f"{column} >= :{name}")
        params[name] = values[name]
    if f"{name}_to" in values:
        parts.append(f"{column} <= :{name}_to")
        params[f"{name}_to"] = values[f"{name}_to"]
    return Clause(f"({' AND '.join(parts)})" if parts else "TRUE", params)


@dataclass(frozen=True, slots=True)
class Made:
    """What an action did with a household: which thing it made or changed, and what that was before."""

    household_id: int
    thing: str | None = None
    before: Mapping[str, Any] | None = None


Act = Callable[[Actor, Sequence[int], Values, UUID, datetime], Awaitable[Sequence[Made]]]
"""`(actor, household ids, values, run id, now)` inside a unit of work; households with which there was nothing to do are left out."""
Undo = Callable[[Actor, Sequence[Made], Values, UUID, datetime], Awaitable[set[int]]]
"""Takes back what a run made; the households of which something was changed since, and which are left as they are."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with all households of a segment. `words` is a message id with the fields as places."""

    code: str
    label: str
    words: str
    needs: Capability
    act: Act
    undo: Undo
    fields: tuple[Field, ...] = ()
    icon: str = "check"
    households_max: int | None = None
    """More than so many at once are no help to anybody."""
    uses: Callable[[Values], str | None] | None = None
    """For which purpose it uses people's data, with these values; whoever said no to that is left out, at each turn anew."""


Refused = Callable[[Sequence[int], str], Awaitable[set[int]]]
"""Of some households those whose contact said no to a purpose."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """Everything that segments can ask and do, room by room."""

    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    refused: Refused | None = None

    def asked_by(self, actor: Actor) -> list[Criterion]:
        """The criteria that the actor may use."""
        return [each for each in self.criteria.values() if actor.may(each.needs)]

    def done_by(self, actor: Actor) -> list[Action]:
        """The actions that the actor may have done."""
        return [each for each in self.actions.values() if actor.may(each.needs)]


def repertoire(
    criteria: Sequence[Criterion], actions: Sequence[Action], refused: Refused | None = None
) -> Repertoire:
    """All of them by their keys, each of which is there once."""
    found = Repertoire({each.key: each for each in criteria}, {each.code: each for each in actions}, refused)
    assert (len(found.criteria), len(found.actions)) == (len(criteria), len(actions)), "a key is used twice"
    return found


@dataclass(frozen=True, slots=True)
class Mark:
    """A small word on a household, in a colour or none."""

    id: int
    words: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks on households, for the lists and pages of the registry, which stands below the room that knows them."""

    choices: Callable[[Actor], Awaitable[list[Mark]]]
    of: Callable[[Actor, Sequence[int]], Awaitable[Mapping[int, Sequence[Mark]]]]
    holding: Callable[[Actor, int], Clause]
    """The condition that a household `h` has the mark of a number, as far as the actor sees it."""
