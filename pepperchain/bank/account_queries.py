"""What happened to a depositor's receipts and what they were settled and paid: within some days, and from the first day on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank import receipt_queries
from pepperchain.bank.models import Receipt
from pepperchain.bank.receipt_queries import ReceiptRow, ReceiptsWanted
from pepperchain.bank.rules import EventKind
from pepperchain.bank.sale_models import SettlementRecord
from pepperchain.bank.storage_book_rules import DUE, IN_THE_BOOK, PAID, PART, Entry, Move, Product, entries
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.core.units import Fen, Grams

LINES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to one of the receipts."""

    happened_on: date
    kind: EventKind
    receipt_id: int
    number: str
    form: str
    grade: str
    grams: Grams
    reason: str | None


@dataclass(frozen=True, slots=True)
class Money:
    """What sales of these days brought the depositor, and what it came to be."""

    sold_grams: Grams
    grower_fen: Fen
    floor_fen: Fen
    set_off_fen: Fen
    lender_fen: Fen
    paid_fen: Fen

    @property
    def extra_fen(self) -> Fen:
        """How much more than at the floor."""
        return self.grower_fen - self.floor_fen


async def lines(actor: Actor, household_id: int, *, first: date, last: date) -> list[Line]:
    """What happened from a day to another, oldest first, as far as the actor sees the receipts; printing is left out.

    Of receipts that become one, those that end are told, and the new one as it is issued.
    """
    which = Receipt.visible_to(actor) & Clause("b.household_id = :home", {"home": household_id})
    return await db.fetch(
        lambda day, kind, id, number, form, grade, grams, reason: Line(
            date.fromisoformat(str(day)), EventKind(kind), id, number, form, grade, Grams(grams), reason
        ),
        "SELECT e.happened_on, e.kind, b.id, b.number, d.form, d.grade, e.grams, e.reason FROM bank_receipt b"
        " JOIN bank_event e ON e.receipt_id = b.id JOIN harvest_product d ON d.id = b.product_id"
        f" WHERE {which.sql} AND e.happened_on BETWEEN :first AND :last AND e.kind <> 'printed'"
        " AND (e.kind <> 'merged' OR e.other_receipt_id > b.id) ORDER BY e.happened_on, e.at, e.id"
        f" LIMIT {LINES_MAX}",
        first=first,
        last=last,
        **which.params,
    )


async def money(actor: Actor, household_id: int, *, first: date, last: date) -> Money:
    """Settlements of these days, added up; what was taken back is left out."""
    which = SettlementRecord.visible_to(actor) & Clause("t.household_id = :home", {"home": household_id})
    begin, end = clock.day_range(first, last)
    rows = await db.tuples(
        "SELECT COALESCE(SUM(t.grams), 0), COALESCE(SUM(t.grower_fen), 0), COALESCE(SUM(t.floor_fen), 0),"
        " COALESCE(SUM(t.set_off_fen), 0), COALESCE(SUM(t.lender_fen), 0),"
        " COALESCE(SUM(CASE WHEN t.state = 'paid' THEN t.grower_fen - t.set_off_fen - t.lender_fen ELSE 0 END), 0)"
        f" FROM bank_settlement t WHERE {which.sql} AND t.state <> 'reversed' AND t.settled_at >= :begin AND t.settled_at < :end",
        begin=begin,
        end=end,
        **which.params,
    )
    grams, *fen = (int(each) for each in rows[0])
    return Money(Grams(grams), *map(Fen, fen))


async def head(actor: Actor, household_id: int) -> str | None:
    """Who the depositor is, if the actor sees a receipt of theirs."""
    which = Receipt.visible_to(actor) & Clause("b.household_id = :home", {"home": household_id})
    name: str | None = await db.scalar(
        "SELECT COALESCE(p.name, '—') FROM bank_receipt b JOIN directory_household h ON h.id = b.household_id"
        f" LEFT JOIN directory_person p ON p.id = h.head_id WHERE {which.sql} LIMIT 1",
        **which.params,
    )
    return name


async def storage_book(actor: Actor, household_id: int) -> list[Entry]:
    """All that ever moved or locked grams of a depositor's receipts, and the money of it, as far as the actor sees the receipts.

    In the order in which it was entered; of an act on two receipts the older one first.
    """
    return entries(await _moves(actor, household_id), await _money_moves(actor, household_id))


async def _moves(actor: Actor, household_id: int) -> list[Move]:
    which = Receipt.visible_to(actor) & Clause("b.household_id = :home", {"home": household_id})
    return await db.fetch(
        _move,
        "SELECT e.at, e.happened_on, e.kind, b.id, b.number, n.number, e.grams, e.reason, d.form, d.grade, d.cultivar, d.season"
        " FROM bank_receipt b JOIN bank_event e ON e.receipt_id = b.id JOIN harvest_product d ON d.id = b.product_id"
        f" LEFT JOIN bank_receipt n ON n.id = e.other_receipt_id WHERE {which.sql} AND e.kind IN :kinds"
        " ORDER BY e.at, b.id, CASE e.kind WHEN 'issued' THEN 0 ELSE 1 END, e.id",
        kinds=sorted(kind.value for kind in IN_THE_BOOK),
        **which.params,
    )


def _move(
    at: int,
    day: object,
    said: str,
    id: int,
    number: str,
    other: str | None,
    grams: int,
    reason: str | None,
    *product: Any,
) -> Move:
    """A part keeps the day of its deposit, but the book has it on the day on which it came to be."""
    kind = EventKind(said)
    is_part = kind is EventKind.ISSUED and other is not None
    on = clock.local_day(clock.from_ms(at)) if is_part else date.fromisoformat(str(day))
    label = PART if is_part else kind.label
    return Move(at, on, label, id, number, other, Product(*product), Grams(grams), kind, Fen(0), reason)


async def _money_moves(actor: Actor, household_id: int) -> list[Move]:
    """What each settlement made due to the household, what was taken back of that, and what was paid."""
    which = SettlementRecord.visible_to(actor) & Clause("t.household_id = :home", {"home": household_id})
    found = []
    for settled, taken_back, paid, fen, id, number, *product in await db.tuples(
        "SELECT t.settled_at, s.reversed_at, y.paid_at, t.grower_fen - t.set_off_fen - t.lender_fen, b.id, b.number,"
        " d.form, d.grade, d.cultivar, d.season FROM bank_settlement t JOIN bank_sale s ON s.id = t.sale_id"
        " JOIN bank_receipt b ON b.id = t.receipt_id JOIN harvest_product d ON d.id = b.product_id"
        f" LEFT JOIN bank_payment y ON y.id = t.payment_id WHERE {which.sql} ORDER BY t.id",
        **which.params,
    ):
        due = Fen(int(fen))
        for at, label, change in (
            (settled, DUE, due),
            (taken_back, EventKind.REVERSED.label, -due),
            (paid, PAID, -due),
        ):
            if at is not None and due:
                day = clock.local_day(clock.from_ms(int(at)))
                kept = Product(*product)
                found.append(
                    Move(int(at), day, label, id, number, None, kept, Grams(0), None, Fen(change), None)
                )
    return found


async def latest(actor: Actor, household_id: int) -> ReceiptRow:
    """The newest receipt of a depositor, standing or not. Missing: the actor sees none of theirs."""
    wanted = ReceiptsWanted(household_id=household_id, ended=True)
    found = await receipt_queries.receipts(actor, wanted, limit=1)
    if not found.rows:
        raise Missing()
    return found.rows[0]
