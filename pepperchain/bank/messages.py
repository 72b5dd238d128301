"""The short text that tells a depositor of a receipt or of a settlement. There is no outbox for it yet: it is shown and copied.

It is in Chinese whoever looks at it, since it is for growers; it names nobody, and ends with the address that proves it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pepperchain.bank.message_rules import Message, message
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import short_code
from pepperchain.bank.sale_queries import SettlementRow
from pepperchain.core.units import Fen
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.settings import section
from pepperchain.web.filters import day
from pepperchain.web.i18n import Reader, gettext, reading_as

RECEIPT = N_("Storage %(number)s, %(product)s %(kg)s kg, floor %(floor)s yuan/kg, %(day)s, %(proof)s")
RECEIPT_WITHOUT_FLOOR = N_("Storage %(number)s, %(product)s %(kg)s kg, no floor, %(day)s, %(proof)s")
SETTLEMENT = N_(
    "Storage %(number)s, %(product)s %(kg)s kg sold at %(price)s yuan/kg, floor %(floor)s, %(due)s yuan due, %(day)s, %(proof)s"
)
SETTLEMENT_WITHOUT_FLOOR = N_(
    "Storage %(number)s, %(product)s %(kg)s kg sold at %(price)s yuan/kg, %(due)s yuan due, %(day)s, %(proof)s"
)


def of_receipt(receipt: ReceiptRow, *, host: str) -> Message:
    """Of what was deposited; `host` is where this installation answers."""
    floor = receipt.floor_fen_per_kg
    return _said(
        RECEIPT_WITHOUT_FLOOR if floor is None else RECEIPT,
        receipt,
        receipt.grams.kg,
        receipt.deposited_on,
        host,
        {} if floor is None else {"floor": _plain(floor.yuan)},
    )


def of_settlement(row: SettlementRow, receipt: ReceiptRow, *, host: str) -> Message:
    """Of what a sale brought of a receipt: what its household is paid, after whatever was taken off it."""
    floor = receipt.floor_fen_per_kg
    more = {"price": _plain(row.price_fen_per_kg.yuan), "due": _plain(Fen(row.due_fen).yuan)}
    return _said(
        SETTLEMENT_WITHOUT_FLOOR if floor is None else SETTLEMENT,
        receipt,
        row.grams.kg,
        row.sold_on,
        host,
        more if floor is None else more | {"floor": _plain(floor.yuan)},
    )


def _said(
    wording: str, receipt: ReceiptRow, kg: Decimal, on: date, host: str, more: Mapping[str, str]
) -> Message:
    names = words("zh")
    with reading_as(Reader("zh")):
        facts = {
            "number": receipt.number,
            "product": f"{names.form(receipt.form)}{names.grade(receipt.grade)}",
            "kg": _plain(kg),
            "day": day(on),
            "proof": f"{host}/r/{short_code(receipt.code)}",
        }
        return message(gettext(wording) % {**facts, **more}, section("carrier_words"))


def _plain(amount: Decimal) -> str:
    """Without idle zeros and marks between thousands: each costs a character."""
    return f"{amount.normalize():f}"
