"""How much the server does: a line of log for each request, and numbers for Prometheus at /metrics.

Neither names anybody: the log has the pattern of the address (`/growers/{household_id}`), not the address itself.
"""

import time
from collections import Counter
from collections.abc import Iterable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
_UNKNOWN = "–"

log = structlog.get_logger("pepperchain.request")


class Meter:
    """Pure ASGI, outermost: counts and times what everything inside of it answers."""

    def __init__(self, app: ASGIApp, tally: "Tally", *, logs: bool) -> None:
        self.app = app
        self.tally = tally
        self.logs = logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter_ns()
        self.tally.running += 1
        try:
            await self.app(scope, receive, sending)
        finally:
            spent_us = (time.perf_counter_ns() - started) // 1000
            self.tally.running -= 1
            self.tally.add(scope["method"], status, spent_us)
            if self.logs:
                page = getattr(scope.get("route"), "path", _UNKNOWN)
                actor = scope.get("state", {}).get("actor")
                log.info(
                    "request",
                    method=scope["method"],
                    page=page,
                    status=status,
                    ms=spent_us // 1000,
                    user=actor.user_id if actor else None,
                )


class Tally:
    """What this process has answered since it started."""

    def __init__(self) -> None:
        self.running = 0
        self.answers: Counter[tuple[str, str]] = Counter()
        self.within: Counter[int] = Counter()
        self.spent_us = 0

    def add(self, method: str, status: int, spent_us: int) -> None:
        self.answers[method if method.isalpha() else _UNKNOWN, f"{status // 100}xx"] += 1
        self.spent_us += spent_us
        for limit in BUCKETS_MS:
            if spent_us <= limit * 1000:
                self.within[limit] += 1
                break

    def lines(self) -> Iterable[str]:
        """In Prometheus's text format; durations are whole milliseconds."""
        yield "# TYPE pepperchain_requests_total counter"
        for (method, status), count in sorted(self.answers.items()):
            yield f'pepperchain_requests_total{{method="{method}",status="{status}"}} {count}'
        yield "# TYPE pepperchain_requests_running gauge"
        yield f"pepperchain_requests_running {self.running}"
        yield "# TYPE pepperchain_request_milliseconds histogram"
        reached = 0
        for limit in BUCKETS_MS:
            reached += self.within[limit]
            yield f'pepperchain_request_milliseconds_bucket{{le="{limit}"}} {reached}'
        total = self.answers.total()
        yield f'pepperchain_request_milliseconds_bucket{{le="+Inf"}} {total}'
        yield f"pepperchain_request_milliseconds_sum {self.spent_us // 1000}"
        yield f"pepperchain_request_milliseconds_count {total}"
