"""Endpoints that describe themselves: a route for the server and an entry of the OpenAPI document from one declaration."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.access.capabilities import Capability
from pepperchain.web.forms import Form
from pepperchain.web.routing import GuardedRoute, route

BASE = "/api/v1"
CREATED, OK = 201, 200

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path below /api/v1, what it reads and what it answers."""

    path: str
    handler: Handler
    may: Capability
    summary: str
    answers: Mapping[str, Any]
    method: str = "GET"
    query: type[Form] | None = None
    body: type[Form] | None = None
    path_params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def route(self) -> GuardedRoute:
        return route(
            BASE + self.path,
            self.handler,
            may=self.may,
            methods=[self.method],
            name=f"api {self.method} {self.path}",
        )


def created(item: Mapping[str, Any], *, repeated: bool) -> Response:
    """201 for the first time an id is sent, 200 with the same body for every other."""
    return JSONResponse(item, OK if repeated else CREATED)


def page(items: list[dict[str, Any]], next_cursor: str | None) -> Response:
    """A page of a list; `next_cursor` is null on the last."""
    return JSONResponse({"items": items, "next_cursor": next_cursor})
