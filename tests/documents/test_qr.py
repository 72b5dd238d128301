"""QR codes: the same modules as path and as file, square, with room around them."""

import re

import segno

from pepperchain.documents import qr

TEXT = "http://127.0.0.1:8000/harvest/weigh-ins/0198f000-0000-7000-8000-000000000000"


def test_the_path_has_exactly_the_dark_modules() -> None:
    code = qr.code(TEXT)
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        dark |= {(int(x) + step - qr.QUIET_MODULES, int(y) - qr.QUIET_MODULES) for step in range(int(width))}
    rows = list(segno.make_qr(TEXT, error="m").matrix)
    assert dark == {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
    assert code.side == len(rows) + 2 * qr.QUIET_MODULES


def test_the_file_is_svg_without_a_declaration() -> None:
    drawn = qr.svg(TEXT)
    assert drawn.startswith("<svg ")
    assert drawn.rstrip().endswith("</svg>")


def test_a_hostile_text_is_only_modules() -> None:
    assert "<script" not in qr.svg("<script>alert(1)</script>")
    assert re.fullmatch(r"[Mhvz0-9 -]+", qr.code("<script>alert(1)</script>").path)
