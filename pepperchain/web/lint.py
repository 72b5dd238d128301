"""House rules for templates: `python -m pepperchain.web.lint`.

What the security policy would block, what escaping cannot protect, and what leaves people out: found before anyone does.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
LINES_MAX = 200
LINES_USUAL = 60  # nine of ten templates stay below

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_UNQUOTED = re.compile(r"<[a-zA-Z][^<>]*?\s[\w:@.-]+=(?![\"'])", re.DOTALL)
_QUOTED = re.compile(r"=\"[^\"]*\"|='[^']*'")
_PLACEHOLDER = "·"
_CALM_SAFE = re.compile(r"\|\s*safe\b|\bMarkup\b|\{%-?\s*autoescape\s+false")
_TRIGGER_FILTER = re.compile(r"\[")
_LABELLED = ("hidden", "submit", "button", "image", "reset")


class _Page(HTMLParser):
    """Reads a template whose Jinja parts have been blanked out, and complains as it goes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[tuple[int, str]] = []
        self.labels: set[str] = set()
        self.inputs: list[tuple[int, str]] = []
        self._label_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        self.wrong += [(line, problem) for problem in _tag_problems(tag, values)]
        if tag == "label":
            self._label_depth += 1
            self.labels.add(values.get("for", ""))
        if tag in ("input", "select", "textarea") and values.get("type") not in _LABELLED:
            named = "aria-label" in values or "aria-labelledby" in values or self._label_depth > 0
            if not named:
                self.inputs.append((line, values.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_depth -= 1


def _tag_problems(tag: str, values: dict[str, str]) -> Iterator[str]:
    if tag == "style" or "style" in values:
        yield "inline style"
    if tag == "script" and "src" not in values:
        yield "inline script"
    if tag == "img" and "alt" not in values:
        yield "an image without alt"
    if tag == "a" and values.get("target") == "_blank":
        yield "a link that opens another window"
    if tag == "button" and "type" not in values:
        yield "a button without a type"
    if tag == "form" and {"hx-post", "hx-put", "hx-patch"} & values.keys():
        yield "hx-post on a form, which breaks with a field called `form`: kit.submit(post=…) puts it on the button"
    for name, value in values.items():
        if name.startswith(("on", "hx-on")):
            yield f"inline handler {name}"
        if name == "hx-trigger" and _TRIGGER_FILTER.search(value):
            yield "hx-trigger with a filter, which would need eval"
        if value.strip().lower().startswith(("javascript:", "js:")):
            yield f"script in {name}"
        if name in ("src", "href", "action") and re.match(r"(https?:)?//", value):
            yield f"{name} leads to another host"


def problems(text: str) -> list[tuple[int, str]]:
    """What is wrong with a template's text, with line numbers."""
    bare = _COMMENT.sub(_blank, text)
    found = [(_line(bare, match.start()), "text that is not escaped") for match in _CALM_SAFE.finditer(bare)]
    # A value may stand inside an attribute and hold quotes of its own: blank it before looking at the HTML.
    html = _TAG.sub(_blank, _VALUE.sub(lambda match: _keep_lines(match, _PLACEHOLDER), bare))
    unquoted = _UNQUOTED.finditer(_QUOTED.sub(lambda match: _keep_lines(match, '=""'), html))
    found += [(_line(html, match.end()), "an attribute without quotes") for match in unquoted]
    page = _Page()
    page.feed(html)
    page.close()
    found += page.wrong
    # Inside a kit macro the label may be drawn by a sibling macro, whose `for` is blanked the same way.
    found += [
        (line, "a field without a label")
        for line, id_ in page.inputs
        if not _is_labelled(id_, page.labels, bare)
    ]
    return sorted(set(found))


def _is_labelled(id_: str, labels: set[str], text: str) -> bool:
    return bool(id_) and (id_ in labels or "_label(" in text)


def _blank(match: re.Match[str]) -> str:
    return _keep_lines(match, "")


def _keep_lines(match: re.Match[str], instead: str) -> str:
    return instead + "\n" * match[0].count("\n")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check(templates: Iterable[Path]) -> list[str]:
    """A sentence for each breach in the given template files."""
    wrong, lengths = [], []
    for path in templates:
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        lengths.append(lines)
        wrong += [f"{path.name}:{line}: {problem}" for line, problem in problems(text)]
        if lines > LINES_MAX:
            wrong.append(f"{path.name}: {lines} lines, more than {LINES_MAX}")
    usual = sorted(lengths)[len(lengths) * 9 // 10 - 1] if len(lengths) > 9 else 0
    if usual > LINES_USUAL:
        wrong.append(f"one template in ten is longer than {usual} lines; {LINES_USUAL} is the measure")
    return wrong


def main() -> int:
    """The command: 0 when every template keeps the rules."""
    wrong = check(sorted(TEMPLATES.rglob("*.html")))
    for sentence in wrong:
        sys.stdout.write(sentence + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
