"""A depositor's statement: what happened to all their receipts within some days, and what they were settled and paid for it."""

from dataclasses import dataclass
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.bank.models import Receipt
from pepperchain.bank.rules import EventKind
from pepperchain.bank.sale_models import SettlementRecord
from pepperchain.core import clock, db
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
