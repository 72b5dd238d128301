"""The command: every benchmark, or those that are named, on one engine or on both."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import (
    board,
    finding,
    footprint,
    importing,
    lists,
    matching,
    pages,
    readings,
    results,
    weighing,
)
from benchmarks.districts import Bench, bench
from benchmarks.results import Line
from benchmarks.servers import served

Benchmark = Callable[[Bench, str], Awaitable[Sequence[Line]]]


async def _pages(place: Bench, url: str) -> Sequence[Line]:
    """On a copy: sessions are opened in it. What the server holds is measured before and after."""
    async with (
        place.copy(url, "pages") as copy,
        served(copy, people=[*pages.PEOPLE, *footprint.PEOPLE]) as server,
    ):
        for _, path, phone in pages.PAGES:
            await server.ask(path, server.headers(phone))
        before = await server.usage()
        found: list[Line] = [*await pages.measure(server), *await footprint.measure(server)]
        return [*found, footprint.memory(before, await server.usage())]


async def _lists(place: Bench, _url: str) -> Sequence[Line]:
    return await lists.measure(place)


async def _finding(place: Bench, _url: str) -> Sequence[Line]:
    return await finding.measure(place)


BENCHMARKS: dict[str, Benchmark] = {
    "pages": _pages,
    "lists": _lists,
    "finding": _finding,
    "weighing": weighing.measure,
    "importing": importing.measure,
    "matching": matching.measure,
    "readings": readings.measure,
    "board": board.measure,
}


async def run(engines: Sequence[str], names: Sequence[str]) -> None:
    """Measures, prints as it goes, and writes results.md when everything was measured."""
    found: dict[str, list[Line]] = {}
    for engine in engines:
        print(f"{engine}: making or finding the district", flush=True)
        async with bench("postgres" if engine == "postgres" else "sqlite") as place:
            url = await place.community("district")
            for name in names:
                print(f"{engine}: {name}", flush=True)
                for line in await BENCHMARKS[name](place, url):
                    found.setdefault(engine, []).append(line)
                    print(f"  {results.sentence(line)}", flush=True)
    if len(engines) > 1 and len(names) == len(BENCHMARKS):
        print(f"written to {results.write(found)}")


def main() -> None:
    """`python -m benchmarks [--engine sqlite|postgres|both] [name …]`."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(BENCHMARKS)}")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark called {unknown[0]}")
    engines = ("sqlite", "postgres") if asked.engine == "both" else (asked.engine,)
    asyncio.run(run(engines, asked.names or list(BENCHMARKS)))


if __name__ == "__main__":
    main()
