"""Photos: decoded under strict limits and written anew as JPEG, so that nothing of the file that came is ever kept or served.

What a camera hides in a picture (where, when, whose) is gone, and so is whatever else somebody put into the file.
"""

import asyncio
import os
import re
import secrets
import struct
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from starlette.responses import FileResponse

from pepperchain.core import clock
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

FIELD = "photos"
FOLDER = "photos"
PHOTO_BYTES_MAX = 12_000_000
PIXELS_MAX = 40_000_000
SIDE_MAX = 1_600
_TOKEN_BYTES = 16
_TOKEN = re.compile(rf"[0-9a-f]{{{2 * _TOKEN_BYTES}}}")
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_SCRIPTS = (b"<?php", b"<script", b"<!doctype", b"<svg xmlns", b"<html>")
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What the decoders raise for files that are cut short or made up."""

Image.MAX_IMAGE_PIXELS = None  # ours is checked before anything is decoded, and is no mere warning
_decoding: dict[int, asyncio.Semaphore] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo on disk."""

    token: str
    bytes: int
    width: int
    height: int


def path_of(token: str, *, folder: str = FOLDER) -> Path:
    """Where the photo of that random name lies, in one of the folders under the data folder."""
    assert token.isalnum(), "a name that we did not make"
    return settings().data_dir / folder / token


def answer(token: str, *, named: str, folder: str = FOLDER) -> FileResponse:
    """The photo as a file, which a browser shows on our pages and only ever saves when it is opened alone. Missing: it is gone."""
    path = path_of(token, folder=folder)
    if not path.is_file():
        raise Missing()
    return FileResponse(path, media_type="image/jpeg", filename=named, content_disposition_type="attachment")


async def keep(data: bytes, *, folder: str = FOLDER) -> Kept:
    """A new file with the photo, shrunk. Refused, in a sentence, for whatever is no photo."""
    # One at a time: a picture of forty megapixels takes a tenth of a gigabyte while it is looked at.
    loop = id(asyncio.get_running_loop())
    async with _decoding.setdefault(loop, asyncio.Semaphore(1)):
        return await asyncio.to_thread(_keep, data, folder)


async def lying(*, before: datetime, folder: str = FOLDER) -> list[str]:
    """The photos that were written before then, by their random names; a file that is named otherwise is none of ours."""
    return await asyncio.to_thread(_lying, clock.to_ms(before), settings().data_dir / folder)


def _lying(before_ms: int, folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    found = []
    with os.scandir(folder) as files:
        for file in files:
            if not _TOKEN.fullmatch(file.name) or not file.is_file(follow_symlinks=False):
                continue
            with suppress(FileNotFoundError):  # it was discarded this very moment
                if file.stat(follow_symlinks=False).st_mtime_ns // 1_000_000 < before_ms:
                    found.append(file.name)
    return sorted(found)


async def discard(tokens: Iterable[str], *, folder: str = FOLDER) -> None:
    """The files are no more; harmless if they are gone already."""
    for token in tokens:
        await asyncio.to_thread(path_of(token, folder=folder).unlink, missing_ok=True)


def _keep(data: bytes, folder: str) -> Kept:
    image = shrunk(data)
    token = secrets.token_hex(_TOKEN_BYTES)
    path = path_of(token, folder=folder)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        image.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return Kept(token, path.stat().st_size, image.width, image.height)


def shrunk(data: bytes) -> Image.Image:
    """The picture alone, upright, without its metadata, no side longer than the limit."""
    if len(data) > PHOTO_BYTES_MAX:
        raise Refused(N_("A photo has at most %(most)s MB."), FIELD, most=PHOTO_BYTES_MAX // 1_000_000)
    if not data.startswith(_STARTS):
        raise Refused(N_("This is no photo. Choose a JPEG, PNG or WebP picture."), FIELD)
    lower = data.lower()
    if any(script in lower for script in _SCRIPTS):
        raise Refused(N_("There is a program in this picture. Take the photo again."), FIELD)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise Refused(
                    N_("This picture has more than %(most)s megapixels. Choose a smaller one."),
                    FIELD,
                    most=PIXELS_MAX // 1_000_000,
                )
            return _redrawn(image)
    except Refused:
        raise
    except _BROKEN:
        raise Refused(N_("This picture cannot be read. Take it again, or choose another."), FIELD) from None


def _redrawn(image: Image.Image) -> Image.Image:
    """Its pixels on a new white ground: what is transparent turns white, what is no pixel stays behind."""
    if image.format == "JPEG":
        image.draft(
            "RGB", (SIDE_MAX, SIDE_MAX)
        )  # decodes at a half, a quarter or an eighth: all that is needed
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    ground = Image.new("RGB", upright.size, "white")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        ground.paste(clear, mask=clear.getchannel("A"))
    else:
        ground.paste(upright.convert("RGB"))
    return ground
