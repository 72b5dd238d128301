"""The one place where an error becomes an answer: a calm page for people, an alert for htmx, for machines what `api` says.

`app.state.api_errors` may hold an async `(request, error) -> Response`; it answers for every path under /api/.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from pepperchain.core import logs
from pepperchain.core.errors import Invalid, Told
from pepperchain.core.words import N_
from pepperchain.settings import settings
from pepperchain.web import preferences
from pepperchain.web.filters import say
from pepperchain.web.render import is_fragment, render

ApiErrors = Callable[[Request, Exception], Awaitable[Response]]

API = "/api/"
UNEXPECTED = 500
_METHOD_NOT_ALLOWED = 405

log = structlog.get_logger("pepperchain.web")

# status: what happened, why, what to do
WORDS: Mapping[int, tuple[str, str, str]] = {
    400: (
        N_("This could not be read"),
        N_("The request arrived damaged."),
        N_("Go back, reload the page and try once more."),
    ),
    401: (
        N_("Please sign in"),
        N_("This page is for people who are signed in."),
        N_("Sign in and come back."),
    ),
    403: (
        N_("Not open to you"),
        N_("Your role does not include this."),
        N_("If it should, ask the administrator of your organization."),
    ),
    404: (
        N_("Nothing here"),
        N_("There is nothing here, or it is not yours to see."),
        N_("Check the address, or start from the home page."),
    ),
    405: (
        N_("This page works differently"),
        N_("The address exists but cannot be used in this way."),
        N_("Open it from the menu instead."),
    ),
    409: (
        N_("Something changed meanwhile"),
        N_("Someone was quicker than you."),
        N_("Reload the page to see how things stand now."),
    ),
    413: (
        N_("Too much at once"),
        N_("What was sent is larger than this page accepts."),
        N_("Send a smaller file, or split it."),
    ),
    422: (
        N_("This cannot be done as written"),
        N_("Something on the form does not fit."),
        N_("Go back, correct it and send it again. What you typed is still there."),
    ),
    429: (
        N_("A little too fast"),
        N_("There were too many tries in a short time."),
        N_("Wait a minute and try again."),
    ),
    500: (
        N_("Something went wrong on our side"),
        N_("It was not your doing, and nothing half-done was kept."),
        N_("Try again. If it happens again, tell the administrator the number below."),
    ),
    503: (
        N_("Back in a moment"),
        N_("The system is busy or being looked after."),
        N_("Wait a minute and reload the page. Nothing you saved is lost."),
    ),
}


async def told(request: Request, error: Exception) -> Response:
    """The answer to a Told or an HTTPException. (Starlette calls this; async, or it would use a thread.)"""
    preferences.settle(request)
    if request.url.path.startswith(API) and (api := _api_errors(request)) is not None:
        return await api(request, error)
    status = error.status if isinstance(error, Told) else getattr(error, "status_code", UNEXPECTED)
    headers = dict(getattr(error, "headers", None) or {})
    if status in (204, 304):
        return Response(status_code=status, headers=headers)
    if status == _METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed_methods(request)
    return _answer(request, status, error if isinstance(error, Told) else None, headers)


HANDLERS: dict[Any, ExceptionHandler] = {Told: told, HTTPException: told}
"""For `Starlette(exception_handlers=…)`."""


async def answer(error: Told, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the answer to `error` from a middleware, where no handler reaches."""
    response = await told(Request(scope, receive), error)
    await response(scope, receive, send)


class LastResort:
    """Pure ASGI: an error nobody foresaw becomes a calm page with a reference number, which the log carries too.

    The log gets the kind of error and the places it passed, never its message: messages quote people's data.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except (Told, HTTPException) as error:  # raised by a middleware of ours
            if started:
                raise
            response = await told(Request(scope, receive), error)
        except Exception as error:  # the one place that catches everything
            reference = _recorded(scope, error)
            if started:
                raise
            response = await _unexpected(Request(scope, receive), reference)
        else:
            return
        await response(scope, receive, send)


def _recorded(scope: Scope, error: Exception) -> str:
    reference = secrets.token_hex(4).upper()
    log.error(
        "unexpected error",
        reference=reference,
        kind=f"{type(error).__module__}.{type(error).__qualname__}",
        page=getattr(scope.get("endpoint"), "__qualname__", None),
        method=scope["method"],
        places=logs.places(error),
        # The demo holds invented people only, so its log may quote them.
        message=str(error) if settings().is_demo else None,
    )
    return reference


async def _unexpected(request: Request, reference: str) -> Response:
    error = HTTPException(UNEXPECTED, detail=reference)
    try:
        preferences.settle(request)
        if request.url.path.startswith(API) and (api := _api_errors(request)) is not None:
            return await api(request, error)
        return _answer(request, UNEXPECTED, None, {}, reference=reference)
    except Exception as failure:  # noqa: BLE001  (what failed may be what draws pages)
        log.error("the error page failed", reference=reference, kind=type(failure).__qualname__)
        return HTMLResponse(_PLAIN.replace("REFERENCE", reference), UNEXPECTED)


_PLAIN = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>500</title>'
    "<h1>我们这边出了点问题</h1><p>请稍后再试；若仍如此，请把编号 REFERENCE 告诉管理员。</p>"
    '<p lang="en">Something went wrong on our side. Try again, or tell the administrator the number REFERENCE.</p>'
)


def _answer(
    request: Request,
    status: int,
    error: Told | None,
    headers: Mapping[str, str],
    reference: str | None = None,
) -> HTMLResponse:
    title, why, advice = WORDS.get(status, WORDS[400 if status < UNEXPECTED else UNEXPECTED])
    context = {
        "status": status,
        "title": title,
        "why": say(error) if error is not None else None,
        "why_usual": why,
        "advice": advice,
        "errors": [say(each) for each in error.errors] if isinstance(error, Invalid) else [],
        "reference": reference,
    }
    if is_fragment(request):
        # The page stays as it is; the words go to the place every page keeps for them.
        swap = {"HX-Retarget": "#alerts", "HX-Reswap": "innerHTML"}
        return render(request, "errors/alert.html", context, status=status, headers={**headers, **swap})
    return render(request, "errors/problem.html", context, status=status, headers=headers)


def _api_errors(request: Request) -> ApiErrors | None:
    return getattr(request.app.state, "api_errors", None) if "app" in request.scope else None


def _allowed_methods(request: Request) -> str:
    """Every method some route has for this path; Starlette names those of the first route only."""
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(methods))
