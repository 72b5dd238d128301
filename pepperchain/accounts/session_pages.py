"""The door: whose cookie or token a request carries, signing in and signing out."""

from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain.accounts import sessions, signing_in, tokens, user_queries
from pepperchain.accounts.forms import SignIn
from pepperchain.core import clock
from pepperchain.settings import settings
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import LOGIN, PUBLIC, local_path, route

COOKIE = "session"
COOKIE_OVER_HTTPS = "__Host-session"
PASSWORD_PAGE = "/me/password"  # noqa: S105  (a path)
_OPEN_WITH_ONE_TIME = (PASSWORD_PAGE, LOGIN, "/logout")
_NOBODY_ASKS = ("/static/", "/healthz", "/readyz", "/metrics")


class WhoIsIt:
    """Pure ASGI: puts the actor of the request's session or token into its state; one indexed read, none without a secret.

    While a password is a one-time one, its owner is led to the page where they choose their own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_NOBODY_ASKS):
            must_change_password = await _recognise(scope)
            if must_change_password and scope["path"] not in _OPEN_WITH_ONE_TIME:
                await redirect(Request(scope), PASSWORD_PAGE)(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _recognise(scope: Scope) -> bool:
    """Fills in the state; whether a one-time password must be changed first."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if scope["path"].startswith("/api/"):
        token = _bearer(scope)
        state["actor"] = await tokens.actor_of(token, now=clock.now()) if token else None
        return False
    secret = _cookie(scope)
    session = await sessions.find(secret, now=clock.now()) if secret else None
    state["actor"] = session.actor if session else None
    state["session_id"] = session.id if session else None
    state["session_secret"] = secret if session else None
    state["must_change_password"] = session is not None and session.must_change_password
    return bool(state["must_change_password"])


def cookie_name(scheme: str) -> str:
    """Over https a name that browsers let no other host or path set."""
    return COOKIE_OVER_HTTPS if scheme == "https" else COOKIE


def _cookie(scope: Scope) -> str | None:
    wanted = cookie_name(scope["scheme"])
    for name, value in scope["headers"]:
        if name == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, secret = pair.partition("=")
                if key.strip() == wanted:
                    return str(secret.strip())
    return None


def _bearer(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return str(token.strip()) if kind.lower() == "bearer" else None
    return None


def keep(response: Response, connection: HTTPConnection, secret: str) -> Response:
    """Leaves a session's secret with the browser."""
    scheme = connection.url.scheme
    hours = settings().section("accounts")["session_hours_max"]
    response.set_cookie(
        cookie_name(scheme),
        secret,
        max_age=hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=scheme == "https",
    )
    return response


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from. A proxy's word counts only if `trusted_proxies` names it; then the server has put it here."""
    return connection.client.host if connection.client else ""


async def show(request: Request) -> Response:
    """The sign-in page. In the demo a tap on one of its people fills the form in."""
    demo = settings().section("accounts") if settings().is_demo else None
    people = await user_queries.users_with_phones(demo["demo_phones"]) if demo else []
    picked = next((person for person in people if person.phone == request.query_params.get("phone")), None)
    context = {
        "next": local_path(request.query_params.get("next")),
        "people": people,
        "picked": picked,
        "demo_password": demo["demo_password"] if demo else "",
    }
    return render(request, "accounts/login.html", context)


@refusals_to(show)
async def enter(request: Request) -> Response:
    form = read(SignIn, await request.form())
    secret = await signing_in.sign_in(
        phone=form.phone,
        password=form.password,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        now=clock.now(),
    )
    await _leave(request)
    return keep(redirect(request, local_path(form.next)), request, secret)


async def leave(request: Request) -> Response:
    await _leave(request)
    response = redirect(request, LOGIN)
    response.delete_cookie(
        cookie_name(request.url.scheme), path="/", secure=request.url.scheme == "https", httponly=True
    )
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def _leave(request: Request) -> None:
    """Ends the session that the browser came with."""
    if request.state.actor is not None:
        await sessions.end(request.state.actor, token=request.state.session_secret, now=clock.now())


routes = [
    route("/login", show, may=PUBLIC, name="login"),
    route("/login", enter, methods=["POST"], may=PUBLIC),
    route("/logout", leave, methods=["POST"], may=PUBLIC),
]
