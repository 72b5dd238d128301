"""The files themselves: in the data folder under random names, readable by nobody else."""

import asyncio
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from pepperchain.settings import settings

_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is whole."""

    token: str
    size: int


def folder() -> Path:
    """Where exports lie."""
    return settings().data_dir / "exports"


def path_of(token: str) -> Path:
    """Where the file of that random name lies."""
    assert token.isalnum(), "a name that we did not make"
    return folder() / token


async def part_of(export_id: str) -> Path:
    """Where to make an export's file; what an attempt before may have left of it goes."""
    return await asyncio.to_thread(_part_of, export_id)


def _part_of(export_id: str) -> Path:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear(export_id)
    path = folder() / f"{export_id}.{secrets.token_hex(4)}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


async def clear(export_id: str) -> None:
    """Removes what was begun of an export's file."""
    await asyncio.to_thread(_clear, export_id)


def _clear(export_id: str) -> None:
    for left in folder().glob(f"{export_id}.*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


async def keep(part: Path) -> Kept:
    """The file that was made, under its own name from now on."""
    token = secrets.token_hex(_TOKEN_BYTES)
    size = await asyncio.to_thread(_keep, part, path_of(token))
    return Kept(token, size)


def _keep(part: Path, path: Path) -> int:
    part.chmod(0o600)
    part.replace(path)
    return path.stat().st_size


async def remove(token: str) -> None:
    """The file is no more; harmless if it is gone already."""
    await asyncio.to_thread(path_of(token).unlink, missing_ok=True)
