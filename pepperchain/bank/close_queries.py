"""Reading day closes, and adding a day of a site's bank up out of its ledger and its receipts."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank.account_rules import CUSTODY, Account, Claim
from pepperchain.bank.close_models import Close
from pepperchain.bank.close_rules import Figures, MoneyDay, ProductDay, kept
from pepperchain.bank.rules import book
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause

_STANDING = "b.site_id = :site_id AND b.state IN ('open', 'lost')"
_CLAIMS = (Claim.FREE, Claim.ORDERED, Claim.PLEDGED)
Moved = dict[tuple[int, str], list[int]]


@dataclass(frozen=True, slots=True)
class CloseRow:
    """A day close."""

    id: UUID
    site_id: int
    site: str
    operator_id: int
    township_id: int
    closed_on: date
    figures: Figures
    backing_ppm: int | None
    state: str
    prepared_at: int
    prepared_by: int | None
    prepared_by_name: str
    signed_at: int | None
    signed_by_name: str | None
    chain_head: str | None


_CLOSE = """
SELECT z.id, z.site_id, s.name, z.operator_id, z.township_id, z.closed_on, z.figures, z.backing_ppm, z.state, z.prepared_at,
    z.prepared_by, z.prepared_by_name, z.signed_at, z.signed_by_name, z.chain_head
