"""Forms turn text into domain values: after `read` there are no loose strings, only grams, days, ids and enums.

One form serves a phone's POST, a row of a sheet and an API body alike. Whatever the form does not name is ignored.
"""

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import ImmutableMultiDict, QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.core.words import N_
from pepperchain.web.drawing import problem_from
from pepperchain.web.fields import TOLD, WeightInUnit

Page = Callable[[Request], Awaitable[Response]]

TEXT_LENGTH_MAX = 4_000
_LINE_BREAKS = frozenset("\t\n\r")


class Form(BaseModel):
    """What one act needs, as values. Frozen; subclasses name their fields with types from `web.fields`."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    def values(self) -> dict[str, Any]:
        """The fields as they are, to be handed to a verb."""
        return dict(self.__dict__)


F = TypeVar("F", bound=Form)


def read(form: type[F], data: Mapping[str, Any]) -> F:
    """The form that `data` fills (a submitted form, a query, a sheet's row, a JSON object).

    Raises Invalid with every field that could not be taken. Blank is the same as not sent.
    """
    sent: dict[str, Any] = {}
    damaged: list[Refused] = []
    for field in _fields(form):
        name = field.name
        raw = data.get(name)
        if raw is None and not field.is_many:
            continue
        if type(raw) in _VALUES:
            # Sheets and JSON bring values, not text: nothing about them is to be cleaned.
            sent[name] = raw
            continue
        try:
            value = _sent(field, data)
        except Refused as refused:
            damaged.append(refused.at(name))
            continue
        if value is not None:
            sent[name] = value
    try:
        filled = form.model_validate(sent)
    except ValidationError as error:
        known = {refused.field for refused in damaged}
        found = [_refusal(each) for each in error.errors(include_url=False, include_input=False)]
        raise Invalid(damaged + [refused for refused in found if refused.field not in known]) from None
    if damaged:
        raise Invalid(damaged)
    return filled


def read_query(form: type[F], query: str) -> F:
    """The form that an address's choices fill, as `read` would read them from the request."""
    return read(form, QueryParams(query))


def choices_of(form: type[Form], query: str) -> str:
    """Those of an address's choices that the form knows, but for the place in the list."""
    known = form.model_fields.keys() - {"cursor"}
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in known])


_VALUES = frozenset({int, bool, Grams, Fen, Centimu, UUID, datetime, date, Decimal})


def refusals_to(page: Page) -> Callable[[Page], Page]:
    """A Refused or Conflict of the decorated act draws `page` again, with `problem` and `typed` in its context.

    `page` is the GET page that holds the form; it answers 422 (409 for a Conflict) with what was typed still there.
    """

    def decorated(act: Page) -> Page:
        @wraps(act)
        async def acted(request: Request) -> Response:
            try:
                return await act(request)
            except (Refused, Conflict) as refused:
                request.state.problem = problem_from(refused)
                request.state.typed = await request.form()
                response = await page(request)
                response.status_code = refused.status
                return response

        return acted

    return decorated


@dataclass(frozen=True, slots=True)
class _Field:
    """What reading needs to know of a field; found out once for each form."""

    name: str
    is_many: bool
    has_unit: bool


@cache
def _fields(form: type[Form]) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            name,
            get_origin(field.annotation) in (list, tuple, set, frozenset),
            _is_marked(WeightInUnit, field.metadata, field.annotation),
        )
        for name, field in form.model_fields.items()
    )


def _sent(field: _Field, data: Mapping[str, Any]) -> Any:
    """The value sent for a field, cleaned; None when there is none. Of a repeated name the last counts, as in browsers."""
    name = field.name
    if field.is_many:
        many = data.getlist(name) if isinstance(data, ImmutableMultiDict) else data.get(name)
        if not isinstance(many, (list, tuple)):
            many = [] if many is None else [many]
        kept = [value for value in map(_clean, many) if value is not None]
        return kept or None
    value = _clean(data.get(name))
    if field.has_unit and isinstance(value, str):
        return f"{value} {data.get(f'{name}_unit', '')}"
    return value


def _is_marked(mark: type, metadata: Iterable[object], annotation: object) -> bool:
    """Whether a field's type carries a mark, also inside `… | None`."""
    if any(isinstance(each, mark) for each in metadata):
        return True
    return any(_is_marked(mark, getattr(part, "__metadata__", ()), part) for part in get_args(annotation))


def _clean(value: Any) -> Any:
    """Text that can be kept and compared, or None for blank. Raises Refused for what no keyboard types."""
    if not isinstance(value, str):
        return None if isinstance(value, UploadFile) and not value.filename else value
    text = value.strip()
    if not text:
        return None
    if len(text) > TEXT_LENGTH_MAX:
        raise Refused(N_("Too long: at most %(limit)s characters."), limit=TEXT_LENGTH_MAX)
    if not text.isprintable() and any(_is_unkeepable(character) for character in text):
        raise Refused(N_("This contains characters that cannot be kept. Type it again by hand."))
    return unicodedata.normalize("NFC", text)


def _is_unkeepable(character: str) -> bool:
    """Control characters and halves of surrogate pairs: PostgreSQL refuses NUL, UTF-8 refuses the halves."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in _LINE_BREAKS


# pydantic's kinds of error, in our words; `limit` is filled from whichever limit the kind carries.
_WORDS: Mapping[str, str] = {
    "missing": N_("Please fill this in."),
    "string_too_long": N_("Too long: at most %(limit)s characters."),
    "string_too_short": N_("Too short: at least %(limit)s characters."),
    "int_parsing": N_("Write a whole number."),
    "int_type": N_("Write a whole number."),
    "int_from_float": N_("Write a whole number."),
    "int_parsing_size": N_("This number is too large."),
    "greater_than": N_("This must be more than %(limit)s."),
    "greater_than_equal": N_("This must be at least %(limit)s."),
    "less_than": N_("This must be less than %(limit)s."),
    "less_than_equal": N_("This must be at most %(limit)s."),
    "enum": N_("Choose one of the list."),
    "literal_error": N_("Choose one of the list."),
    "too_long": N_("Choose at most %(limit)s."),
    "too_short": N_("Choose at least %(limit)s."),
    "uuid_parsing": N_("This form is damaged. Open it again."),
    "uuid_type": N_("This form is damaged. Open it again."),
    "uuid_version": N_("This form is damaged. Open it again."),
}
_OTHERWISE = N_("This is not written as expected.")
_LIMITS = ("max_length", "min_length", "gt", "ge", "lt", "le")


def _refusal(error: ErrorDetails) -> Refused:
    # An item of a list has no place of its own on the form: its error stands beside the list.
    steps = error["loc"][:-1] if error["loc"] and isinstance(error["loc"][-1], int) else error["loc"]
    field = ".".join(str(step) for step in steps) or None
    context = dict(error.get("ctx", {}))
    if error["type"] == TOLD:
        return Refused(context.pop("msgid"), field, **context)
    message = _WORDS.get(error["type"], _OTHERWISE)
    if "%(limit)s" not in message:
        return Refused(message, field)
    return Refused(message, field, limit=next(context[name] for name in _LIMITS if name in context))
