"""Routes that say who may use them. No route without `may=`: that is how a permission is never forgotten."""

from collections.abc import Awaitable, Callable, Iterable
from enum import Enum
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Missing, NotYours
from pepperchain.web import limits, preferences
from pepperchain.web.render import VARY, is_fragment

Page = Callable[[Request], Awaitable[Response]]

LOGIN = "/login"
_BIGINT_MAX = 2**63 - 1
_NEXT_LENGTH_MAX = 1000


class Door(Enum):
    """Who may use a route, where no capability is asked."""

    PUBLIC = "everyone"
    SIGNED_IN = "everyone who is signed in"


PUBLIC = Door.PUBLIC
SIGNED_IN = Door.SIGNED_IN


class GuardedRoute(Route):
    """A route that knows who may use it (`may`), for the test that walks all of them."""

    may: Capability | Door

    def __init__(self, path: str, endpoint: Page, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self._start = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # There are a hundred routes, and most begin differently: no need to hold each one's pattern against the path.
        if not scope["path"].startswith(self._start):
            return Match.NONE, {}
        try:
            return super().matches(scope)
        except ValueError:  # a number of thousands of digits in the path
            return Match.NONE, {}


def route(
    path: str,
    endpoint: Page,
    *,
    may: Capability | Door,
    methods: Iterable[str] = ("GET",),
    name: str | None = None,
    body_bytes_max: int | None = None,
) -> GuardedRoute:
    """A page at `path` for those who `may`; `body_bytes_max` lets an upload bring more than the usual megabyte.

    Anonymous people are sent to sign in and come back; without the capability the answer is 403.
    """
    guarded = GuardedRoute(
        path, _guarded(endpoint, may, body_bytes_max), methods=list(methods), name=name or endpoint.__name__
    )
    guarded.may = may
    return guarded


def _guarded(endpoint: Page, may: Capability | Door, body_bytes_max: int | None) -> Page:
    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        preferences.settle(request)
        if may is not PUBLIC:
            actor: Actor | None = getattr(request.state, "actor", None)
            if actor is None:
                return to_sign_in(request)
            if isinstance(may, Capability) and not actor.may(may):
                raise NotYours()
        if any(isinstance(value, int) and value > _BIGINT_MAX for value in request.path_params.values()):
            raise Missing()
        if body_bytes_max is not None:
            request.scope[limits.SCOPE_KEY] = body_bytes_max
        return await endpoint(request)

    return guarded


def to_sign_in(request: Request) -> Response:
    """What an anonymous request gets: the sign-in page and the way back; 401 for machines."""
    if request.url.path.startswith("/api/"):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    url = f"{LOGIN}?{urlencode({'next': _wanted(request)})}"
    if is_fragment(request):
        return Response(status_code=204, headers={**VARY, "HX-Redirect": url})
    return RedirectResponse(url, status_code=303, headers=VARY)


def _wanted(request: Request) -> str:
    """The page to come back to: this one, or the one that holds the form or fragment."""
    if request.method in ("GET", "HEAD") and not is_fragment(request):
        return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    came_from = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    return local_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))


def local_path(text: str | None) -> str:
    """`text` if it is a path on this site that is safe to be sent to, else the home page."""
    if (
        not text
        or len(text) > _NEXT_LENGTH_MAX
        or not text.startswith("/")
        or text.startswith(("//", "/\\", LOGIN))
    ):
        return "/"
    if "\\" in text or not text.isprintable() or " " in text:
        return "/"
    return text
