"""The page that is being drawn: its address, what a person typed and what was wrong with it.

Kit macros are shared and see no page context; a context variable lets them ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

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


@dataclass(frozen=True, slots=True)
class Drawing:
    """One page being drawn."""

    path: str = "/"
    query: str = ""
    problem: Problem = NO_PROBLEM
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The choices in the address. The cursor is none: it goes when anything is chosen."""
        return _pairs(self.query)

    @property
    def lasting(self) -> str:
        """The choices as text: the same address for every page of a list."""
        return urlencode(self.pairs) if "cursor=" in self.query else self.query


@lru_cache(maxsize=256)
def _pairs(query: str) -> Sequence[tuple[str, str]]:
    return tuple((name, value) for name, value in parse_qsl(query) if name != "cursor")


_drawing: ContextVar[Drawing] = ContextVar("drawing", default=Drawing())  # noqa: B039  (frozen)


@contextmanager
def drawing(page: Drawing) -> Iterator[None]:
    """Let the kit ask about `page` within the block."""
    token = _drawing.set(page)
    try:
        yield
    finally:
        _drawing.reset(token)


def now_drawn() -> Drawing:
    """The page that is being drawn."""
    return _drawing.get()


def problem_of(name: str) -> str:
    """The sentence beside the field `name` of the form that is being drawn again."""
    return _drawing.get().problem.of(name)


def typed_of(name: str, otherwise: object = "") -> object:
    """What the person typed into the field `name`, or `otherwise` when the form is fresh."""
    return _drawing.get().typed.get(name, otherwise)


def typed_has(name: str, value: str, otherwise: bool = False) -> bool:
    """Whether the person ticked `value` of `name`; an unticked box sends nothing, so a typed form decides alone."""
    typed = _drawing.get().typed
    if not typed:
        return otherwise
    many: list[Any] = typed.getlist(name) if isinstance(typed, ImmutableMultiDict) else [typed.get(name)]
    return value in many


def choices_now() -> str:
    """What this page's address chooses, but for the place in its list, as the query of another address."""
    return _drawing.get().lasting


def url_with(**changes: object) -> str:
    """This page's address with some choices changed: None drops one, a list repeats it. The cursor always goes."""
    page = _drawing.get()
    pairs = [(name, value) for name, value in page.pairs if name not in changes]
    for name, value in changes.items():
        many = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(name, str(each)) for each in many if each is not None]
    query = urlencode(pairs)
    return f"{page.path}?{query}" if query else page.path
