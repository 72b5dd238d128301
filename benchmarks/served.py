"""The process that is measured from outside: the product, and beside it the same server's constant page and bare application.

    python -m benchmarks.served <port> <core>

Paths under /bench/ never reach the product: /bench/constant answers bytes that were put there before, by one plain Starlette
route without middleware, session or template; /bench/bare/… is the product's probe without, /bench/dressed/… with all of the
product's middleware; /bench/usage says what the process has used, and how long its loop was ever kept from its work.
"""

import asyncio
import os
import resource
import sys
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pepperchain import app as product
from pepperchain.accounts.session_pages import WhoIsIt
from pepperchain.settings import settings
from pepperchain.web.meter import Meter, Tally
from pepperchain.web.stack import middleware

BEAT_SECONDS = 0.005
_PAGE_BYTES = resource.getpagesize()

_constant = b""
_worst_stall = 0.0


async def constant(_request: Request) -> Response:
    """The page to compare with."""
    return Response(_constant, media_type="text/html; charset=utf-8")


async def keep(request: Request) -> Response:
    """Takes the bytes of the constant page."""
    global _constant
    _constant = await request.body()
    return PlainTextResponse(str(len(_constant)))


async def usage(request: Request) -> Response:
    """Processor time in nanoseconds and memory in bytes, also of processes that were started and have ended, and the longest
    stall since somebody asked with ?again=1."""
    global _worst_stall
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = {
        "cpu_ns": time.process_time_ns(),
        "rss": _resident(),
        "stall_ms": _worst_stall * 1000,
        "child_cpu_ns": int((ended.ru_utime + ended.ru_stime) * 1e9),
        "child_rss": ended.ru_maxrss * 1024,
    }
    if "again" in request.query_params:
        _worst_stall = 0.0
    return JSONResponse(answer)


def _resident() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * _PAGE_BYTES
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def tiny(_request: Request) -> Response:
    """As little as an application can do."""
    return PlainTextResponse("ok")


class Beside:
    """Sends /bench/ to the applications it is for, all else to the product."""

    def __init__(self) -> None:
        self.product = product.create_app()
        plain = [
            Route("/bench/constant", constant),
            Route("/bench/constant", keep, methods=["PUT"]),
            Route("/bench/usage", usage),
            Route("/bench/bare", tiny),
        ]
        self.plain = Starlette(routes=plain)
        meter = Middleware(Meter, tally=Tally(), logs=settings().section("server")["request_log"])
        self.dressed = Starlette(
            routes=[Route("/bench/dressed", tiny)],
            middleware=[meter, *middleware(settings(), Middleware(WhoIsIt))],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            beating = asyncio.create_task(_beat())
            await self.product(scope, receive, send)
            beating.cancel()
            return
        await self._for(scope["path"])(scope, receive, send)

    def _for(self, path: str) -> ASGIApp:
        if not path.startswith("/bench/"):
            return self.product
        return self.dressed if path == "/bench/dressed" else self.plain


async def _beat() -> None:
    """Wakes every few milliseconds; what it comes too late by is how long the loop was stalled."""
    global _worst_stall
    while True:
        before = time.perf_counter()
        await asyncio.sleep(BEAT_SECONDS)
        _worst_stall = max(_worst_stall, time.perf_counter() - before - BEAT_SECONDS)


def main(port: int, core: int) -> None:
    """Serves until it is stopped."""
    if core >= 0 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    uvicorn.run(Beside(), host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="on")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
