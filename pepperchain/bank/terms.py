"""Terms from plain data (a form, JSON, a table of the configuration) and back again."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pepperchain.bank.terms_rules import Terms, published, wrongs
from pepperchain.core.errors import Invalid, Refused
from pepperchain.settings import section

_TERMS = TypeAdapter(Terms)


def read(said: Mapping[str, Any]) -> Terms:
    """Terms out of plain data. Invalid, term by term: what is missing, misspelt, out of range, or contradicts itself."""
    unknown = [
        Refused("There is no such term.", name) for name in said if name not in Terms.__dataclass_fields__
    ]
    if unknown:
        raise Invalid(unknown)
    try:
        terms = _TERMS.validate_python(dict(said))
    except ValidationError as invalid:
        raise Invalid(
            [Refused("This is no value for this term.", str(each["loc"][0])) for each in invalid.errors()]
        ) from None
    if found := wrongs(terms):
        raise Invalid([Refused(message, name) for name, message in found])
    return terms


def plain(terms: Terms) -> dict[str, Any]:
    """Terms as JSON keeps them."""
    return {name: value for name, value in asdict(terms).items() if value is not None}


@cache
def default() -> Terms:
    """The terms of the published Jiangjin scheme, by which a settlement is previewed unless a scheme is named."""
    return read(published()[section("bank")["default_scheme"]]["terms"])
