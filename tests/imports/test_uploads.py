"""Uploads: kept under names nobody can guess, readable by nobody else, gone when they are removed."""

import stat
from collections.abc import AsyncIterator

import pytest

from pepperchain.imports import uploads


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_file_is_kept_as_it_came_and_for_us_alone() -> None:
    kept = await uploads.keep(pieces(b"one", b"two"))
    path = uploads.path_of(kept.token)
    assert (path.read_bytes(), kept.size) == (b"onetwo", 6)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await uploads.remove(kept.token)
    await uploads.remove(kept.token)
    assert not path.exists()


async def test_an_upload_that_breaks_off_leaves_no_file() -> None:
    before = set(uploads.folder().iterdir()) if uploads.folder().is_dir() else set()

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await uploads.keep(broken())
    assert set(uploads.folder().iterdir()) == before


@pytest.mark.parametrize("name", ["../secrets", "a/b", "", "x.db"])
def test_a_name_that_we_did_not_make_is_refused(name: str) -> None:
    with pytest.raises(AssertionError):
        uploads.path_of(name)
