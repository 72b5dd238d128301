"""SQLite: each picture is a file, each test gets a copy of it."""

import shutil
from itertools import count
from pathlib import Path

from pepperchain.core import migrating
from tests.harness.pictures import EMPTY, Picture, paint


class SqliteBench:
    """Makes databases in a scratch folder of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    async def blank_url(self) -> str:
        """A database that nothing was done to."""
        return self._url(f"{next(self._numbers)}.db")

    async def url(self, picture: Picture) -> str:
        """A database in the picture's state, for one test."""
        painted = await self._painted(picture)
        name = f"{next(self._numbers)}.db"
        shutil.copyfile(painted, self._folder / name)
        return self._url(name)

    async def forget(self, url: str) -> None:
        """Removes a database after its test."""
        path = url.removeprefix("sqlite:///")
        for leftover in (path, f"{path}-wal", f"{path}-shm"):
            Path(leftover).unlink(missing_ok=True)

    async def _painted(self, picture: Picture) -> Path:
        path = self._folder / f"picture-{picture.name}.db"
        if path.exists():
            return path
        # Under another name until it is whole: a picture that failed half-way must fail again for the next test.
        wet = self._folder / f"wet-{picture.name}.db"
        await self.forget(self._url(wet.name))
        if picture is EMPTY:
            await migrating.migrate(self._url(wet.name))
        else:
            shutil.copyfile(await self._painted(EMPTY), wet)
            await paint(picture, self._url(wet.name))
        assert not wet.with_name(f"{wet.name}-wal").exists(), "the last connection leaves no log behind"
        return wet.rename(path)

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}"
