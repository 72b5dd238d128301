"""One sentence for the next page: what was just done, and how to undo it.

It travels in a signed cookie and is gone once shown. The words are kept as a message id with facts, so that the next
page can say them in whichever language it is read.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pepperchain.settings import settings
from pepperchain.web import filters, i18n

COOKIE = "flash"
SECONDS = 60
LENGTH_MAX = 2000

Kind = Literal["done", "careful"]


@dataclass(frozen=True, slots=True)
class Flash:
    """`message` is a message id; `undo` the local URL a POST to which takes it back."""

    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    undo: str | None = None
    kind: Kind = "done"

    @property
    def text(self) -> str:
        return filters.fill(i18n.gettext(self.message), self.facts)


def leave(response: Response, flash: Flash, *, secure: bool) -> None:
    """Put `flash` where the next page finds it. Facts are spelled now, for this reader."""
    facts = {name: str(filters.spell(value)) for name, value in flash.facts.items()}
    body = json.dumps([flash.message, facts, flash.undo, flash.kind], separators=(",", ":")).encode()
    value = base64.urlsafe_b64encode(_seal(body) + body).decode()
    if len(value) <= LENGTH_MAX:
        response.set_cookie(COOKIE, value, max_age=SECONDS, httponly=True, samesite="lax", secure=secure)


def found(connection: HTTPConnection) -> Flash | None:
    """The sentence left for this page, if it is really ours."""
    value = connection.cookies.get(COOKIE, "")
    if not value or len(value) > LENGTH_MAX:
        return None
    try:
        sealed = base64.urlsafe_b64decode(value.encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    seal, body = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(body)):
        return None
    message, facts, undo, kind = json.loads(body)
    return Flash(message, facts, undo, kind)


_SEAL_BYTES = 16


def _seal(body: bytes) -> bytes:
    return hmac.digest(b"flash:" + settings().secret_key.encode(), body, hashlib.sha256)[:_SEAL_BYTES]
