"""What machines are told when something cannot be done: problem documents as RFC 9457 has them."""

import secrets
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.core.errors import Invalid, Refused, Told
from pepperchain.web.errors import WORDS
from pepperchain.web.filters import say
from pepperchain.web.i18n import gettext

MEDIA_TYPE = "application/problem+json"
CHALLENGE = {"WWW-Authenticate": "Bearer"}

log = structlog.get_logger("pepperchain.api")


async def answer(request: Request, error: Exception) -> Response:
    """The problem document of an error raised under /api/."""
    if isinstance(error, Told):
        return problem(error.status, say(error), errors=_fields(error))
    if isinstance(error, HTTPException):
        reference = error.detail if error.status_code == HTTPStatus.INTERNAL_SERVER_ERROR else None
        return problem(error.status_code, None, headers=dict(error.headers or {}), reference=reference)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, None, reference=secrets.token_hex(4).upper())


def problem(
    status: int,
    detail: str | None,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    reference: str | None = None,
) -> Response:
    """A problem document; `errors` name the fields that could not be taken, `reference` an entry of our log."""
    title, why, _ = WORDS.get(status, WORDS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500])
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(title),
        "status": status,
        "detail": detail or gettext(why),
        "errors": errors or [],
    }
    if reference is not None:
        document["reference"] = reference
    extra = CHALLENGE if status == HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(document, status, headers={**extra, **(headers or {})}, media_type=MEDIA_TYPE)


def _fields(error: Told) -> list[dict[str, str]]:
    refusals = error.errors if isinstance(error, Invalid) else (error,)
    return [
        {"field": refusal.field, "message": say(refusal)}
        for refusal in refusals
        if isinstance(refusal, Refused) and refusal.field is not None
    ]
