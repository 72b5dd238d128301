"""What is printed of the harvest: a slip as the words and numbers of its paper."""

from datetime import datetime
from typing import Any

from pepperchain.documents import qr
from pepperchain.harvest.queries import Slip
from pepperchain.harvest.rules import words
from pepperchain.web.filters import jin, kg, mask_name, price, yuan
from pepperchain.web.filters import moment as spelled
from pepperchain.web.i18n import Reader, gettext, reading_as


def slip(slip: Slip, *, address: str, width_mm: int, named: bool, now: datetime) -> dict[str, Any]:
    """The data of `slip.typ`. `address` is what its code leads to; without `named` the grower's name is masked."""
    zh, en = words("zh"), words("en")
    with reading_as(Reader("zh")):
        group = gettext("group %(number)s") % {"number": slip.group_number} if slip.group_number else ""
        return {
            "width_mm": width_mm,
            "code": slip.code,
            "cooperative": slip.cooperative,
            "site": slip.site,
            "grower": (slip.name or "") if named else mask_name(slip.name),
            "place": f"{slip.township}{slip.village}{group}",
            "deliverer": slip.deliverer if named and slip.deliverer and slip.deliverer != slip.name else "",
            "product_zh": f"{zh.form(slip.form)} {zh.grade(slip.grade)} {zh.cultivar(slip.cultivar)}",
            "product_en": f"{en.form(slip.form)}, {en.grade(slip.grade)}, {en.cultivar(slip.cultivar)}",
            "picked": spelled(slip.picked_at, year=True),
            "weighed": spelled(slip.weighed_at, year=True),
            "gross": kg(slip.gross_grams),
            "tare": kg(slip.tare_grams),
            "deduction": kg(slip.deduction_grams) if slip.deduction_grams else "",
            "net": kg(slip.net_grams),
            "net_jin": jin(slip.net_grams),
            "bags": str(slip.bags or ""),
            "moisture": percent(slip.moisture_permille),
            "price": "" if slip.price_fen_per_kg is None else price(slip.price_fen_per_kg),
            "amount": "" if slip.amount_fen is None else yuan(slip.amount_fen),
            "void_reason": slip.void_reason or "",
            "qr": qr.svg(address),
            "printed": spelled(now, year=True),
        }


def percent(permille: int | None) -> str:
    """A share with one decimal."""
    return "" if permille is None else f"{permille // 10}.{permille % 10}%"
