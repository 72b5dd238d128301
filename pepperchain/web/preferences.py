"""What each reader chooses: language, unit and type size.

`?lang=en|zh`, `?unit=kg|jin` and `?type=large|normal` on any page choose and are remembered in a cookie for a year.
Then comes what the account says, then Chinese and kilograms; the browser's languages are not asked, since shared
phones at weighing points speak for nobody.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pepperchain.access.actor import Actor
from pepperchain.web import i18n
from pepperchain.web.i18n import Reader

CHOICES = {"lang": ("zh", "en"), "unit": ("kg", "jin"), "type": ("normal", "large")}
_FORGETFUL = (
    "/api/"  # programs choose with each request; one that carries a cookie would have to prove its origin too
)
COOKIE = "prefer"
COOKIE_SECONDS = 365 * 24 * 3600
_DOTTED = ".".join  # zh.kg.large: no characters that a cookie must quote


class Preferences:
    """Pure ASGI: sets the reader of the request, and the cookie when something was chosen."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kept = _from_cookie(scope)
        chosen = _from_query(scope["query_string"])
        choices = {**kept, **chosen}
        scope.setdefault("state", {})["chosen"] = choices
        with i18n.reading_as(_reader(choices, Reader())):
            if not chosen or choices == kept or scope["path"].startswith(_FORGETFUL):
                await self.app(scope, receive, send)
            else:
                await self.app(scope, receive, _remembering(send, choices, secure=scope["scheme"] == "https"))


def settle(connection: HTTPConnection) -> None:
    """Fill in from the signed-in account what this reader has not chosen themselves."""
    actor: Actor | None = getattr(connection.state, "actor", None)
    if actor is None:
        return
    account = Reader(language=actor.language, unit=actor.unit, large_type=actor.large_type)
    i18n.read_by(_reader(getattr(connection.state, "chosen", {}), account))


def _reader(choices: Mapping[str, str], base: Reader) -> Reader:
    if not choices:
        return base
    changes: dict[str, Any] = {}
    if "lang" in choices:
        changes["language"] = choices["lang"]
    if "unit" in choices:
        changes["unit"] = choices["unit"]
    if "type" in choices:
        changes["large_type"] = choices["type"] == "large"
    return replace(base, **changes)


def _allowed(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in pairs if value in CHOICES.get(name, ())}


def _from_query(query: bytes) -> dict[str, str]:
    # Nearly every request chooses nothing: look before parsing.
    if b"lang=" not in query and b"unit=" not in query and b"type=" not in query:
        return {}
    return _allowed(parse_qsl(query.decode("latin-1"), max_num_fields=200) if query.count(b"&") < 200 else [])


def _from_cookie(scope: Scope) -> dict[str, str]:
    for name, value in scope["headers"]:
        if name == b"cookie" and b"prefer=" in value:
            words = cookie_parser(value.decode("latin-1")).get(COOKIE, "").split(".")
            return {name: word for word in words[:3] for name, values in CHOICES.items() if word in values}
    return {}


def _remembering(send: Send, choices: Mapping[str, str], *, secure: bool) -> Send:
    cookie = f"{COOKIE}={_DOTTED(choices.values())}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Lax; HttpOnly"
    if secure:
        cookie += "; Secure"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return sending
