"""Reading requests: a JSON object or a query string, into the same kind of form that pages use."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.web.forms import Form, read

F = TypeVar("F", bound=Form)

_EVERYWHERE = ("lang", "unit", "type")
NUMBER_DIGITS_MAX = 60
BAD_REQUEST, UNSUPPORTED = 400, 415


async def body(request: Request, form: type[F]) -> F:
    """The form that a JSON object fills. 400 for what is no JSON, 415 for another media type, Invalid by field."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(UNSUPPORTED)
    try:
        sent = json.loads(await request.body(), parse_float=_exact, parse_int=_whole, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise HTTPException(BAD_REQUEST) from None
    if not isinstance(sent, dict):
        raise HTTPException(BAD_REQUEST)
    ours = {called: name for name, called in names_of(form).items()}
    with fields_called(names_of(form)):
        return read(form, {ours.get(str(name), str(name)): value for name, value in sent.items()})


def query(request: Request, form: type[F]) -> F:
    """The form that the query string fills. A parameter that no form knows is refused: a misspelt filter would find too much."""
    ours = {called: name for name, called in names_of(form).items()}
    unknown = [name for name in request.query_params if name not in ours and name not in _EVERYWHERE]
    if unknown:
        raise Refused(N_("There is no such parameter here."), unknown[0][:60])
    with fields_called(names_of(form)):
        return read(form, {ours[name]: value for name, value in request.query_params.items() if name in ours})


def names_of(form: type[Form]) -> dict[str, str]:
    """What each field of a form is called from outside: some of those names are no names in Python."""
    called: Mapping[str, str] = getattr(form, "called", {})
    return {name: called.get(name, name) for name in form.model_fields}


@contextmanager
def fields_called(names: Mapping[str, str]) -> Iterator[None]:
    """Inside, a verb's refusals name the fields as the request does: `{"gross": "gross_grams"}`."""
    try:
        yield
    except Invalid as invalid:
        raise Invalid(
            error.at(names.get(error.field or "", error.field or "")) for error in invalid.errors
        ) from invalid
    except Refused as refused:
        if refused.field is None or refused.field not in names:
            raise
        raise refused.at(names[refused.field]) from refused


def _whole(text: str) -> int:
    if len(text) > NUMBER_DIGITS_MAX:
        raise ValueError(text[:NUMBER_DIGITS_MAX])
    return int(text)


def _exact(text: str) -> Decimal:
    if len(text) > NUMBER_DIGITS_MAX:
        raise ValueError(text[:NUMBER_DIGITS_MAX])
    return Decimal(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)
