"""Our own style, script, icons and the vendored htmx, served from memory under names that change with the content.

A hashed name may be kept by browsers for ever; each file is compressed once, as small as it gets.
"""

import gzip
import mimetypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

import brotli
import zstandard
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pepperchain.settings import assets, settings

URL = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
LOOK_AGAIN_NS = 1_000_000_000
_HASH_LENGTH = 8
_COMPRESSIBLE = (".css", ".js", ".svg", ".txt", ".json", ".webmanifest")
# In the order we prefer them: brotli at its best beats zstd for these sizes.
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: bytes(brotli.compress(data, quality=11)),
    "zstd": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class File:
    """One file in memory: as it is, and compressed in every way a browser may ask for."""

    name: str
    hashed: str
    content_type: str
    body: bytes = field(repr=False)
    encoded: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, name: str, body: bytes) -> "File":
        stem, dot, suffix = name.rpartition(".")
        digest = sha256(body).hexdigest()[:_HASH_LENGTH]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        encoded = {}
        if name.endswith(_COMPRESSIBLE):
            encoded = {coding: encode(body) for coding, encode in _ENCODERS.items()}
        return cls(
            name=name,
            hashed=f"{stem}.{digest}{dot}{suffix}",
            content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            body=body,
            encoded={coding: small for coding, small in encoded.items() if len(small) < len(body)},
        )


class Static:
    """ASGI: the files below a folder, read at start. With `watch`, a changed file is read again (development)."""

    def __init__(self, folder: Path, *, watch: bool = False) -> None:
        self.folder = folder
        self.watch = watch
        self._files: dict[str, File] = {}
        self._hashed: dict[str, File] = {}
        self._changed: dict[str, int] = {}
        self._looked_ns = 0
        self._look()

    def url(self, name: str) -> str:
        """The hashed URL of a file. KeyError when there is none: a template names a file that was not committed."""
        if self.watch and time.monotonic_ns() - self._looked_ns > LOOK_AGAIN_NS:
            self._look()
        return URL + self._files[name].hashed

    def urls(self) -> Sequence[str]:
        """The hashed URL of every file."""
        return [URL + file.hashed for file in self._files.values()]

    def _look(self) -> None:
        self._looked_ns = time.monotonic_ns()
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and path.stat().st_mtime_ns != self._changed.get(name):
                self._read(name)

    def _read(self, name: str) -> None:
        path = self.folder / name
        file = File.of(name, path.read_bytes())
        self._changed[name] = path.stat().st_mtime_ns
        self._files[name] = self._hashed[file.hashed] = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        name = scope["path_params"]["name"]
        file = self._hashed.get(name) or self._files.get(name)
        if file is None:
            raise HTTPException(404)
        response = _answer(file, Headers(scope=scope), for_ever=name in self._hashed)
        await response(scope, receive, send)


def _answer(file: File, headers: Headers, *, for_ever: bool) -> Response:
    etag = f'"{file.hashed}"'
    kept = {"cache-control": FOR_EVER if for_ever else ASK_AGAIN, "etag": etag}
    if headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=kept)
    coding = _coding(file, headers.get("accept-encoding", ""))
    if coding:
        kept |= {"content-encoding": coding, "vary": "Accept-Encoding"}
    return Response(file.encoded[coding] if coding else file.body, headers=kept, media_type=file.content_type)


def _coding(file: File, accepted: str) -> str | None:
    wanted = {
        coding.strip()
        for coding, _, quality in (part.partition(";") for part in accepted.lower().split(","))
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    return next((coding for coding in file.encoded if coding in wanted), None)


@cache
def static() -> Static:
    """The product's files, read once for the process."""
    return Static(assets() / "static", watch=settings().section("server")["reload"])
