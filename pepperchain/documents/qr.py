"""QR codes as SVG: one path on a white ground, to be drawn by a page or set into a document."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import segno

QUIET_MODULES = 2
KEPT_CODES = 512


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a page draws it: how many modules its side has, quiet zone included, and the path of the dark ones."""

    side: int
    path: str


@lru_cache(maxsize=KEPT_CODES)
def code(text: str) -> Code:
    """The code of `text`. A damaged seventh of it can still be read."""
    return unkept(text)


def unkept(text: str) -> Code:
    """The same for a text that holds a secret: it does not stay in this process's memory."""
    made = segno.make_qr(text, error="m")
    runs: list[str] = []
    for y, row in enumerate(made.matrix):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                runs.append(f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{width}v1h-{width}z")
            x += width or 1
    return Code(len(made.matrix) + 2 * QUIET_MODULES, "".join(runs))


def svg(text: str) -> str:
    """The code of `text` as an SVG file, for a document."""
    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=QUIET_MODULES, xmldecl=False, nl=False)
    return out.getvalue().decode()
