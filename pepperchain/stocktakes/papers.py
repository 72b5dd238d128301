"""What is printed of a stocktake: the list to count by, and the protocol; every label in both languages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pepperchain.harvest.rules import words
from pepperchain.stocktakes.counting import ToCount
from pepperchain.stocktakes.queries import ExtraRow, LineRow, StocktakeRow
from pepperchain.web.filters import jin, kg
from pepperchain.web.filters import moment as spelled
from pepperchain.web.i18n import Reader, gettext, reading_as


def _head(row: StocktakeRow, now: datetime) -> dict[str, Any]:
    return {
        "code": row.code,
        "place": row.full_name,
        "operator": row.operator,
        "cut_off": spelled(row.cut_off_at, year=True),
        "opened_by": row.opened_by_name,
        "state": gettext(row.state.label),
        "note": row.note or "",
        "printed": spelled(now, year=True),
    }


def _product(line: ToCount | LineRow) -> dict[str, str]:
    zh, en = words("zh"), words("en")
    return {
        "room": line.room,
        "owner": line.owner,
        "product": f"{zh.form(line.form)} {zh.grade(line.grade)} {zh.cultivar(line.cultivar)}",
        "product_en": f"{en.form(line.form)}, {en.grade(line.grade)}",
    }


def count_sheet(row: StocktakeRow, lines: Sequence[ToCount], *, now: datetime) -> dict[str, Any]:
    """The data of `count_sheet.typ`: what is to be counted, with room to write, and no weight of the book."""
    with reading_as(Reader("zh")):
        return {
            **_head(row, now),
            "lines": [{"code": line.code, **_product(line)} for line in lines if not line.has_left],
        }


def protocol(
    row: StocktakeRow, lines: Sequence[LineRow], extras: Sequence[ExtraRow], *, now: datetime
) -> dict[str, Any]:
    """The data of `stocktake.typ`: every lot with what the book said, what was counted, and the difference."""
    with reading_as(Reader("zh")):
        return {
            **_head(row, now),
            "handed_in": _signed(row.handed_in_by_name, row.handed_in_at),
            "allowed": _signed(row.allowed_by_name, row.allowed_at),
            "signed": _signed(row.ended_by_name, row.ended_at) if row.ended_at is not None else "",
            "reason": row.reason or "",
            "book": kg(row.book_grams),
            "lost": kg(row.lost_grams or 0),
            "lost_jin": jin(row.lost_grams or 0),
            "found": kg(row.found_grams or 0),
            "lines": [_line(line) for line in lines],
            "extras": [
                {"room": each.room, "words": each.words, "grams": kg(each.grams), "by": each.actor_name}
                for each in extras
            ],
        }


def _signed(name: str | None, at: int | None) -> str:
    return "" if name is None or at is None else f"{name} {spelled(at, year=True)}"


def _line(line: LineRow) -> dict[str, str]:
    return {
        "code": line.short_code,
        **_product(line),
        "book": kg(line.book_grams),
        "moved": _signed_kg(line.moved_before) if line.moved_before else "",
        "counted": "" if line.counted_grams is None else kg(line.counted_grams),
        "difference": _signed_kg(line.difference) if line.difference else "",
        "by": line.counted_by_name or "",
    }


def _signed_kg(grams: int) -> str:
    return f"{'+' if grams > 0 else '−'}{kg(abs(grams))}"
