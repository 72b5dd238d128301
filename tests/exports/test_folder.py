"""The files on disk: under names nobody guesses, readable by nobody else."""

from uuid import uuid4

import pytest

from pepperchain.exports import folder


async def test_a_part_becomes_a_file_of_its_own_and_goes() -> None:
    part = await folder.part_of(str(uuid4()))
    part.write_text("abc")
    kept = await folder.keep(part)
    assert kept.size == 3
    path = folder.path_of(kept.token)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not part.exists()
    for _ in range(2):
        await folder.remove(kept.token)
    assert not path.exists()


def test_no_other_path_is_ever_meant() -> None:
    with pytest.raises(AssertionError):
        folder.path_of("../secrets")
