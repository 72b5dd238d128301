"""What the product costs before it does anything: its middleware, its memory, and the bytes of the first useful screen."""

import re

from benchmarks.measures import Figure, Limit, median
from benchmarks.servers import Server, Usage

CLERK = "19900000006"
PEOPLE = (CLERK,)
FIRST_SCREEN = "/harvest/weigh-ins/new"
SCREEN_KB_MAX = 60.0
MIDDLEWARE_MS_MAX = 0.2
MEMORY_GROWTH_MAX = 1.5
ROUNDS = 5
ANSWERS = 2_000
_FILES = re.compile(r'(?:href|src)="(/static/[^"#]+)')


async def measure(server: Server) -> list[Figure | Limit]:
    """The middleware in all, and the weigh-in screen with every file it asks for."""
    return [await _middleware(server), await _first_screen(server)]


async def _middleware(server: Server) -> Limit:
    bare, dressed = [], []
    for _ in range(ROUNDS):
        bare.append(await server.cost(["/bench/bare"] * ANSWERS, {}))
        dressed.append(await server.cost(["/bench/dressed"] * ANSWERS, {}))
    without, within = median(bare).cpu * 1000, median(dressed).cpu * 1000
    return Limit(
        "middleware in all, a request of nobody",
        "0.2 ms CPU more than an app with none",
        within - without,
        MIDDLEWARE_MS_MAX,
        "ms",
        f"{within:.3f} ms against {without:.3f}: {within / without:.1f}×",
    )


async def _first_screen(server: Server) -> Limit:
    headers = server.headers(CLERK, Accept_Encoding="br, zstd, gzip")
    page = await server.ask(FIRST_SCREEN, headers)
    assert page.status == 200, f"{FIRST_SCREEN}: {page.status}"
    text = (await server.ask(FIRST_SCREEN, server.headers(CLERK))).body.decode()
    sizes = {FIRST_SCREEN: page.wire_bytes}
    for path in sorted(set(_FILES.findall(text))):
        sizes[path] = (await server.ask(path, headers)).wire_bytes
    return Limit(
        "first useful screen (weigh-in on a phone), all files, compressed",
        "60 kB",
        sum(sizes.values()) / 1000,
        SCREEN_KB_MAX,
        "kB",
        ", ".join(f"{path.rpartition('/')[2] or path} {size / 1000:.1f}" for path, size in sizes.items()),
    )


def memory(before: Usage, after: Usage) -> Limit:
    """What the server's process has grown by over all that was asked of it."""
    return Limit(
        "memory of the server after all of it",
        "1.5 times that at start",
        after.rss / before.rss,
        MEMORY_GROWTH_MAX,
        "×",
        f"{after.rss / 1e6:.0f} MB against {before.rss / 1e6:.0f} MB when it had answered its first pages",
    )
