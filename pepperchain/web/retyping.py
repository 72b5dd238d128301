"""What a person typed and what was wrong with it, while their form is drawn again.

Kit macros are shared and see no page context; a context variable hands them the problem and the typed values.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import ImmutableMultiDict

from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.web.filters import say


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as the form shows it: one sentence for the top, one for each field. False when there is none."""

    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.text)

    def of(self, name: str) -> str:
        """The sentence beside the field `name`, or nothing."""
        return self.fields.get(name, "")


NO_PROBLEM = Problem()


def problem_from(refused: Refused | Conflict) -> Problem:
    """The refusal in the reader's language."""
    errors = refused.errors if isinstance(refused, Invalid) else (refused,)
    fields: dict[str, str] = {}
    for error in errors:
        if error.field is not None:
            fields.setdefault(error.field, say(error))
    return Problem(say(refused), fields)


_drawn: ContextVar[tuple[Problem, Mapping[str, Any]]] = ContextVar("drawn", default=(NO_PROBLEM, {}))


@contextmanager
def now_rendering(problem: Problem, typed: Mapping[str, Any]) -> Iterator[None]:
    """Let the kit see `problem` and `typed` within the block."""
    token = _drawn.set((problem, typed))
    try:
        yield
    finally:
        _drawn.reset(token)


def problem_of(name: str) -> str:
    """The sentence beside the field `name` of the form that is being drawn again."""
    return _drawn.get()[0].of(name)


def typed_of(name: str, otherwise: object = "") -> object:
    """What the person typed into the field `name`, or `otherwise` when the form is fresh."""
    typed = _drawn.get()[1]
    return typed.get(name, otherwise)


def typed_has(name: str, value: str, otherwise: bool = False) -> bool:
    """Whether the person ticked `value` of `name`; an unticked box sends nothing, so a typed form decides alone."""
    typed = _drawn.get()[1]
    if not typed:
        return otherwise
    many: list[Any] = typed.getlist(name) if isinstance(typed, ImmutableMultiDict) else [typed.get(name)]
    return value in many
