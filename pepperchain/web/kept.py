"""Rows of long lists and standing pieces of pages, drawn once and shown again for as long as nothing of them changes.

Their templates are given some values and nothing else: no actor, no request. So what they draw depends on those values and on the
reader alone (a piece `here` on the page's address too), and these are the key under which it is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from pepperchain.core import clock
from pepperchain.web import i18n
from pepperchain.web.drawing import now_drawn
from pepperchain.web.templates import Templates

ROWS_KEPT_MAX = 8_000
"""About a kilobyte each."""

PIECES_KEPT_MAX = 2_000
"""A few kilobytes each."""

_QUERY_LENGTH_MAX = 300
_NOT_GIVEN = ("url_with", "choices_now", "typed_of", "typed_has", "problem_of")


class Rows:
    """`rows("market/_offer_row.html", "offer", offers, words=words)`: each of `offers`, a frozen dataclass, drawn as `offer`.

    Values that all rows share are hashable, and time among them is coarse: a row is drawn again when they change.
    """

    def __init__(self, env: Templates) -> None:
        self._env = env
        self._shelves: dict[tuple[Any, ...], dict[Any, str]] = {}
        self._count = 0

    def __call__(self, template: str, name: str, items: Sequence[Any], **shared: Any) -> Markup:
        if not items:
            return Markup()
        reader = i18n.reader()
        shelf = self._shelf((template, reader, clock.today(), *shared.values()))
        kind: Any = type(items[0])
        key_of = _key_of(kind)
        keys = [key_of(item) for item in items]
        drawn = [shelf.get(key) for key in keys]
        if None in drawn:
            draw = self._drawing(template, name, {"lang": reader.language, "reader": reader, **shared})
            for place, text in enumerate(drawn):
                if text is None:
                    drawn[place] = self._keep(shelf, keys[place], draw(items[place]))
        return Markup("".join(drawn))  # type: ignore[arg-type]  # noqa: S704  (templates have escaped it)

    def _shelf(self, key: tuple[Any, ...]) -> dict[Any, str]:
        """Rows that share everything but their items."""
        shelf = self._shelves.pop(key, None)
        # Put back at the end: what nobody asks for any more, such as the rows of a minute ago, comes to stand first.
        self._shelves[key] = shelf = {} if shelf is None else shelf
        return shelf

    def _keep(self, shelf: dict[Any, str], key: Any, text: str) -> str:
        while self._count >= ROWS_KEPT_MAX:
            oldest = next(iter(self._shelves))
            self._count -= len(self._shelves[oldest])
            self._shelves[oldest].clear()
            if self._shelves[oldest] is not shelf:
                del self._shelves[oldest]
        self._count += key not in shelf
        shelf[key] = text
        return text

    def _drawing(self, template: str, name: str, values: dict[str, Any]) -> Callable[[Any], str]:
        row = self._env.get_template(template)
        context = row.new_context({**dict.fromkeys(_NOT_GIVEN), **values})

        def draw(item: Any) -> str:
            context.vars[name] = item
            return "".join(row.root_render_func(context))

        return draw


class Pieces:
    """`piece("layout/_menu.html", menu=menu)` draws a piece of a page; `piece.here(…)` one that leads on from the page's address.

    The values are hashable. A form that is drawn again with what was wrong is drawn anew.
    """

    def __init__(self, env: Templates) -> None:
        self._env = env
        self._kept: dict[tuple[Any, ...], Markup] = {}

    def __call__(self, template: str, /, **values: Any) -> Markup:
        return self._piece(template, (), {**dict.fromkeys(_NOT_GIVEN), **values}, values)

    def here(self, template: str, /, **values: Any) -> Markup:
        page = now_drawn()
        if page.problem or page.typed or len(page.query) > _QUERY_LENGTH_MAX:
            return self._draw(template, values)
        return self._piece(template, (page.path, page.lasting), values, values)

    def _piece(
        self, template: str, place: tuple[str, ...], given: dict[str, Any], values: dict[str, Any]
    ) -> Markup:
        key = (template, i18n.reader(), clock.today(), *place, *values.values())
        drawn = self._kept.pop(key, None)
        if drawn is None:
            drawn = self._draw(template, given)
            if len(self._kept) >= PIECES_KEPT_MAX:
                del self._kept[next(iter(self._kept))]
        self._kept[key] = drawn  # at the end: what nobody asks for any more comes to stand first
        return drawn

    def _draw(self, template: str, values: dict[str, Any]) -> Markup:
        reader = i18n.reader()
        given = {"lang": reader.language, "reader": reader, **values}
        return Markup(self._env.get_template(template).render(given))  # noqa: S704  (the template has escaped it)


@cache
def _key_of(kind: type) -> Callable[[Any], Any]:
    return attrgetter(*(field.name for field in fields(kind)))
