"""A small application around the room `web` alone: no database, one actor at will, a few templates of its own."""

from collections.abc import Mapping
from typing import Any, get_args

import httpx2
from jinja2 import ChoiceLoader, DictLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.settings import settings
from pepperchain.web.errors import HANDLERS
from pepperchain.web.i18n import Language, Reader, reading_as
from pepperchain.web.render import environment
from pepperchain.web.stack import middleware

ADDRESS = "http://testserver"
OURS = {"Sec-Fetch-Site": "same-origin"}
HTMX = {**OURS, "HX-Request": "true", "HX-Request-Type": "partial"}

LIST = """{% extends "layout/page.html" %}
{% block title %}Slips{% endblock %}
{% block content %}{% block results %}<ul id="results"><li>{{ slip }}</li></ul>{% endblock %}
{% block total %}<p id="total">{{ 50200|weight }}</p>{% endblock %}{% endblock %}"""
FORM = """{% extends "layout/page.html" %}
{% block title %}Weigh in{% endblock %}
{% block content %}{% block form %}<form id="form" method="post">{{ kit.problem(problem) }}{{ kit.weight_field("gross", "Gross") }}
{{ kit.field("note", "Note", required=false) }}{{ kit.choice("grade", "Grade", [("a", "A"), ("b", "B")], "a") }}
{{ kit.tick("keep", "Keep", checked=true) }}{{ kit.submit("Save") }}</form>{% endblock %}{% endblock %}"""


class Signed:
    """Puts the actor whose role the header `X-Role` names into the request, as a session would."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (role := Request(scope).headers.get("x-role")):
            scope.setdefault("state", {})["actor"] = Actor(7, Role(role), "Zhou")
        await self.app(scope, receive, send)


def application(routes: list[BaseRoute], templates: Mapping[str, str] | None = None) -> Starlette:
    """An application of these routes with the product's whole middleware."""
    ours = DictLoader({"t/list.html": LIST, "t/form.html": FORM, **(templates or {})})
    for language in get_args(Language):
        with reading_as(Reader(language=language)):
            environment().loader = ChoiceLoader([ours, _files()])
    return Starlette(
        routes=routes, middleware=middleware(settings(), Middleware(Signed)), exception_handlers=HANDLERS
    )


_kept: list[Any] = []


def _files() -> Any:
    if not _kept:
        _kept.append(environment().loader)
    return _kept[0]


def client(app: ASGIApp, **headers: str) -> httpx2.AsyncClient:
    """A client of `app` that follows no redirect; an error of the app is an answer, not an exception."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)
