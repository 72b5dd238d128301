"""How much a request may bring. The usual limit is the application's; a route for uploads has its own."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCOPE_KEY = "pepperchain.body_bytes_max"


class BodyLimit:
    """Pure ASGI: 413 as soon as a body is read past the limit in force.

    Starlette's own limit answers in plain English text; this one raises, so that people get a page.
    """

    def __init__(self, app: ASGIApp, bytes_max: int) -> None:
        self.app = app
        self.bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[SCOPE_KEY] = self.bytes_max
        received = 0

        async def receiving() -> Message:
            nonlocal received
            if _declared(scope) > scope[SCOPE_KEY]:
                raise HTTPException(413)
            message = await receive()
            received += len(message.get("body", b""))
            if received > scope[SCOPE_KEY]:
                raise HTTPException(413)
            return message

        await self.app(scope, receiving, send)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else 0
    return 0
