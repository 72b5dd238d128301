"""Photos: whatever comes, what is kept is a small JPEG of its pixels and nothing else."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from pepperchain.core.errors import Refused
from pepperchain.documents import photos
from pepperchain.settings import settings
from tests.visits.dealing import picture


def _with_place() -> bytes:
    """A photo that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned to the right
    exif[0x010F] = "SECRETCAM"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (29.0, 17.0, 21.0)
    return picture(size=(400, 200), exif=exif.tobytes())


def _claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_three_kinds_of_pictures_are_kept_as_jpeg(kind: str) -> None:
    kept = await photos.keep(picture(kind, (3000, 1500)))
    with Image.open(photos.path_of(kept.token)) as image:
        assert (image.format, image.size) == ("JPEG", (1600, 800))
    assert (kept.width, kept.height) == (1600, 800)
    assert kept.bytes == photos.path_of(kept.token).stat().st_size


async def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    kept = await photos.keep(_with_place())
    written = photos.path_of(kept.token).read_bytes()
    assert b"SECRETCAM" not in written
    assert b"Exif" not in written
    with Image.open(BytesIO(written)) as image:
        assert image.size == (200, 400)
        assert not image.getexif()


async def test_what_is_transparent_turns_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    kept = await photos.keep(file.getvalue())
    with Image.open(photos.path_of(kept.token)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<?php system($_GET['c']); ?>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7",
        picture() + b"<?php system('id'); ?>",
        picture("PNG") + b"<SCRIPT>alert(1)</SCRIPT>",
        picture()[:120],
        b"\xff\xd8\xff" + b"\0" * 4000,
        b"RIFF\x10\0\0\0WEBPVP8 garbage",
        _claims(20_000, 10_000),
        _claims(60_000, 60_000),
        b"\xff\xd8\xff" + b"\0" * 12_000_001,
    ],
    ids=[
        "nothing", "php", "svg", "html", "gif", "pdf", "jpeg with php", "png with a script", "cut short", "made up", "webp made up",
        "200 megapixels", "3600 megapixels", "too long",
    ],
)  # fmt: skip
async def test_what_is_no_photo_is_refused_in_a_sentence_and_leaves_nothing(data: bytes) -> None:
    before = _files()
    with pytest.raises(Refused) as refused:
        await photos.keep(data)
    assert refused.value.field == "photos"
    assert _files() == before


async def test_a_discarded_photo_is_gone_and_may_be_discarded_again() -> None:
    kept = await photos.keep(picture())
    await photos.discard([kept.token])
    await photos.discard([kept.token])
    assert not photos.path_of(kept.token).exists()


def _files() -> set[Path]:
    return set((settings().data_dir / "photos").glob("*"))
