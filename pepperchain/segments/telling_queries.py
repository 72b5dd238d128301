"""A segment's conditions in the reader's words; the names of what they mention are looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Options, Repertoire, Values
from pepperchain.segments.rules import Condition, Criteria, Group, Match
from pepperchain.web.filters import area, day, weight
from pepperchain.web.i18n import gettext

_GONE = N_("(no longer there)")
_AND, _OR = N_("%(one)s and %(other)s"), N_("%(one)s or %(other)s")
_FROM, _TO, _BOTH = N_("at least %(low)s"), N_("at most %(high)s"), N_("%(low)s to %(high)s")
_SINCE, _UNTIL, _BETWEEN = N_("since %(low)s"), N_("until %(high)s"), N_("between %(low)s and %(high)s")


class Shelf:
    """The names of one reader's choices, each list looked up once."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._kept: dict[Options, list[tuple[int | str, str]]] = {}

    async def of(self, options: Options) -> list[tuple[int | str, str]]:
        """A list of choices."""
        if options not in self._kept:
            self._kept[options] = await options(self._actor)
        return self._kept[options]


@dataclass(frozen=True, slots=True)
class Told:
    """A group in words: its conditions, and whether it is all or any of them, or the contrary."""

    conditions: Sequence[str]
    match: Match
    negated: bool

    @property
    def sentence(self) -> str:
        """All of it as one phrase."""
        text = _chained(self.conditions, self.match)
        if not self.negated:
            return text
        return gettext(N_("not: %(what)s")) % {"what": text}


async def told(repertoire: Repertoire, shelf: Shelf, criteria: Criteria) -> list[Told]:
    """Each group in words."""
    return [await _group(repertoire, shelf, group) for group in criteria.groups]


async def sentence(repertoire: Repertoire, shelf: Shelf, criteria: Criteria) -> str:
    """A whole segment as one phrase."""
    groups = await told(repertoire, shelf, criteria)
    if not groups:
        return gettext(N_("every household that you see"))
    if len(groups) == 1:
        return groups[0].sentence
    return _chained(
        [
            gettext(N_("(%(what)s)")) % {"what": group.sentence}
            if len(group.conditions) > 1
            else group.sentence
            for group in groups
        ],
        criteria.match,
    )


def _chained(parts: Sequence[str], match: Match) -> str:
    text = parts[0]
    for part in parts[1:]:
        text = gettext(_AND if match is Match.ALL else _OR) % {"one": text, "other": part}
    return text


async def _group(repertoire: Repertoire, shelf: Shelf, group: Group) -> Told:
    words = [await condition_in_words(repertoire, shelf, each) for each in group.conditions]
    return Told(words, group.match, group.negated)


async def condition_in_words(repertoire: Repertoire, shelf: Shelf, condition: Condition) -> str:
    """One condition; what is gone is said to be gone."""
    criterion = repertoire.criteria.get(condition.key)
    if criterion is None:
        return f"{condition.key} {gettext(_GONE)}"
    words = gettext(criterion.words_not if condition.negated else criterion.words)
    return words % await _facts(shelf, criterion.fields, condition.values)


async def action_in_words(words: str, fields: tuple[Field, ...], shelf: Shelf, values: Values) -> str:
    """What an action does, with what was chosen for it."""
    return gettext(words) % await _facts(shelf, fields, values)


async def _facts(shelf: Shelf, fields: tuple[Field, ...], values: Values) -> Mapping[str, Any]:
    return {field.name: await _fact(shelf, field, values) for field in fields}


async def _fact(shelf: Shelf, field: Field, values: Values) -> str:
    if field.options is not None and field.kind.is_chosen:
        names = dict(await shelf.of(field.known or field.options))
        return str(names.get(values.get(field.name, ""), gettext(_GONE)))
    if not field.is_span:
        return _spelled(field.kind, values.get(field.name))
    low, high = (values.get(name) for name in field.names)
    is_time = field.kind in (FieldKind.DAY, FieldKind.YEAR)
    one, other, both = (_SINCE, _UNTIL, _BETWEEN) if is_time else (_FROM, _TO, _BOTH)
    words = both if low is not None and high is not None else one if low is not None else other
    return gettext(words) % {"low": _spelled(field.kind, low), "high": _spelled(field.kind, high)}


def _spelled(kind: FieldKind, value: int | str | None) -> str:
    if value is None:
        return gettext(_GONE)
    if isinstance(value, int):
        return (
            weight(value) if kind is FieldKind.WEIGHT else area(value) if kind is FieldKind.MU else str(value)
        )
    return day(value, year=True) if kind is FieldKind.DAY else value


@dataclass(frozen=True, slots=True)
class Heading:
    """Criteria that belong together, to choose from."""

    words: str
    criteria: Sequence[Criterion]


def headings(repertoire: Repertoire, actor: Actor) -> list[Heading]:
    """What the actor may ask, under the headings of the rooms."""
    by_heading: dict[str, list[Criterion]] = {}
    for criterion in repertoire.asked_by(actor):
        by_heading.setdefault(criterion.about, []).append(criterion)
    return [Heading(gettext(about), criteria) for about, criteria in by_heading.items()]
