"""`make screenshots`: the pictures of README.md, drawn from the demo village into `docs/screenshots/`.

A phone of 360 px and a desk of 1280 px. The village is the same every time; its dates are today's. Chromium writes 24-bit
PNGs; ours need a palette, which makes them a third as large.
"""

import struct
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page  # noqa: E402  (the checkout must be importable first)

from tests.harness import cast, demo  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
BYTES_MAX = 1_500_000
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
COLOURS_MAX = 256

# Its name, who looks, in which language, on which screen, at which page.
PICTURES = (
    ("leader-home-phone", cast.LEADER_A, "zh", PHONE, "/"),
    ("weigh-in-phone", cast.CLERK_A, "zh", PHONE, "/harvest/weigh-ins/new"),
    ("put-away-phone", cast.LEADER_A, "zh", PHONE, "/storage/receipts/new"),
    ("market-phone", cast.BUYER_P, "zh", PHONE, "/market"),
    ("grower-phone", cast.GROWER_A, "zh", PHONE, "/harvest/mine"),
    ("harvest-desk", cast.LEADER_A, "zh", DESK, "/harvest"),
    ("slips-desk", cast.LEADER_A, "zh", DESK, "/harvest/weigh-ins"),
    ("storage-desk", cast.STOREKEEPER, "zh", DESK, "/storage"),
    ("market-desk", cast.BUYER_Q, "en", DESK, "/market"),
    ("growers-desk", cast.LEADER_A, "zh", DESK, "/growers"),
)


def main() -> None:
    """Draws every picture anew; fails when together they are too large for a repository."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo.demo_server(Path(folder)) as address,
        demo.chromium() as browser,
    ):
        for name, phone, language, screen, path in PICTURES:
            picture = OUT / f"{name}.png"
            picture.write_bytes(smaller(_draw(browser, address, phone, language, screen, path)))
            print(f"{picture.relative_to(ROOT)} {picture.stat().st_size:,} bytes", flush=True)
    total = sum(each.stat().st_size for each in OUT.glob("*.png"))
    if total > BYTES_MAX:
        sys.exit(f"{total:,} bytes of pictures are more than {BYTES_MAX:,}.")


def _draw(
    browser: Browser, address: str, phone: str, language: str, screen: dict[str, int], path: str
) -> bytes:
    context = browser.new_context(base_url=address, locale="zh-CN", viewport=screen, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    demo.sign_in(page, phone)
    page.goto(f"{path}?lang={language}")
    if path == "/harvest/weigh-ins/new":
        _half_done(page)
    drawn = page.screenshot()
    context.close()
    return drawn


def _half_done(page: Page) -> None:
    """A slip as it looks just before the button is pressed."""
    page.locator("#f-q").press_sequentially("lds")
    page.locator(".candidate label").first.click()
    page.locator("#f-gross").press_sequentially("52.30")


def smaller(png: bytes) -> bytes:
    """The same picture with a palette: its most frequent colours, every other one drawn in the nearest of them."""
    width, height, channels, pixels = _pixels(png)
    colours = [pixels[at : at + 3] for at in range(0, len(pixels), channels)]
    frequent = [colour for colour, _ in Counter(colours).most_common(COLOURS_MAX)]
    place = {colour: index for index, colour in enumerate(frequent)}
    for colour in set(colours) - place.keys():
        place[colour] = min(range(len(frequent)), key=lambda index: _distance(colour, frequent[index]))
    indexed = bytes(map(place.__getitem__, colours))
    rows = b"".join(b"\0" + indexed[at : at + width] for at in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", b"".join(frequent))
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pixels(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes a pixel, and the pixels, with PNG's filters undone. Chromium's own files only: 8 bits, not interlaced."""
    at, packed, header = 8, b"", b""
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        header = data if kind == b"IHDR" else header
        packed += data if kind == b"IDAT" else b""
        at += 12 + length
    width, height = struct.unpack_from(">II", header)
    channels = {2: 3, 6: 4}[header[9]]
    stride, raw = width * channels, zlib.decompress(packed)
    above, rows = bytearray(stride), []
    for row in range(height):
        start = row * (stride + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        rows.append(bytes(above))
    return width, height, channels, b"".join(rows)


def _unfiltered(kind: int, line: bytearray, above: bytearray, channels: int) -> bytearray:
    if kind == 0:
        return line
    for at in range(len(line)):
        left = line[at - channels] if at >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[at]
        elif kind == 3:
            guess = (left + above[at]) // 2
        else:
            guess = _paeth(left, above[at], above[at - channels] if at >= channels else 0)
        line[at] = (line[at] + guess) & 255
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    near = left + above - corner
    return min((left, above, corner), key=lambda each: abs(near - each))


if __name__ == "__main__":
    main()
