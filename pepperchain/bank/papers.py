"""What is printed of the bank: a receipt as the words and numbers of its paper (Civil Code art. 909, GB/T 30332)."""

from datetime import datetime
from typing import Any

from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.terms_rules import Bearer, Charged, Terms
from pepperchain.core.units import Fen
from pepperchain.core.words import N_
from pepperchain.documents import qr
from pepperchain.harvest.rules import words
from pepperchain.web.filters import day, jin, kg, money
from pepperchain.web.filters import moment as spelled
from pepperchain.web.i18n import Reader, gettext, reading_as

PPM_PER_PERMILLE = 1_000
_FEE = {
    Charged.ABOVE_FLOOR: N_("%(fee)s a tonne and month, if the sale brings more than the floor"),
    Charged.ALWAYS: N_("%(fee)s a tonne and month"),
}


def receipt(row: ReceiptRow, terms: Terms, *, address: str, now: datetime) -> dict[str, Any]:
    """The data of `bank_receipt.typ`. `address` is what its code leads to; a second print says so."""
    zh, en = words("zh"), words("en")
    with reading_as(Reader("zh")):
        return {
            "number": row.number,
            "operator": row.operator,
            "reprint": gettext("Reprint %(times)s") % {"times": row.printed} if row.printed else "",
            "depositor": row.head or "—",
            "address": _address(row),
            "product": f"{zh.form(row.form)} {zh.grade(row.grade)} {zh.cultivar(row.cultivar)} {row.season}",
            "product_en": f"{en.form(row.form)}, {en.grade(row.grade)}",
            "kg": kg(row.left_grams if row.state.is_standing else row.grams),
            "jin": jin(row.left_grams if row.state.is_standing else row.grams),
            "words": row.cooperative,
            "packing": _packing(row),
            "quality": row.quality or "—",
            "site": row.site,
            "site_address": row.site_address or "",
            "period": f"{day(row.deposited_on, year=True)} — {_until(row)}",
            "fee": _fee(terms),
            "loss": _loss(terms),
            "insurance": money(row.insured_fen) + (f" · {row.insurer}" if row.insurer else "") if row.insured_fen else "—",
            "floor": gettext("%(price)s a kilogram") % {"price": money(row.floor_fen_per_kg)} if row.floor_fen_per_kg else "—",
            "terms": f"{row.scheme('zh')} " + gettext("version %(number)s") % {"number": row.scheme_number},
            "issuer": row.issued_by_name,
            "issued": f"{row.site} {spelled(row.issued_at, year=True)}",
            "qr": qr.svg(address),
            "printed": spelled(now, year=True),
        }  # fmt: skip


def _address(row: ReceiptRow) -> str:
    group = gettext("group %(number)s") % {"number": row.group_number} if row.group_number else ""
    return f"{row.village} {group}".strip()


def _packing(row: ReceiptRow) -> str:
    bags = gettext("%(count)s bags") % {"count": row.bags} if row.bags else ""
    return " · ".join(each for each in (bags, row.packing, row.marks) if each) or "—"


def _until(row: ReceiptRow) -> str:
    return gettext("until taken out or sold") if row.due_on is None else day(row.due_on, year=True)


def _fee(terms: Terms) -> str:
    return gettext(_FEE[terms.fee_charged]) % {"fee": money(Fen(terms.fee_fen_per_tonne_month))}


def _loss(terms: Terms) -> str:
    if terms.loss_borne_by is Bearer.OPERATOR:
        return gettext("borne by the keeper")
    return gettext("up to %(permille)s permille, borne by the depositor") % {
        "permille": f"{terms.loss_tolerated_ppm // PPM_PER_PERMILLE}.{terms.loss_tolerated_ppm % PPM_PER_PERMILLE:03d}"
    }
