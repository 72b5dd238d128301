"""The command as people type it, with a data folder of its own.

It runs in this process, since starting Python costs more than what most commands do; `line` and `whole_environ` are for the tests
that need a process of its own.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from pepperchain.cli.main import app
from pepperchain.settings import settings

# Where a terminal is narrow, rich breaks lines that tests look for.
_OURS = {"PEPPERCHAIN_ENV": "demo", "COLUMNS": "200"}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Command:
    """`Command(folder)("user", "list")` carries it out."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, typed: str = "", **environ: str) -> Done:
        with _environment(_OURS | {"PEPPERCHAIN_DATA_DIR": str(self.folder)} | dict(self.environ) | environ):
            result = CliRunner().invoke(app, list(arguments), input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    def line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pepperchain", *arguments]

    def whole_environ(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PEPPERCHAIN_")}
        return (
            own | _OURS | {"PEPPERCHAIN_DATA_DIR": str(self.folder), "PYTHONUTF8": "1"} | dict(self.environ)
        )


@contextmanager
def _environment(names: Mapping[str, str]) -> Iterator[None]:
    """The environment that a command reads its settings from; the tests' own afterwards."""
    before = dict(os.environ)
    for name in list(os.environ):
        # What tests hash passwords with stays; a key of their own does not.
        if name in ("PEPPERCHAIN_SECRET_KEY", "PEPPERCHAIN_DATABASE_URL"):
            del os.environ[name]
    os.environ.update(names)
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
