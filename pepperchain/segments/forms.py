"""What the pages of this room take. A segment is drafted in a form whose fields are numbered: `c0_key`, `c0_area`, `c0_area_to`, …"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Limits
from pydantic import StringConstraints

from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Values
from pepperchain.segments.rules import Colour, Condition, Criteria, Group, Match, bounds
from pepperchain.web import fields, filters
from pepperchain.web.fields import Day, EventId, Flag, Mu, RegistryId, Text, Weight, Whole
from pepperchain.web.forms import Form, read
from pepperchain.web.i18n import reader

FILL_IN = N_("Please fill this in.")


class _Number(Form):
    value: RegistryId


class _Code(Form):
    value: Annotated[Text, StringConstraints(max_length=60)]


class _Whole(Form):
    value: Whole


class _Year(Form):
    value: Annotated[Whole, Limits(ge=fields.YEARS.start, lt=fields.YEARS.stop)]


class _Mu(Form):
    value: Mu


class _Weight(Form):
    value: Weight


class _Day(Form):
    value: Day


_FORMS: Mapping[FieldKind, type[Form]] = {
    FieldKind.PICK: _Number,
    FieldKind.CODE: _Code,
    FieldKind.WHOLE: _Whole,
    FieldKind.YEAR: _Year,
    FieldKind.MU: _Mu,
    FieldKind.WEIGHT: _Weight,
    FieldKind.DAY: _Day,
}


def _value(kind: FieldKind, text: str, unit: str, name: str) -> int | str:
    """What was typed as it is kept. Refused at the field."""
    try:
        value: Any = read(_FORMS[kind], {"value": text, "value_unit": unit}).values()["value"]
    except Invalid as invalid:
        raise invalid.errors[0].at(name) from None
    return value.isoformat() if kind is FieldKind.DAY else value if isinstance(value, str) else int(value)


def typed_value(kind: FieldKind, value: int | str | None) -> str:
    """A kept value as the reader would type it."""
    if value is None:
        return ""
    if kind is FieldKind.WEIGHT:
        return filters.typed_weight(Grams(value))
    if kind is FieldKind.MU:
        return f"{Decimal(value).scaleb(-2).normalize():f}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was written into some fields: the texts, the values they make, and what is wrong or lacking."""

    texts: Mapping[str, str]
    values: Values
    wrong: Sequence[Refused]
    lacking: Sequence[Refused]

    def complete(self) -> Values:
        """The values. Invalid: some are wrong or lacking."""
        if self.wrong or self.lacking:
            raise Invalid([*self.wrong, *self.lacking])
        return self.values


def typed(wanted: tuple[Field, ...], data: Mapping[str, Any], prefix: str = "") -> Typed:
    """The fields of a criterion or an action out of a form."""
    texts: dict[str, str] = {}
    values: dict[str, int | str] = {}
    wrong, lacking = [], []
    for each in wanted:
        for name in each.names:
            at = prefix + name
            texts[name] = text = _text(data, at)
            if not text:
                continue
            try:
                values[name] = _value(each.kind, text, _text(data, f"{at}_unit"), at)
            except Refused as refused:
                wrong.append(refused)
        low, high = (values.get(name) for name in (each.names[0], each.names[-1]))
        if not any(texts[name] for name in each.names):
            lacking.append(Refused(FILL_IN, prefix + each.name))
        elif each.is_span and low is not None and high is not None and _is_less(high, low):
            wrong.append(Refused(N_("This must not be less than the first."), f"{prefix}{each.name}_to"))
    return Typed(texts, values, wrong, lacking)


def _is_less(one: int | str, other: int | str) -> bool:
    return one < other if isinstance(one, int) and isinstance(other, int) else str(one) < str(other)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class DraftCondition:
    """A condition as it is being written."""

    criterion: Criterion
    typed: Typed
    negated: bool


