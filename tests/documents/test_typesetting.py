"""Documents: real PDF, with our font inside, the same for the same data, whatever words they are given."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from pepperchain.documents import qr, typesetting

NOW = datetime(2026, 6, 10, 10, 42, tzinfo=UTC)


def slip(**changes: Any) -> dict[str, Any]:
    """The data of a slip's paper."""
    usual = {
        "width_mm": 80, "code": "BP0036", "cooperative": "先锋花椒专业合作社", "site": "保坪收购点",
        "grower": "罗大山", "place": "先锋镇保坪村3组", "deliverer": "", "product_zh": "鲜花椒 一级 九叶青",
        "product_en": "Fresh, Grade 1, Jiuyeqing", "picked": "2026年6月10日 15:00",
        "weighed": "2026年6月10日 18:41", "gross": "52.30", "tare": "2.10", "deduction": "", "net": "50.20",
        "net_jin": "100.40", "bags": "", "moisture": "", "price": "", "amount": "", "void_reason": "",
        "qr": qr.svg("x"), "printed": "2026年6月10日 18:42",
    }  # fmt: skip
    return {**usual, **changes}


@pytest.mark.parametrize("width_mm", [58, 80])
async def test_a_slip_is_a_pdf_with_its_own_font(width_mm: int) -> None:
    made = await typesetting.pdf("slip.typ", slip(width_mm=width_mm), now=NOW)
    assert made.startswith(b"%PDF-")
    assert b"WenQuanYi" in made


async def test_the_same_data_make_the_same_bytes_also_at_once() -> None:
    first, *others = await asyncio.gather(*(typesetting.pdf("slip.typ", slip(), now=NOW) for _ in range(4)))
    assert others == [first] * 3


async def test_words_are_words_and_never_markup() -> None:
    hostile = '#panic("x") $1+1$ *b* \\ "quoted" ] ] // 龘𠮷'
    made = await typesetting.pdf("slip.typ", slip(grower=hostile, void_reason=hostile, site=hostile), now=NOW)
    assert made.startswith(b"%PDF-")


async def test_a_picture_of_it_can_be_looked_at() -> None:
    assert (await typesetting.png("slip.typ", slip(), now=NOW)).startswith(b"\x89PNG")
