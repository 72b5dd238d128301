"""SQL text with named parameters, spelled for each engine, and the row filters that scope is made of."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

Dialect = Literal["sqlite", "postgres"]

_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_MILLISECOND_MICROSECONDS = 1000


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition for a WHERE, with its parameters. `a & b` is both, `a | b` either."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Clause") -> "Clause":
        return Clause(f"{self.sql} AND {other.sql}", {**self.params, **other.params})

    def __or__(self, other: "Clause") -> "Clause":
        return Clause(f"({self.sql} OR {other.sql})", {**self.params, **other.params})

    def negated(self) -> "Clause":
        """The contrary; what is unknown is not so."""
        return Clause(f"NOT COALESCE(({self.sql}), FALSE)", self.params)

    def named(self, prefix: str) -> "Clause":
        """The same under other names of its parameters, so that two of a kind can stand in one text."""
        return Clause(
            _NAMED.sub(rf":{prefix}\1", self.sql),
            {f"{prefix}{name}": value for name, value in self.params.items()},
        )

    def apart(self) -> "list[Clause]":
        """One clause for each value of its list, if it has one: `x IN (1, 2)` is `x = 1`, `x = 2`.

        An index over (x, y) gives the first rows by y for each value, but would sort every row of all values together.
        """
        name = next((name for name, value in self.params.items() if type(value) in (list, tuple)), None)
        if name is None:
            return [self]
        rest = {key: value for key, value in self.params.items() if key != name}
        return [
            Clause(self.sql.replace(f"IN :{name}", f"= :{name}_{place}"), {**rest, f"{name}_{place}": value})
            for place, value in enumerate(self.params[name])
        ]


EVERYTHING = Clause("TRUE")
NOTHING = Clause("FALSE")


@lru_cache(maxsize=4096)
def _compiled(
    text: str, dialect: Dialect, list_lengths: tuple[tuple[str, int], ...]
) -> tuple[str, tuple[str, ...]]:
    """The text with positional places, and the names that fill them in order."""
    lengths = dict(list_lengths)
    names: list[str] = []
    places: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        name = match.group(1)
        if dialect == "postgres" and name in places:
            return places[name]
        count = lengths.get(name)
        if count is None:
            names.append(name)
            spelled = "?" if dialect == "sqlite" else f"${len(names)}"
        else:
            first = len(names) + 1
            names.extend(f"{name}[{index}]" for index in range(count))
            marks = ("?" if dialect == "sqlite" else f"${first + index}" for index in range(count))
            # An empty list must stay legal SQL that matches nothing on both engines.
            spelled = f"({', '.join(marks)})" if count else "(NULL)"
        places[name] = spelled
        return spelled

    return _NAMED.sub(place, text), tuple(names)


def spell(text: str, params: Mapping[str, Any], dialect: Dialect) -> tuple[str, list[Any]]:
    """`text` with `:name` places as the engine's own, and the values in their order.

    A list or tuple expands to `(…)`, for use after IN.
    """
    compiled, names = _compiled(text, dialect, ())
    values = []
    for name in names:
        value = params[name]
        kind: Any = type(value)
        if kind is str or kind is int or value is None:
            values.append(value)
        elif kind is list or kind is tuple:
            return _spell_lists(text, params, dialect)
        else:
            values.append(_taken_by(kind, dialect)(value))
    return compiled, values


def positional(text: str, dialect: Dialect) -> str:
    """A text without lists as the engine takes it, for values that stand in the order of their places already."""
    return _compiled(text, dialect, ())[0]


def _spell_lists(text: str, params: Mapping[str, Any], dialect: Dialect) -> tuple[str, list[Any]]:
    lists = tuple((name, len(value)) for name, value in params.items() if type(value) in (list, tuple))
    compiled, names = _compiled(text, dialect, lists)
    flat = dict(params)
    for name, _ in lists:
        flat.update((f"{name}[{index}]", value) for index, value in enumerate(params[name]))
    return compiled, [to_db(flat[name], dialect) for name in names]


def to_db(value: Any, dialect: Dialect) -> Any:
    """A Python value as the engine's driver takes it: ids and dates as text, instants as milliseconds."""
    kind: Any = type(value)
    taken: Any = _taken_by(kind, dialect)(value)
    return taken


@lru_cache(maxsize=256)
def _taken_by(kind: type, dialect: Dialect) -> Callable[[Any], Any]:
    """What turns a value of a type into what the engine's driver takes."""
    if kind is bool:
        return int if dialect == "sqlite" else _as_it_is
    if issubclass(kind, UUID):
        return str
    if issubclass(kind, datetime):
        return milliseconds
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Enum):
        return _value_of_enum
    if issubclass(kind, int) and kind is not int:  # Grams, Fen, Centimu: drivers want the plain number
        return int
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _value_of_enum(value: Enum) -> Any:
    return value.value


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime, without a float on the way."""
    assert moment.tzinfo is not None, "a moment without a zone"
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // _MILLISECOND_MICROSECONDS


@lru_cache(maxsize=512)
def woven(texts: tuple[str, ...]) -> str:
    """Several writes as one statement of PostgreSQL; the names of the n-th begin with `wn_`."""
    parts = [_NAMED.sub(rf":w{place}_\1", text) for place, text in enumerate(texts)]
    before = ", ".join(f"w{place} AS ({part})" for place, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}"


@lru_cache(maxsize=512)
def insert_text(table: str, columns: Sequence[str], suffix: str = "") -> str:
    """INSERT of one row of `columns` with named places."""
    names = ", ".join(columns)
    places = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({places}){suffix}"
