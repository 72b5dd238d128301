"""The words of the product, checked: `python -m pepperchain.web.catalogue check`.

Every message of the code and the templates has exactly one complete Chinese entry in some room's `.po`, with the same
places; no entry is left that nobody says. `… missing ROOM` prints what a room's `.po` still lacks.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parent
LOCALES = PACKAGE / "locale" / "zh_CN"

METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract"), ("**.typ", "ignore")]
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Refused": None,
    "Missing": None,
    "Conflict": None,
    "NotYours": None,
    "Invalid": None,
    "Flash": None,
}
FRAME = ("layout", "kit", "errors")  # templates that belong to the room `web`
_PLACE = re.compile(r"%\((\w+)\)s")

Key = tuple[str | None, str]  # context and message id (of a plural, its singular)


@dataclass(frozen=True, slots=True)
class Said:
    """A message and the first place that says it."""

    forms: tuple[str, ...]
    room: str
    where: str


def said() -> dict[Key, Said]:
    """Every message of the product."""
    found: dict[Key, Said] = {}
    options = {
        "**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.loopcontrols", "newstyle_gettext": "true"}
    }
    for folder in (PACKAGE, ROOT / "templates"):
        for name, line, message, _comments, context in extract_from_dir(folder, METHODS, options, KEYWORDS):
            forms = (message,) if isinstance(message, str) else tuple(form for form in message if form)
            if forms and forms[0]:
                first = Path(name).parts[0]
                room = "web" if first in FRAME else first
                found.setdefault((context, forms[0]), Said(forms, room, f"{folder.name}/{name}:{line}"))
    return found


def translated() -> Iterator[tuple[str, Message]]:
    """Every entry of every `.po`, with the file's name."""
    for path in sorted(LOCALES.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                if message.id:
                    yield path.name, message


def complaints() -> list[str]:
    """What is wrong, a sentence each; empty when all is well."""
    wanted, wrong = said(), []
    home: dict[Key, str] = {}
    for file, message in translated():
        key = _key(message)
        if key in home:
            wrong.append(f"{file}: {key[1]!r} is already in {home[key]}")
        home[key] = file
        if key not in wanted:
            wrong.append(f"{file}: nobody says {key[1]!r}")
        else:
            wrong.extend(f"{file}: {key[1]!r} {problem}" for problem in _problems(message, wanted[key].forms))
    wrong.extend(
        f"{said.where}: {key[1]!r} has no Chinese" for key, said in wanted.items() if key not in home
    )
    return wrong


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _problems(message: Message, forms: tuple[str, ...]) -> Iterator[str]:
    if message.fuzzy:
        yield "is fuzzy"
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not texts or not all(texts):
        yield "is empty"
        return
    given = {place for form in forms for place in _PLACE.findall(form)}
    for text in texts:
        if set(_PLACE.findall(text)) - given:
            yield f"has places its English lacks: {text!r}"
        if given - set(_PLACE.findall(text)):
            yield f"lacks places of its English: {text!r}"


def missing(room: str | None = None) -> str:
    """Blank `.po` entries for what a room (or anyone) says without Chinese."""
    home = {_key(message) for _, message in translated()}
    entries = []
    for (context, msgid), said_ in said().items():
        if (context, msgid) in home or (room is not None and said_.room != room):
            continue
        lines = [f"#: {said_.where}"]
        lines += [f"msgctxt {_quoted(context)}"] if context else []
        lines += [f"msgid {_quoted(msgid)}"]
        lines += (
            [f"msgid_plural {_quoted(said_.forms[1])}", 'msgstr[0] ""']
            if len(said_.forms) > 1
            else ['msgstr ""']
        )
        entries.append("\n".join(lines))
    return "\n\n".join(entries)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    """The command: 0 when every message has its Chinese."""
    if arguments[:1] == ["missing"]:
        sys.stdout.write(missing(arguments[1] if len(arguments) > 1 else None) + "\n")
        return 0
    wrong = complaints()
    for sentence in wrong:
        sys.stdout.write(sentence + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
