"""Pages and fragments from one template: the whole page for people, one of its blocks for htmx.

The server picks the block, never the client. A lone block sees no top-level `import` or `set` of its file, so shared
macros are reached through the global `kit`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.web import filters, flash, i18n
from pepperchain.web.drawing import (
    NO_PROBLEM,
    Drawing,
    choices_now,
    drawing,
    problem_of,
    typed_has,
    typed_of,
    url_with,
)
from pepperchain.web.flash import Flash
from pepperchain.web.i18n import Language
from pepperchain.web.icons import icon
from pepperchain.web.kept import Pieces, Rows
from pepperchain.web.static import static
from pepperchain.web.templates import Templates

VARY = {"Vary": "HX-Request"}
_WHOLE = "<!doctype html>"


def render(
    request: Request,
    name: str,
    context: Mapping[str, Any] | None = None,
    *,
    block: str | None = None,
    also: Sequence[str] = (),
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The page `name`, or for htmx only its `block`, with the blocks in `also` put in their own places.

    A block's name is the id of the element it draws. Boosted and history requests get the whole page.
    """
    template = environment().get_template(name)
    values = _context(request, context or {})
    to_part = is_fragment(request)
    extra = {**VARY, **(headers or {})}
    with drawing(Drawing(request.url.path, request.url.query, values["problem"], values["typed"])):
        if block is not None and to_part:
            elsewhere = "".join(_elsewhere(template, other, values) for other in also)
            return HTMLResponse(_block(template, block, values) + elsewhere, status, extra)
        values["flash"] = flash.found(request)
        text = template.render(values)
    if to_part and text.startswith(_WHOLE):
        # A whole page where a part was awaited takes the place of the whole, never of the part.
        extra |= {"HX-Retarget": "body", "HX-Reswap": "outerHTML"}
    response = HTMLResponse(text, status, extra)
    if flash.COOKIE in request.cookies:
        response.delete_cookie(flash.COOKIE)
    return response


def redirect(request: Request, url: str, *, said: Flash | None = None) -> Response:
    """On to `url` after something was done; `said` is shown there once. htmx is told to go there itself."""
    response: Response
    if is_fragment(request):
        response = Response(status_code=204, headers={**VARY, "HX-Redirect": url})
    else:
        response = RedirectResponse(url, status_code=303, headers=VARY)
    if said is not None:
        flash.leave(response, said, secure=request.url.scheme == "https")
    return response


def is_fragment(request: Request) -> bool:
    """Whether htmx will put the answer into a part of the page; a boosted or history request replaces the whole."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-boosted") != "true"
        and headers.get("hx-history-restore-request") != "true"
        and headers.get("hx-request-type", "partial") != "full"
    )


def piece(request: Request, name: str, context: Mapping[str, Any]) -> Markup:
    """A template drawn by itself at this page's address, for pages that keep it and show it again."""
    values = _context(request, context)
    with drawing(Drawing(request.url.path, request.url.query, values["problem"], values["typed"])):
        return Markup(environment().get_template(name).render(values))  # noqa: S704  (the template has escaped it)


def to_text(name: str, context: Mapping[str, Any]) -> str:
    """A template rendered without a request, for messages and documents, in the current reader's language."""
    return environment().get_template(name).render(context)


def _block(template: Template, block: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[block](template.new_context(values)))


def _elsewhere(template: Template, block: str, values: dict[str, Any]) -> str:
    drawn = _block(template, block, values)
    return f'<hx-partial hx-target="#{block}" hx-swap="outerHTML">{drawn}</hx-partial>'


def _context(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    actor: Actor | None = getattr(request.state, "actor", None)
    reader = i18n.reader()
    return {
        "request": request,
        "actor": actor,
        "may": _Asker(actor),
        "lang": reader.language,
        "reader": reader,
        "now": clock.now(),
        "path": request.url.path,
        "menu": _menu(request, actor),
        "problem": getattr(request.state, "problem", NO_PROBLEM),
        "typed": getattr(request.state, "typed", {}),
        "flash": None,
        **given,
    }


def _menu(request: Request, actor: Actor | None) -> Sequence[Any]:
    provider = getattr(request.app.state, "menu", None) if "app" in request.scope else None
    return tuple(provider(actor, request.url.path)) if provider is not None and actor is not None else ()


@dataclass(frozen=True, slots=True)
class _Asker:
    """`may("harvest:record")` or `may("HARVEST_RECORD")` in templates: the same question a verb asks."""

    actor: Actor | None

    def __call__(self, capability: str) -> bool:
        known = Capability.__members__.get(capability) or Capability(capability)
        return self.actor is not None and self.actor.may(known)


class Kit:
    """Every macro of `templates/kit/*.html` under its own name, and `icon`."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._home: dict[str, str] = {}
        self.icon = icon
        # Before any macro is read: its module keeps the globals of that moment.
        env.globals["kit"] = self
        for name in env.list_templates(filter_func=lambda name: name.startswith("kit/")):
            for macro in env.get_template(name).module.__dict__:
                if not macro.startswith("_"):
                    assert macro not in self._home, f"two macros {macro} in the kit"
                    self._home[macro] = name

    def __getattr__(self, macro: str) -> Callable[..., Markup]:
        if macro.startswith("_") or macro not in self._home:
            raise AttributeError(f"the kit has no {macro}")
        drawn: Callable[..., Markup] = getattr(self._env.get_template(self._home[macro]).module, macro)
        if not self._env.auto_reload:
            self.__dict__[macro] = drawn
        return drawn


def environment() -> Templates:
    """The templates in the language of whoever is reading."""
    return _environment(i18n.reader().language)


@cache
def _environment(language: Language) -> Templates:
    env = Templates(language)
    env.filters.update(filters.FILTERS)
    env.filters["say"] = filters.say
    env.globals.update(
        url_static=lambda name: static().url(name),
        problem_of=problem_of,
        typed_of=typed_of,
        typed_has=typed_has,
        url_with=url_with,
        choices_now=choices_now,
        current_reader=i18n.reader,
        retold=filters.retold,
        rows=Rows(env),
        piece=Pieces(env),
    )
    Kit(env)
    return env
