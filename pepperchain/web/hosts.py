"""Which host names this server answers to. Anything else is someone pointing their name at us."""

import re
from collections.abc import Iterable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain.core.words import N_
from pepperchain.web.i18n import gettext

NOT_SERVED = N_("This host name is not served here.")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:@/\\?#\s]*)(:[0-9]{0,5})?", re.ASCII)


def host_of(header: str) -> str:
    """The host of a Host header without its port, in lower case; IPv6 keeps its brackets. Empty for what is no host and port:
    addresses are made of this header, and `known:80@elsewhere` would lead elsewhere."""
    match = _HOST.fullmatch(header.strip().lower())
    return match["name"] if match else ""


class Hosts:
    """Pure ASGI: 400 unless the Host header is on the list. An entry `.example.org` allows every host below it."""

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self.app = app
        self.exact = frozenset(host.lower() for host in allowed if not host.startswith("."))
        self.below = tuple(host.lower() for host in allowed if host.startswith("."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._knows(scope):
            await self.app(scope, receive, send)
            return
        # Who reads this is not known here: both languages.
        response = PlainTextResponse(f"{gettext(NOT_SERVED)}\n{NOT_SERVED}\n", status_code=400)
        await response(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        host = host_of(hosts[0].decode("latin-1"))
        return host in self.exact or host.endswith(self.below)
