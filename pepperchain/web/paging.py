"""Long lists by keyset: a page knows the last row it showed, and the next page begins after it. Nothing is skipped or
counted to get there, so the thousandth page is as quick as the first.

The cursor is only the values of that row's order columns; it gives nobody more than the list itself would.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pepperchain.core.clock import from_ms, to_ms
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_

LIMIT = 50
LIMIT_MAX = 200
CURSOR_LENGTH_MAX = 600
TEXT_LENGTH_MAX = 200
DAMAGED = N_("The link to this page is damaged. Start from the first page.")
_BIGINT_MAX = 2**63 - 1

T = TypeVar("T")
Key = int | str | UUID | date | datetime | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a list: its rows and the cursor of the next page, None at the end."""

    rows: Sequence[T]
    next: str | None


def cut(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Key]]) -> Slice[T]:
    """A page out of rows that were asked for with `limit + 1`: the extra one only tells that there is more."""
    if len(rows) <= limit:
        return Slice(rows, None)
    return Slice(rows[:limit], encode(key(rows[limit - 1])))


def encode(values: Sequence[Key]) -> str:
    """The cursor of a row with these order values."""
    text = json.dumps([_plain(value) for value in values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The order values of a cursor, each of its kind (int, str, UUID, date, datetime); None for the first page.

    Raises Refused for anything that `encode` did not make.
    """
    if not cursor:
        return None
    try:
        if len(cursor) > CURSOR_LENGTH_MAX:
            raise ValueError("too long")
        text = base64.b64decode(
            cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("another list's cursor")
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, TypeError, RecursionError, OverflowError, binascii.Error):
        raise Refused(DAMAGED, "cursor") from None


def limit_of(text: str | int | None, *, usual: int = LIMIT, most: int = LIMIT_MAX) -> int:
    """How many rows were asked for, within 1 and `most`. Raises Refused for what is not a number."""
    if text is None or text == "":
        return usual
    if not str(text).isascii() or not str(text).isdigit() or len(str(text)) > 9:
        raise Refused(N_("Write a whole number."), "limit")
    return min(max(int(text), 1), most)


def _plain(value: Key) -> int | str | None:
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return int(value) if isinstance(value, int) else value


def _value(value: object, kind: type) -> object:
    if value is None:
        return None
    if kind in (int, datetime):
        if type(value) is not int or abs(value) > _BIGINT_MAX:
            raise ValueError("not a whole number")
        return from_ms(value) if kind is datetime else value
    if not isinstance(value, str) or len(value) > TEXT_LENGTH_MAX or not value.isprintable():
        raise ValueError("not a text")
    if kind is UUID:
        return UUID(value)
    return date.fromisoformat(value) if kind is date else value
