"""The other end of `child`: starts the reading process, listens to it line by line, and ends it in any case."""

import asyncio
import json
import sys
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.excel import inspection
from pepperchain.excel.inspection import Limits

LINE_MAX = 16 << 20
# What the process may say when it fails in a way of ours: kept short, it may end in a log.
STDERR_MAX = 4000


class BrokenOff(RuntimeError):
    """The reading process failed for a reason that is ours, not the file's."""


class Child:
    """A running reading process."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._ended = False

    async def message(self) -> dict[str, Any]:
        """The next message. Refused: by the process, or because it was ended by a limit. BrokenOff: it failed."""
        assert self._process.stdout is not None, "started with a pipe"
        try:
            async with asyncio.timeout(self._limits.silent_seconds):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise inspection.too_complex() from None
        if not line.endswith(b"\n"):
            raise await self._failure()
        message: dict[str, Any] = json.loads(line)
        if refusal := message.get("refused"):
            raise Refused(refusal, **message["facts"])
        self._ended = "end" in message
        return message

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """Every further message up to the last one."""
        while not self._ended:
            yield await self.message()

    async def _failure(self) -> Exception:
        assert self._process.stderr is not None, "started with a pipe"
        said = (await self._process.stderr.read(STDERR_MAX)).decode(errors="replace")
        code = await self._process.wait()
        # Ended by a signal, or by an allocation the limits refused: the file asked for too much.
        if code < 0 or code > 128 or "MemoryError" in said or "memory allocation" in said:
            return inspection.too_complex()
        if "PanicException" in said:
            return inspection.damaged()
        return BrokenOff(
            f"the reading process ended with {code}: {said.strip().rpartition(chr(10))[2][:300]}"
        )


@asynccontextmanager
async def child(
    work: str, job: Mapping[str, Any], limits: Limits, more: Iterable[Any] | AsyncIterable[Any] = ()
) -> AsyncIterator[Child]:
    """A process at `work` ("child" reads, "marking" marks, "export_child" writes) on `job`, killed when the block is left before its end.

    What is in `more` is handed over piece by piece, so that a large job holds nobody up.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"pepperchain.excel.{work}",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_MAX,
        env=_environment(),
    )
    try:
        assert process.stdin is not None, "started with a pipe"
        try:
            async for piece in _pieces(job, more):
                process.stdin.write(json.dumps(piece).encode() + b"\n")
                await process.stdin.drain()
                # A pipe that takes everything at once would never let others have their turn.
                await asyncio.sleep(0)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It has ended already, and its exit says why.
        process.stdin.close()
        yield Child(process, limits)
    finally:
        await _end(process)


async def _pieces(job: Mapping[str, Any], more: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[Any]:
    yield job
    if isinstance(more, AsyncIterable):
        async for piece in more:
            yield piece
        return
    for piece in more:
        yield piece


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            pass  # It ended between the two lines.
    await process.wait()


def _environment() -> dict[str, str] | None:
    """Only where our code is: a process that meets strangers' files knows no password and no key.

    Windows starts no Python without its own variables, so there the child has its parent's.
    """
    if sys.platform == "win32":
        return None
    return {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
