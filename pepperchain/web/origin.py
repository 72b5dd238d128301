"""No other site may act in a person's name.

A browser says where a request comes from: `Sec-Fetch-Site`, or at least `Origin` or `Referer`. A request that changes
something must come from our own pages. Requests that carry a bearer token instead of a cookie need no such proof.
"""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain.core.errors import NotYours
from pepperchain.core.words import N_
from pepperchain.web.errors import answer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Origin:
    """Pure ASGI: 403 for a request with effects that another site, or nobody, started."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or _is_ours(scope):
            await self.app(scope, receive, send)
            return
        told = NotYours(
            N_("This request did not come from our own pages. Open the page again and retry there.")
        )
        await answer(told, scope, receive, send)


def _is_ours(scope: Scope) -> bool:
    headers = {
        name: value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"sec-fetch-site", b"origin", b"referer", b"host", b"authorization", b"cookie")
    }
    if _is_machine(scope, headers):
        return True
    fetch_site = headers.get(b"sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    source = headers.get(b"origin") or headers.get(b"referer", "")
    return _same_origin(source, headers.get(b"host", ""), scope["scheme"])


def _is_machine(scope: Scope, headers: dict[bytes, str]) -> bool:
    """A token in the header was put there by a program: no browser adds it to another site's request."""
    if not scope["path"].startswith("/api/") or b"cookie" in headers:
        return False
    return headers.get(b"authorization", "").lower().startswith("bearer ")


def _same_origin(source: str, host: str, scheme: str) -> bool:
    try:
        parts = urlsplit(source)
    except ValueError:
        return False
    # A proxy may speak http to us while the browser spoke https: the host decides, a downgrade never counts.
    return bool(host) and parts.netloc.lower() == host.lower() and parts.scheme in ("https", scheme)
