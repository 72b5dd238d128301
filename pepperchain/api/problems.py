"""What machines are told when something cannot be done: problem documents as RFC 9457 has them."""

import secrets
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.core.errors import Invalid, Refused, Told
from pepperchain.core.words import N_
from pepperchain.storage.space import NoSpace
from pepperchain.web.errors import WORDS
from pepperchain.web.filters import say
from pepperchain.web.i18n import gettext

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = 500
CHALLENGE = {"WWW-Authenticate": "Bearer"}

# What a page would say of these is of no use to a program: what happened, and what to send instead.
OWN_WORDS = {
    400: (N_("This could not be read"), N_("The body must be one JSON object.")),
    401: (N_("A token is needed"), N_("Send a token that is still valid, as `Authorization: Bearer …`.")),
    415: (N_("This could not be read"), N_("Send JSON, and say so: `Content-Type: application/json`.")),
}

log = structlog.get_logger("pepperchain.api")


async def answer(request: Request, error: Exception) -> Response:
    """The problem document of an error raised under /api/."""
    if isinstance(error, NoSpace):
        # A program that asked for too much is told what it may ask for, in a member of its own.
        return problem(HTTPStatus.CONFLICT, say(error), errors=_fields(error), free_grams=error.facts["free"])
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
    free_grams: int | None = None,
) -> Response:
    """A problem document; `errors` name the fields that could not be taken, `reference` an entry of our log."""
    title, why = _words(status)
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(title),
        "status": status,
        "detail": detail or gettext(why),
        "errors": errors or [],
    }
    if reference is not None:
        document["reference"] = reference
    if free_grams is not None:
        document["free_grams"] = free_grams
    extra = CHALLENGE if status == HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(document, status, headers={**extra, **(headers or {})}, media_type=MEDIA_TYPE)


def _words(status: int) -> tuple[str, str]:
    return OWN_WORDS.get(status) or WORDS.get(status, WORDS[500 if status >= UNEXPECTED else 400])[:2]


def _fields(error: Told) -> list[dict[str, str]]:
    refusals = error.errors if isinstance(error, Invalid) else (error,)
    return [
        {"field": refusal.field, "message": say(refusal)}
        for refusal in refusals
        if isinstance(refusal, Refused) and refusal.field is not None
    ]
