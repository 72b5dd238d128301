"""The files themselves: in the data folder under random names, readable by nobody else, never served as they came."""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from pepperchain.settings import settings

_TOKEN_BYTES = 16
_PROGRESS = ".progress"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on disk."""

    token: str
    sha256: str
    size: int


def folder() -> Path:
    """Where uploads lie."""
    return settings().data_dir / "imports"


def path_of(token: str) -> Path:
    """Where the file of that random name lies."""
    assert token.isalnum(), "a name that we did not make"
    return folder() / token


async def keep(chunks: AsyncIterator[bytes]) -> Kept:
    """Writes what comes in to a new file."""
    token = secrets.token_hex(_TOKEN_BYTES)
    file = await asyncio.to_thread(_create, path_of(token))
    digest, size = hashlib.sha256(), 0
    try:
        async for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            await asyncio.to_thread(file.write, chunk)
    except BaseException:
        file.close()
        path_of(token).unlink(missing_ok=True)
        raise
    await asyncio.to_thread(file.close)
    return Kept(token, digest.hexdigest(), size)


def _create(path: Path):  # type: ignore[no-untyped-def]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
    )


async def remove(token: str) -> None:
    """The file is no more; harmless if it is gone already."""
    await asyncio.to_thread(path_of(token).unlink, missing_ok=True)


def tell_progress(batch_id: str, done: int) -> None:
    """Leaves word how far a unit of work has come that nobody else can look into."""
    place = folder() / f"{batch_id}{_PROGRESS}"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.write_text(str(done), encoding="ascii")


def progress_told(batch_id: str) -> int:
    """How far it has come; 0 when nobody says."""
    try:
        text = (folder() / f"{batch_id}{_PROGRESS}").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    return int(text) if text.isdigit() else 0


def forget_progress(batch_id: str) -> None:
    """The work has ended, one way or the other."""
    (folder() / f"{batch_id}{_PROGRESS}").unlink(missing_ok=True)
