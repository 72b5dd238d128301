"""Templates, made ready for each language when they are compiled, so that drawing a page finds its words, icons and pieces in place.

- words that are constant stand in the reader's language, and `_("%(span)s left", span=…)` becomes text, value, text
- an included piece becomes part of the page that includes it, once for each place
- addresses of static files and silent icons are written out

With `reload` (for people who work on templates) all of that is done at each drawing instead, and a changed file is seen at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from pepperchain.settings import assets, settings
from pepperchain.web import filters, i18n
from pepperchain.web.i18n import Language
from pepperchain.web.icons import icon
from pepperchain.web.static import static

_PLACE = re.compile(r"%\((\w+)\)s|(%%)")
_NOT_A_PIECE: tuple[type[nodes.Node], ...] = (
    nodes.Extends,
    nodes.Block,
    nodes.Import,
    nodes.FromImport,
    nodes.Macro,
)

_SAME_EACH_TIME: Mapping[str, Callable[..., Any]] = {
    "url_static": lambda name: static().url(name),
    "kit.icon": icon,
}
"""Functions that answer the same for as long as the process runs."""


class _Page(Context):
    """Calls what a template calls and looks no further: nothing of ours asks Jinja for its context."""

    def call(self, called: Callable[..., Any], /, *args: Any, **values: Any) -> Any:
        values.pop("_loop_vars", None)
        values.pop("_block_vars", None)
        return called(*args, **values)


def _told(message: str, /, **values: Any) -> Markup:
    """A message that is chosen while drawing; its values are escaped, and so is what is none of our words, such as a code of a query."""
    if message not in i18n.chinese():
        return escape(message)
    told = Markup(i18n.gettext(message))  # noqa: S704  (our own words)
    return told % values if "%" in told else told


def _told_many(one: str, many: str, count: int, /, **values: Any) -> Markup:
    return Markup(i18n.ngettext(one, many, count)) % {"num": count, **values}  # noqa: S704


def _told_in_context(context: str, message: str, /, **values: Any) -> Markup:
    return Markup(i18n.pgettext(context, message)) % values  # noqa: S704


class _Compiler(CodeGenerator):
    """Does not have the digits of our own filters escaped: half the values of a long table are such."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if isinstance(node, nodes.Filter) and node.name in filters.PLAIN:
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Templates(Environment):
    """Escaping always, undefined names are errors; one language."""

    context_class = _Page
    code_generator_class = _Compiler

    def __init__(self, language: Language) -> None:
        reload = settings().section("server")["reload"]
        super().__init__(
            loader=FileSystemLoader(assets() / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
            bytecode_cache=None if reload else _bytecode_cache(language),
            cache_size=1000,
            extensions=["jinja2.ext.loopcontrols"],
        )
        self.language: Language = language
        self.globals.update(_=_told, gettext=_told, ngettext=_told_many, pgettext=_told_in_context)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return tree if self.auto_reload else _Weaver(self).visit(tree)


class _Weaver(NodeTransformer):
    """Replaces in a template's tree what is known before anybody asks for the page."""

    def __init__(self, env: Templates) -> None:
        self._env = env

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802  (Jinja's name for it)
        if not (isinstance(node.template, nodes.Const) and node.with_context) or node.ignore_missing:
            return node
        assert self._env.loader is not None
        name = node.template.value
        source, filename, _ = self._env.loader.get_source(self._env, name)
        piece = self._env._parse(source, name, filename)
        if any(piece.find_all(_NOT_A_PIECE)):
            return node
        return nodes.Scope(piece.body, lineno=node.lineno)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        node.nodes = [part for each in node.nodes for part in self._parts(each)]
        return self.generic_visit(node)

    def _parts(self, node: nodes.Expr) -> Iterator[nodes.Expr]:
        """A message with values as its text and values, one after another; anything else as it is."""
        told = _message(node, self._env.language) if isinstance(node, nodes.Call) else None
        if told is None or not isinstance(node, nodes.Call):
            yield node
            return
        values: dict[str, nodes.Expr] = {pair.key: pair.value for pair in node.kwargs}
        if _called(node) == "ngettext":
            values.setdefault("num", node.args[2])
        end = 0
        for place in _PLACE.finditer(told):
            if place[1] is not None and place[1] not in values:
                raise KeyError(f"a message without its {place[1]}: {told}")
            yield nodes.TemplateData(told[end : place.start()])
            yield values[place[1]] if place[1] is not None else nodes.TemplateData("%")
            end = place.end()
        yield nodes.TemplateData(told[end:])

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if not node.kwargs and node.dyn_args is None and node.dyn_kwargs is None:
            if (told := _message(node, self._env.language)) is not None and _PLACE.search(told) is None:
                return nodes.Const(Markup(told), lineno=node.lineno)  # noqa: S704  (our own words)
            if all(isinstance(each, nodes.Const) for each in node.args):
                draw = _SAME_EACH_TIME.get(_called(node))
                if draw is not None:
                    return nodes.Const(draw(*(each.as_const() for each in node.args)), lineno=node.lineno)
        return node


def _called(node: nodes.Call) -> str:
    """What is called: `_`, `url_static`, `kit.icon`; nothing for anything longer."""
    if isinstance(node.node, nodes.Name):
        return str(node.node.name)
    if isinstance(node.node, nodes.Getattr) and isinstance(node.node.node, nodes.Name):
        return f"{node.node.node.name}.{node.node.attr}"
    return ""


def _message(node: nodes.Call, language: Language) -> str | None:
    """The words of a constant message in a language; None for any other call. English plurals are decided when they are said."""
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return None
    name = _called(node)
    said = [each.value for each in node.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
    if name in ("_", "gettext") and len(node.args) == len(said) == 1:
        return _in(language, said[0])
    if name == "pgettext" and len(node.args) == len(said) == 2:
        with i18n.reading_as(i18n.Reader(language=language)):
            return i18n.pgettext(*said)
    if name == "ngettext" and len(node.args) == 3 and len(said) == 2 and language == "zh":
        return i18n.chinese().get(said[0])
    return None


def _in(language: Language, message: str) -> str:
    with i18n.reading_as(i18n.Reader(language=language)):
        return i18n.gettext(message)


def _bytecode_cache(language: Language) -> FileSystemBytecodeCache | None:
    """Compiled templates between starts; none where the data folder cannot be written.

    A page holds its pieces, words and addresses, so all compiled ones are of no use once any of these has changed.
    """
    folder = settings().data_dir / "templates"
    ours = f"{_digest()}-{language}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"*-{language}-*.cache"):
            if not old.name.startswith(ours):
                old.unlink(missing_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder), f"{ours}-%s.cache")


def _digest() -> str:
    """A few characters that differ whenever anything differs that goes into a compiled template."""
    digest = sha256()
    parts = [*assets().glob("templates/**/*.html"), *i18n.LOCALES.glob("*/*.po"), Path(__file__)]
    for path in sorted(parts):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    for url in static().urls():
        digest.update(url.encode())
    return digest.hexdigest()[:12]
