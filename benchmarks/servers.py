"""A server of the product in a process of its own, on a core of its own, and a client that asks it over real HTTP."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks.districts import opened
from benchmarks.measures import Timing
from pepperchain.accounts import sessions
from pepperchain.accounts.session_pages import COOKIE
from pepperchain.core import clock, db

HOST = "127.0.0.1"
START_SECONDS_MAX = 60
_CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Usage:
    """What the server's process has used so far."""

    cpu_ns: int
    rss: int
    stall_ms: float
    child_cpu_ns: int
    child_rss: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wire_bytes: int


@dataclass(slots=True)
class Server:
    """A running server, and whoever is signed in to it by phone."""

    port: int
    process: "subprocess.Popen[bytes]"
    secrets: Mapping[str, str]
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    def headers(self, phone: str | None = None, **more: str) -> dict[str, str]:
        """Of a request by somebody of the cast, or by nobody."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        if phone is not None:
            named["Cookie"] = f"{COOKIE}={self.secrets[phone]}"
        return named

    async def ask(
        self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes = b""
    ) -> Answer:
        """One request on a connection that is kept."""
        reader, writer = await self._connection()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body or method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join((*lines, "", "")).encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest if line)}
        if found.get("transfer-encoding") == "chunked":
            content, framing = await _chunks(reader)
        else:
            content, framing = await reader.readexactly(int(found.get("content-length", 0))), 0
        self._idle.append((reader, writer))
        return Answer(int(first.split()[1]), found, content, len(head) + len(content) + framing)

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()  # the server does not keep for ever what nobody uses
        return await asyncio.open_connection(HOST, self.port)

    async def usage(self, *, again: bool = False) -> Usage:
        """What the process has used; `again` lets the measure of stalls begin anew."""
        answer = await self.ask("/bench/usage" + ("?again=1" if again else ""))
        return Usage(**httpx2.Response(200, content=answer.body).json())

    async def cost(self, paths: Sequence[str], headers: Mapping[str, str]) -> Timing:
        """Wall and processor seconds of the server for each answer, all of them 200."""
        turns = iter(paths)

        async def client() -> None:
            for path in turns:
                answer = await self.ask(path, headers)
                assert answer.status == 200, f"{path}: {answer.status}"

        before, started = await self.usage(), asyncio.get_running_loop().time()
        await asyncio.gather(*(client() for _ in range(_CLIENTS)))
        wall = asyncio.get_running_loop().time() - started
        after = await self.usage()
        return Timing(wall, (after.cpu_ns - before.cpu_ns) / 1e9).per(len(paths))

    def forget_connections(self) -> None:
        """Closes what is kept."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    content, framing = bytearray(), 0
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line, 16)
        content += await reader.readexactly(size)
        await reader.readexactly(2)
        framing += len(line) + 2
        if size == 0:
            return bytes(content), framing


@asynccontextmanager
async def served(url: str, *, people: Sequence[str]) -> AsyncIterator[Server]:
    """The product on a database, with `people` (phones of the cast) signed in."""
    secrets = await _signed_in(url, people)
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port = trial.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="pepperchain-bench-") as scratch:
        environ = {**os.environ, "PEPPERCHAIN_DATABASE_URL": url, "PEPPERCHAIN_DATA_DIR": scratch}
        log = Path(scratch) / "log"
        with log.open("wb") as errors:
            process = subprocess.Popen(  # noqa: ASYNC220  (nothing else runs meanwhile)
                [sys.executable, "-m", "benchmarks.served", str(port), str(_core())],
                env=environ,
                stderr=errors,
            )
        server = Server(port, process, secrets)
        try:
            await _until_ready(server, log)
            yield server
        finally:
            server.forget_connections()
            process.terminate()
            await asyncio.to_thread(process.wait)


def _core() -> int:
    """The last core for the server; the client and the database may use all the others, and it."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else -1


async def _signed_in(url: str, people: Sequence[str]) -> dict[str, str]:
    async with opened(url):
        users = dict(
            await db.tuples("SELECT phone, id FROM accounts_user WHERE phone IN :people", people=list(people))
        )
        return {
            phone: await sessions.open_for(users[phone], address=HOST, agent="benchmark", now=clock.now())
            for phone in people
        }


async def _until_ready(server: Server, log: Path) -> None:
    for _ in range(START_SECONDS_MAX * 10):
        if server.process.poll() is not None:
            break
        try:
            if (await server.ask("/readyz")).status == 200:
                return
        except OSError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")  # noqa: ASYNC240  (nothing else runs meanwhile)
