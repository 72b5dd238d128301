"""Photos that a crash left without a row are swept away at night, and nothing else is."""

import os
from collections.abc import Awaitable, Callable

import pytest

from pepperchain.consents import jobs as consents
from pepperchain.consents.rules import SIGNATURES
from pepperchain.core import clock
from pepperchain.directory import jobs as directory
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.documents import photos
from pepperchain.visits import jobs
from tests.harness import cast
from tests.visits.dealing import home_of, picture, visit

LONG_AGO = 1_600_000_000


async def test_the_nightly_sweep_takes_what_a_crash_left_and_nothing_else(village: str) -> None:
    kept, stray, fresh = [await photos.keep(picture()) for _ in range(3)]
    home = await home_of("罗大山")
    leader = await cast.actor(cast.LEADER_A)
    await visit(leader, home, photos=[kept])
    foreign = photos.path_of(kept.token).with_name("notes.txt")
    foreign.write_text("somebody's")
    for path in (photos.path_of(kept.token), photos.path_of(stray.token), foreign):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert await jobs.sweep_photos(now=clock.now()) == 1
    assert not photos.path_of(stray.token).exists()
    assert photos.path_of(kept.token).exists()
    assert photos.path_of(fresh.token).exists()
    assert foreign.exists()
    assert await jobs.sweep_photos(now=clock.now()) == 0


async def test_the_sweep_touches_nothing_when_the_photos_are_of_another_database(database: str) -> None:
    kept = await photos.keep(picture())
    lying = [photos.path_of(kept.token).with_name(f"{number:032x}") for number in range(30)]
    for path in lying:
        path.write_bytes(b"a photo")
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert await jobs.sweep_photos(now=clock.now()) == 0
    assert all(path.exists() for path in lying)
    for path in lying:
        path.unlink()


@pytest.mark.parametrize(
    ("folder", "sweep"), [(SIGNATURES, consents.sweep_signatures), (PAPERS, directory.sweep_papers)]
)
async def test_signatures_and_proxies_that_were_never_saved_go_too(
    database: str, folder: str, sweep: Callable[..., Awaitable[int]]
) -> None:
    stray = await photos.keep(picture(), folder=folder)
    path = photos.path_of(stray.token, folder=folder)
    assert await sweep(now=clock.now()) == 0
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert await sweep(now=clock.now()) == 1
    assert not path.exists()