FROM bank_close z JOIN directory_site s ON s.id = z.site_id
"""


def _close(*row: Any) -> CloseRow:
    said = dict(zip(CloseRow.__dataclass_fields__, row, strict=True))
    said["id"], said["closed_on"] = UUID(str(said["id"])), date.fromisoformat(str(said["closed_on"]))
    figures = said["figures"]
    said["figures"] = kept(json.loads(figures) if isinstance(figures, str) else figures)
    return CloseRow(**said)


async def close(actor: Actor, id: UUID) -> CloseRow:
    """One of them. Missing: there is none, or it is not the actor's to see."""
    which = Close.visible_to(actor) & Clause("z.id = :id", {"id": id})
    found = await db.fetch_one(_close, f"{_CLOSE} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def closes(actor: Actor, *, limit: int = 60) -> list[CloseRow]:
    """The latest of them."""
    which = Close.visible_to(actor) & Clause("z.state <> 'dropped'")
    return await db.fetch(
        _close, f"{_CLOSE} WHERE {which.sql} ORDER BY z.prepared_at DESC, z.id DESC LIMIT :limit", limit=limit, **which.params
    )  # fmt: skip


async def backing(site_id: int) -> tuple[date, int] | None:
    """The last signed day of a site and how much of its claims was backed, in parts per million: for everybody."""
    rows = await db.tuples(
        "SELECT closed_on, backing_ppm FROM bank_close WHERE site_id = :id AND state = 'signed' AND backing_ppm IS NOT NULL"
        " ORDER BY closed_on DESC LIMIT 1",
        id=site_id,
    )
    return (date.fromisoformat(str(rows[0][0])), int(rows[0][1])) if rows else None


async def closed_through(site_id: int) -> date | None:
    """The last day that a site's bank takes no entry for any more."""
    last = await db.scalar(
        "SELECT MAX(closed_through) FROM ledger_period WHERE book = :book", book=book(site_id)
    )
    return None if last is None else date.fromisoformat(str(last))


async def figures(site_id: int, on: date) -> Figures:
    """A day of a site (that was looked up within its actor's scope): what stands now, less what was entered for later days."""
    day, later = await _moved(site_id, on, "="), await _moved(site_id, on, ">")
    now = await _now(site_id)
    stock = dict(await db.tuples(
        "SELECT p.commodity_id, SUM(l.on_hand_grams) FROM storage_lot l JOIN harvest_product p ON p.id = l.product_id"
        f" WHERE l.id IN (SELECT b.lot_id FROM bank_receipt b WHERE {_STANDING}) GROUP BY p.commodity_id",
        site_id=site_id,
    ))  # fmt: skip
    products = []
    for commodity_id, form, grade, cultivar, season in await db.tuples(
        "SELECT p.commodity_id, p.form, p.grade, p.cultivar, p.season FROM harvest_product p JOIN ledger_account a"
        " ON a.commodity_id = p.commodity_id AND a.kind = :kind AND a.ref = :ref ORDER BY p.form, p.grade, p.cultivar, p.season",
        kind=CUSTODY,
        ref=f"site:{site_id}",
    ):
        came, went = day.get((commodity_id, CUSTODY), [0, 0])
        after = later.get((commodity_id, CUSTODY), [0, 0])
        closed = now.get((commodity_id, CUSTODY), 0) - after[0] + after[1]
        free, ordered, pledged = [
            now.get((commodity_id, claim), 0) + taken - given
            for claim in _CLAIMS
            for taken, given in [later.get((commodity_id, claim), [0, 0])]
        ]
        product = ProductDay(
            form, grade, cultivar, season, closed - came + went, came, went, free, ordered, pledged,
            sum(now.get((commodity_id, claim), 0) for claim in _CLAIMS), int(stock.get(commodity_id, 0)),
        )  # fmt: skip
        products.append(product)
    return Figures(products, await _money(site_id, day))


async def _moved(site_id: int, on: date, which: str) -> Moved:
    """By commodity and kind of account: what was debited and what was credited, effective on a day or after it."""
    found: Moved = {}
    for side, place in (("debit_id", 0), ("credit_id", 1)):
        for commodity_id, kind, amount in await db.tuples(
            f"SELECT x.commodity_id, a.kind, CAST(SUM(x.amount) AS BIGINT) FROM ledger_transaction t"
            f" JOIN ledger_transfer x ON x.transaction_id = t.id JOIN ledger_account a ON a.id = x.{side}"
            f" WHERE t.book = :book AND t.effective_on {which} :day GROUP BY x.commodity_id, a.kind",
            book=book(site_id),
            day=on,
        ):
            found.setdefault((int(commodity_id), str(kind)), [0, 0])[place] += int(amount)
    return found


async def _now(site_id: int) -> dict[tuple[int, str], int]:
    """By commodity and kind of account: what stands now."""
    found: dict[tuple[int, str], int] = {}
    for commodity_id, grams in await db.tuples(
        "SELECT commodity_id, debits - credits FROM ledger_account WHERE kind = :kind AND ref = :ref",
        kind=CUSTODY,
        ref=f"site:{site_id}",
    ):
        found[int(commodity_id), CUSTODY] = int(grams)
    for commodity_id, *grams in await db.tuples(
        "SELECT p.commodity_id, SUM(b.free_grams), SUM(b.ordered_grams), SUM(b.pledged_grams) FROM bank_receipt b"
        f" JOIN harvest_product p ON p.id = b.product_id WHERE {_STANDING} GROUP BY p.commodity_id",
        site_id=site_id,
    ):
        for claim, some in zip(_CLAIMS, grams, strict=True):
            found[int(commodity_id), claim] = int(some)
    return found


async def _money(site_id: int, day: Moved) -> MoneyDay:
    due = await db.tuples(
        "SELECT COALESCE(SUM(grower_fen - set_off_fen - lender_fen), 0), COALESCE(SUM(lender_fen), 0) FROM bank_settlement"
        " WHERE site_id = :site_id AND state IN ('due', 'listed')",
        site_id=site_id,
    )
    owed = await db.scalar(
        "SELECT COALESCE(SUM(a.debits - a.credits), 0) FROM bank_receipt b JOIN ledger_account a ON a.ref = 'receipt:' || b.id"
        " AND a.kind = :kind WHERE b.site_id = :site_id",
        kind=Account.RECEIVABLE,
        site_id=site_id,
    )
    moved: dict[str, list[int]] = {}
    for (_, kind), (debited, credited) in day.items():
        sums = moved.setdefault(kind, [0, 0])
        sums[0], sums[1] = sums[0] + debited, sums[1] + credited
    sold, paid = moved.get(Account.PROCEEDS, [0, 0]), moved.get(Account.PAID, [0, 0])
    return MoneyDay(int(due[0][0]), int(due[0][1]), int(owed), sold[0] - sold[1], paid[1] - paid[0])
