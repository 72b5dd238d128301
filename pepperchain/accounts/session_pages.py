"""The door: whose cookie or token a request carries, signing in and signing out."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain.accounts import sessions, signing_in, tokens, user_queries
from pepperchain.accounts.forms import CodeSignIn, SecondStep, SignIn
from pepperchain.accounts.signing_in import Opened
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.settings import settings
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import LOGIN, PUBLIC, local_path, route

COOKIE = "session"
COOKIE_OVER_HTTPS = "__Host-session"
HALF_COOKIE = "half-session"
HALF_COOKIE_OVER_HTTPS = "__Host-half-session"
SECOND_STEP = "/login/second-step"
PASSWORD_PAGE = "/me/password"  # noqa: S105  (a path)
STEP_PAGE = "/me/second-step"
_ALWAYS_OPEN = (LOGIN, "/logout")
_NOBODY_ASKS = ("/static/", "/healthz", "/readyz", "/metrics")


class WhoIsIt:
    """Pure ASGI: puts the actor of the request's session or token into its state; one indexed read, none without a secret.

    While a password is a one-time one, its owner is led to the page where they choose their own; while a second step must be set up
    first, to that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_NOBODY_ASKS):
            first = await _recognise(scope)
            if first is not None and not scope["path"].startswith((first, *_ALWAYS_OPEN)):
                await redirect(Request(scope), first)(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _recognise(scope: Scope) -> str | None:
    """Fills in the state; the page that must be seen to before any other."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if scope["path"].startswith("/api/"):
        token = _bearer(scope)
        state["actor"] = await tokens.actor_of(token, now=clock.now()) if token else None
        return None
    secret = _cookie(scope, cookie_name(scope["scheme"]))
    session = await sessions.find(secret, now=clock.now()) if secret else None
    state["actor"] = session.actor if session else None
    state["session_id"] = session.id if session else None
    state["session_secret"] = secret if session else None
    state["must_change_password"] = session is not None and session.must_change_password
    if session is None:
        return None
    return PASSWORD_PAGE if session.must_change_password else STEP_PAGE if session.must_enrol else None


def half_name(scheme: str) -> str:
    """The same for a browser whose second step is awaited; a name of its own, so that it is never taken for a session."""
    return HALF_COOKIE_OVER_HTTPS if scheme == "https" else HALF_COOKIE


def cookie_name(scheme: str) -> str:
    """Over https a name that browsers let no other host or path set."""
    return COOKIE_OVER_HTTPS if scheme == "https" else COOKIE


def _cookie(scope: Scope, wanted: str) -> str | None:
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
    seconds = settings().section("accounts")["session_hours_max"] * 3600
    return _left(response, cookie_name(scheme), secret, seconds=seconds, scheme=scheme)


def _left(response: Response, name: str, secret: str, *, seconds: int, scheme: str) -> Response:
    response.set_cookie(
        name, secret, max_age=seconds, path="/", httponly=True, samesite="lax", secure=scheme == "https"
    )
    return response


async def arrive(request: Request, opened: Opened, wanted: str | None) -> Response:
    """On to what was wanted, signed in as nobody else any more; or to the second step first."""
    await _leave(request)
    scheme = request.url.scheme
    if opened.is_half:
        url = f"{SECOND_STEP}?{urlencode({'next': local_path(wanted)})}"
        seconds = settings().section("accounts")["second_step_minutes"] * 60
        name = half_name(scheme)
        return _left(redirect(request, url), name, opened.secret, seconds=seconds, scheme=scheme)
    response = keep(redirect(request, local_path(wanted)), request, opened.secret)
    if half_name(scheme) in request.cookies:
        response.delete_cookie(half_name(scheme), path="/", secure=scheme == "https", httponly=True)
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
    opened = await signing_in.sign_in(
        phone=form.phone,
        password=form.password,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        now=clock.now(),
    )
    return await arrive(request, opened, form.next)


async def show_code(request: Request) -> Response:
    minutes = settings().section("accounts")["sign_in_code_minutes"]
    context = {"next": local_path(request.query_params.get("next")), "minutes": minutes}
    return render(request, "accounts/login_code.html", context)


@refusals_to(show_code)
async def enter_by_code(request: Request) -> Response:
    form = read(CodeSignIn, await request.form())
    opened = await signing_in.sign_in_by_code(
        phone=form.phone,
        code=form.code,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        now=clock.now(),
    )
    return await arrive(request, opened, form.next)


async def show_second_step(request: Request) -> Response:
    if half_name(request.url.scheme) not in request.cookies:
        return redirect(request, LOGIN)
    context = {"next": local_path(request.query_params.get("next"))}
    return render(request, "accounts/login_step.html", context)


@refusals_to(show_second_step)
async def enter_second_step(request: Request) -> Response:
    form = read(SecondStep, await request.form())
    try:
        opened = await signing_in.finish(
            half=request.cookies.get(half_name(request.url.scheme), ""),
            code=form.code,
            address=address_of(request),
            agent=request.headers.get("user-agent", ""),
            now=clock.now(),
        )
    except Missing:
        return redirect(request, LOGIN, said=Flash(signing_in.TOO_LATE, kind="careful"))
    return await arrive(request, opened, form.next)


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
    route("/login/code", show_code, may=PUBLIC),
    route("/login/code", enter_by_code, methods=["POST"], may=PUBLIC),
    route("/login/second-step", show_second_step, may=PUBLIC),
    route("/login/second-step", enter_second_step, methods=["POST"], may=PUBLIC),
    route("/logout", leave, methods=["POST"], may=PUBLIC),
]
