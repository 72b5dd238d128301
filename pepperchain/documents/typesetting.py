"""PDF from `templates/documents/*.typ`: in a thread, with the package's own font, the same bytes for the same data."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from pepperchain.core import clock
from pepperchain.settings import assets

COMPILERS_MAX = 2
"""Typesetting is all arithmetic: more at once would only take the cores from the pages."""

_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


async def pdf(template: str, data: Mapping[str, Any], *, now: datetime) -> bytes:
    """`template` filled with `data` (texts, whole numbers, lists, mappings), dated `now`."""
    async with _turn():
        return await asyncio.to_thread(
            _compiled, template, json.dumps(data, ensure_ascii=False), clock.to_ms(now) // 1000, "pdf"
        )


async def png(template: str, data: Mapping[str, Any], *, now: datetime) -> bytes:
    """The first page of the same as a picture, for a look at it."""
    async with _turn():
        return await asyncio.to_thread(
            _compiled, template, json.dumps(data, ensure_ascii=False), clock.to_ms(now) // 1000, "png"
        )


def _turn() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    for gone in [each for each in _turns if each.is_closed()]:
        del _turns[gone]
    return _turns.setdefault(loop, asyncio.Semaphore(COMPILERS_MAX))


def _compiled(template: str, data: str, second: int, kind: str) -> bytes:
    folder = assets() / "templates" / "documents"
    made = typst.compile(
        folder / template,
        root=folder,
        font_paths=_fonts(),
        format="pdf" if kind == "pdf" else "png",
        sys_inputs={"data": data},
        timestamp=second,
        ppi=200,
    )
    assert isinstance(made, bytes), "a document is one file"
    return made


@cache
def _fonts() -> typst.Fonts:
    folder = Path(str(files("paperang_p2_fonts_cjk"))) / "fonts"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
