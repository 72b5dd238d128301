"""Who is paid by a payment list, and how much: households, and lenders before them where they lent."""

from dataclasses import dataclass

from pepperchain.core import db
from pepperchain.core.units import Fen

PAYEES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Payee:
    """A household with how to find it, or a lender."""

    household_id: int | None
    card_number: str | None
    name: str | None
    phone: str | None
    fen: Fen
    settlements: int


async def payees(payment_id: str) -> list[Payee]:
    """Of a list (that was looked up within its actor's scope): lenders first, then households by card number."""
    lenders = await db.fetch(
        lambda name, fen, count: Payee(None, None, name, None, Fen(int(fen)), count),
        "SELECT n.name, SUM(t.lender_fen), COUNT(*) FROM bank_settlement t JOIN directory_organization n ON n.id = t.lender_id"
        " WHERE t.payment_id = :id AND t.lender_fen > 0 GROUP BY n.id, n.name ORDER BY n.id",
        id=payment_id,
    )
    homes = await db.fetch(
        lambda id, card, name, phone, fen, count: Payee(id, card, name, phone, Fen(int(fen)), count),
        "SELECT h.id, h.card_number, p.name, p.phone, SUM(t.grower_fen - t.set_off_fen - t.lender_fen), COUNT(*) FROM bank_settlement t"
        " JOIN directory_household h ON h.id = t.household_id LEFT JOIN directory_person p ON p.id = h.head_id"
        f" WHERE t.payment_id = :id GROUP BY h.id, h.card_number, p.name, p.phone ORDER BY h.card_number LIMIT {PAYEES_MAX}",
        id=payment_id,
    )
    return [*lenders, *homes]
