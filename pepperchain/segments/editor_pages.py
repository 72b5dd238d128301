"""What the editor of a segment shows; the same for a new one and for one that is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Repertoire
from pepperchain.segments.finding_queries import Preview, preview, question
from pepperchain.segments.forms import Draft, DraftCondition, Typed, draft_from
from pepperchain.segments.rules import Criteria, Match, bounds
from pepperchain.segments.telling_queries import Shelf, headings, sentence
from pepperchain.web.drawing import problem_from
from pepperchain.web.filters import say
from pepperchain.web.i18n import gettext

_UNITS = {FieldKind.MU: "mu", FieldKind.WEIGHT: "weight"}


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as a form shows it; of a span, `name_to` and `value_to` are its other end."""

    name: str
    label: str
    kind: str
    value: str
    options: list[tuple[int | str, str]]
    name_to: str = ""
    value_to: str = ""


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition as a form shows it; `group` is the number of its own."""

    place: int
    group: int
    key: str
    label: str
    negated: bool
    fields: list[FieldView]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as a form shows it."""

    place: int
    match: str
    negated: bool
    conditions: list[ConditionView]


def repertoire_of(request: Request) -> Repertoire:
    """What segments can ask and do, as the application was put together."""
    found: Repertoire = request.app.state.repertoire
    return found


def asked_by(request: Request) -> Mapping[str, Criterion]:
    """The criteria that the actor may use, by their keys."""
    return {each.key: each for each in repertoire_of(request).asked_by(request.state.actor)}


async def field_views(
    shelf: Shelf, fields: tuple[Field, ...], typed: Typed | None, prefix: str = ""
) -> list[FieldView]:
    """The fields of a criterion or an action, filled with what was typed."""
    return [await _field(shelf, each, {} if typed is None else typed.texts, prefix) for each in fields]


async def _field(shelf: Shelf, field: Field, texts: Mapping[str, str], prefix: str) -> FieldView:
    options = [] if field.options is None else list(await shelf.of(field.options))
    chosen = texts.get(field.name, "")
    if field.known is not None and chosen and chosen not in {str(value) for value, _ in options}:
        # What a colleague chose stays chosen, though the actor would not be offered it.
        options += [each for each in await shelf.of(field.known) if str(each[0]) == chosen]
    to = field.names[1] if field.is_span else ""
    return FieldView(
        prefix + field.name, gettext(field.label), field.kind.value, chosen, options, to and prefix + to, texts.get(to, "")
    )  # fmt: skip


async def editor(request: Request, draft: Draft) -> dict[str, Any]:
    """The draft as the editor shows it, with how many households it has if that can be said."""
    actor: Actor = request.state.actor
    repertoire = repertoire_of(request)
    shelf = Shelf(actor)
    criteria, found, refused = await _found(actor, repertoire, draft)
    if draft.wrong and not getattr(request.state, "problem", None):
        request.state.problem = problem_from(Invalid(draft.wrong))
    return {
        "groups": await _groups(shelf, draft),
        "match": draft.match.value,
        "matches": [each.value for each in Match],
        "headings": headings(repertoire, actor),
        "conditions": len(draft.numbered()),
        "conditions_max": bounds().conditions_max,
        "groups_max": bounds().groups_max,
        "found": found,
        "refused": refused,
        "cap": bounds().preview_count,
        "is_complete": draft.is_complete,
        "is_everyone": criteria is not None and criteria.is_everyone,
        "words": None if criteria is None else await sentence(repertoire, shelf, criteria),
        "needed": False,  # a draft may be looked at while a part of it is blank
    }


async def _found(
    actor: Actor, repertoire: Repertoire, draft: Draft
) -> tuple[Criteria | None, Preview | None, str | None]:
    if not draft.is_complete:
        return None, None, None
    try:
        criteria = draft.criteria()
        asked = await question(actor, repertoire, criteria, today=clock.local_day(clock.now()))
        return criteria, await preview(asked), None
    except Refused as refused:
        return None, None, say(refused)


async def _groups(shelf: Shelf, draft: Draft) -> list[GroupView]:
    views, place = [], 0
    for at, group in enumerate(draft.groups):
        conditions = []
        for each in group.conditions:
            conditions.append(await _condition(shelf, each, place, at))
            place += 1
        views.append(GroupView(at, group.match.value, group.negated, conditions))
    return views


async def _condition(shelf: Shelf, draft: DraftCondition, place: int, group: int) -> ConditionView:
    criterion = draft.criterion
    fields = await field_views(shelf, criterion.fields, draft.typed, f"c{place}_")
    return ConditionView(place, group, criterion.key, gettext(criterion.label), draft.negated, fields)


def sent_draft(request: Request) -> Draft | None:
    """The draft that the address or a refused form holds; None if it holds none."""
    data: Mapping[str, Any] = getattr(request.state, "typed", None) or request.query_params
    return draft_from(data, asked_by(request)) if "groups" in data else None