@dataclass(frozen=True, slots=True)
class DraftGroup:
    """A group as it is being written; it may be empty."""

    conditions: list[DraftCondition] = field(default_factory=list)
    match: Match = Match.ALL
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment as it is being written."""

    groups: list[DraftGroup]
    match: Match = Match.ALL

    def numbered(self) -> list[tuple[str, DraftCondition]]:
        """Each condition with what its fields begin with."""
        every = [each for group in self.groups for each in group.conditions]
        return [(f"c{place}_", each) for place, each in enumerate(every)]

    @property
    def wrong(self) -> list[Refused]:
        """What was written and cannot be taken."""
        return [refused for _, each in self.numbered() for refused in each.typed.wrong]

    @property
    def is_complete(self) -> bool:
        """Whether every condition can be asked."""
        return not any(each.typed.wrong or each.typed.lacking for _, each in self.numbered())

    def criteria(self) -> Criteria:
        """What it asks. Invalid: something is wrong or lacking; Refused: too much of it."""
        problems = [
            refused for _, each in self.numbered() for refused in (*each.typed.wrong, *each.typed.lacking)
        ]
        if problems:
            raise Invalid(problems)
        groups = tuple(
            Group(
                tuple(
                    Condition(each.criterion.key, each.typed.values, each.negated)
                    for each in group.conditions
                ),
                group.match,
                group.negated,
            )
            for group in self.groups
        )
        return Criteria(groups, self.match).checked()


def draft_from(data: Mapping[str, Any], criteria: Mapping[str, Criterion]) -> Draft:
    """The draft that a form holds, with whatever its pressed button adds or drops. Anything may have been sent."""
    limits = bounds()
    groups = [
        DraftGroup([], _match(data, f"g{place}_match"), _text(data, f"g{place}_not") == "yes")
        for place in range(_number(_text(data, "groups"), 1, limits.groups_max))
    ]
    pressed = _text(data, "do")
    for place in range(limits.conditions_max):
        criterion = criteria.get(_text(data, f"c{place}_key"))
        if criterion is None or pressed == f"drop-{place}":
            continue
        at = _number(_text(data, f"c{place}_group"), 0, len(groups) - 1)
        groups[at].conditions.append(
            DraftCondition(
                criterion, typed(criterion.fields, data, f"c{place}_"), _text(data, f"c{place}_not") == "yes"
            )
        )
    draft = Draft(groups, _match(data, "match"))
    for place, group in enumerate(groups):
        added = criteria.get(_text(data, f"g{place}_new"))
        if added is not None and pressed == f"add-{place}" and len(draft.numbered()) < limits.conditions_max:
            group.conditions.append(DraftCondition(added, typed(added.fields, {}, ""), False))
        if pressed == f"without-{place}" and len(groups) > 1:
            return Draft([*groups[:place], *groups[place + 1 :]], draft.match)
    if pressed == "group" and len(groups) < limits.groups_max:
        groups.append(DraftGroup())
    return draft


def draft_of(kept: Criteria, criteria: Mapping[str, Criterion]) -> Draft:
    """A kept segment as a draft; a condition that no longer exists is left out."""
    groups = [
        DraftGroup(
            [
                DraftCondition(criteria[each.key], _refilled(criteria[each.key], each.values), each.negated)
                for each in group.conditions
                if each.key in criteria
            ],
            group.match,
            group.negated,
        )
        for group in kept.groups
    ]
    return Draft(groups or [DraftGroup()], kept.match)


def _refilled(criterion: Criterion, values: Values) -> Typed:
    data = {
        name: typed_value(each.kind, values.get(name)) for each in criterion.fields for name in each.names
    }
    unit = {f"{name}_unit": reader().unit for name in data}
    return typed(criterion.fields, data | unit)


def _match(data: Mapping[str, Any], name: str) -> Match:
    return Match.ANY if _text(data, name) == Match.ANY.value else Match.ALL


def _number(text: str, low: int, high: int) -> int:
    """A small number that a form of ours carries; the lowest for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        return low
    return min(max(int(text), low), high)


class SegmentParticulars(Form):
    """What a segment is called, and for whom it is."""

    request_id: EventId | None = None
    version: RegistryId | None = None
    name: Annotated[Text, StringConstraints(max_length=60)]
    is_shared: Flag = False


class Beginning(Form):
    """What is to be done with all households of a segment."""

    request_id: EventId
    number: Whole | None = None


class ActionChoice(Form):
    """Which action a form is asked for."""

    action: Text | None = None


class Counting(Form):
    """A segment counted to its end."""

    request_id: EventId


class ListChoice(Form):
    """Where a list goes on."""

    cursor: str | None = None


class Copying(Form):
    """A segment that another begins as."""

    copy_of: RegistryId | None = None


class NewTag(Form):
    """A tag that is made."""

    request_id: EventId
    name: Annotated[Text, StringConstraints(max_length=20)]
    colour: Colour = Colour.NONE


class ChangedTag(Form):
    """A tag as it is now called."""

    version: RegistryId
    name: Annotated[Text, StringConstraints(max_length=20)]
    colour: Colour = Colour.NONE


class TagOn(Form):
    """A tag for a household: one that is there, or a new one."""

    request_id: UUID | None = None
    tag_id: RegistryId | None = None
    name: Annotated[Text, StringConstraints(max_length=20)] | None = None
