"""Words: English message ids become the reader's language.

Every room's Chinese is `pepperchain/locale/zh_CN/<room>.po`; all of them are read once, merged, and looked up in a dict.
Who is reading (language, unit, type size) is a context variable, set for each request and for each message sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

from pepperchain.core.words import N_

__all__ = ["N_", "_", "gettext", "ngettext", "npgettext", "pgettext", "reader", "reading_as"]

Language = Literal["zh", "en"]
Unit = Literal["kg", "jin"]

LOCALES = Path(__file__).parents[1] / "locale"
_CONTEXT = "\x04"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom words and numbers are spelled."""

    language: Language = "zh"
    unit: Unit = "kg"
    large_type: bool = False


_reader: ContextVar[Reader] = ContextVar("reader", default=Reader())  # noqa: B039  (frozen)


def reader() -> Reader:
    """Who is reading now; Chinese and kilograms unless they chose otherwise."""
    return _reader.get()


def read_by(someone: Reader) -> None:
    """Spell for `someone` for the rest of this request (the request's own middleware puts it back)."""
    _reader.set(someone)


@contextmanager
def reading_as(someone: Reader) -> Iterator[None]:
    """Spell for `someone` within the block: for requests, and for jobs that write to people."""
    token = _reader.set(someone)
    try:
        yield
    finally:
        _reader.reset(token)


@cache
def chinese() -> dict[str, str]:
    """Every message id (with its context before an EOT, as gettext does) and its Chinese."""
    words: dict[str, str] = {}
    for path in sorted(LOCALES.glob("zh_CN/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                if not message.id or message.fuzzy:
                    continue
                msgid, text = _first(message.id), _first(message.string)
                if text:
                    words[f"{message.context}{_CONTEXT}{msgid}" if message.context else msgid] = text
    return words


def _first(form: str | list[str] | tuple[str, ...] | None) -> str:
    """The singular of a message id, the one form of a Chinese text."""
    return form if isinstance(form, str) else form[0] if form else ""


def gettext(message: str) -> str:
    """`message` in the reader's language; itself when there is no translation."""
    return message if _reader.get().language == "en" else chinese().get(message, message)


_ = gettext


def ngettext(one: str, many: str, count: int) -> str:
    """The words for `count` things; Chinese has one form for all."""
    english = one if count == 1 else many
    return english if _reader.get().language == "en" else chinese().get(one, english)


def pgettext(context: str, message: str) -> str:
    """`message` where one English word needs two in Chinese; `context` tells them apart."""
    return message if _reader.get().language == "en" else chinese().get(context + _CONTEXT + message, message)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """Both at once."""
    english = one if count == 1 else many
    return english if _reader.get().language == "en" else chinese().get(context + _CONTEXT + one, english)
