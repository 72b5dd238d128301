"""Claims in the ledger: a receipt's free, ordered and pledged grams, each an account of its own. Building blocks of the verbs.

`bank_custody` of a site is what it keeps for others; every gram of it is somebody's claim, so the two sides are equal by construction. What
really lies in the lots is storage's: each receipt holds its grams of its lot, and nobody else can sell, process or give them out.
Rows are locked in storage's order: lots, then rooms, then receipts, then ledger accounts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.bank.account_rules import CUSTODY, Claim
from pepperchain.bank.rules import EventKind, State, book
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts, holds, transactions
from pepperchain.ledger import queries as ledger
from pepperchain.ledger.rules import Leg
from pepperchain.storage import postings, stock
from pepperchain.storage.lot_queries import LotRow

PURPOSE = "bank"
"""What a lot's grams are held for, as the ledger says it."""

NOTHING = Grams(0)

UNTIL_GIVEN_OUT = datetime(2200, 1, 1, tzinfo=UTC)
"""Grams in the bank are held until a verb lets them go; no timer does."""


async def account(claim: Claim, receipt_id: int, commodity_id: int, *, township_id: int) -> int:
    """The account of a receipt's grams in one of the three states. It never goes below zero."""
    return await accounts.find_or_open(
        claim, f"receipt:{receipt_id}", commodity_id, side="credit", guarded=True, township_id=township_id
    )


async def custody(site_id: int, commodity_id: int, *, township_id: int) -> int:
    """The account of what a site keeps for others, product by product. It never goes below zero."""
    return await accounts.find_or_open(
        CUSTODY, f"site:{site_id}", commodity_id, side="debit", guarded=True, township_id=township_id
    )


async def commodity_of(product_id: int) -> int:
    """What a receipt's accounts hold."""
    found: int = await db.scalar("SELECT commodity_id FROM harvest_product WHERE id = :id", id=product_id)
    return found


async def post(
    actor: Actor,
    id: UUID,
    kind: str,
    legs: Sequence[Leg],
    *,
    site_id: int,
    township_id: int,
    effective_on: date,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Posts into the book of a site's bank. Refused: less of the receipt is free, or that day is closed."""
    try:
        await transactions.post(
            actor, id=id, kind=kind, book=book(site_id), legs=legs, effective_on=effective_on, now=now,
            township_id=township_id, reason=reason,
        )  # fmt: skip
    except transactions.Overdrawn as overdrawn:
        raise Refused(
            "Only %(available)s of this receipt is free.", "grams", available=Grams(overdrawn.available)
        ) from overdrawn


async def hold(actor: Actor, id: UUID, lot: LotRow, grams: Grams, *, now: datetime) -> None:
    """Holds grams of a (locked) lot for a receipt. Refused: less of the lot is free."""
    issued = await postings.site_account(postings.ISSUED, lot, await postings.commodity_of(lot))
    try:
        await holds.place(
            actor, id=id, debit=issued, credit=lot.account_id, amount=grams, purpose=PURPOSE,
            expires_at=UNTIL_GIVEN_OUT, now=now, township_id=lot.township_id,
        )  # fmt: skip
    except transactions.Overdrawn as overdrawn:
        raise postings.too_much(overdrawn) from overdrawn
    await stock.keep(lot.id)


async def rehold(
    actor: Actor,
    receipt_id: int,
    lot: LotRow,
    held_by: UUID | None,
    grams: Grams,
    *,
    event_id: UUID,
    now: datetime,
    leaving: Grams = NOTHING,
    is_new: bool = False,
) -> None:
    """Lets go what a receipt holds of its (locked) lot and holds so much instead; zero lets all of it go.

    Of a lot of which counting found less than receipts claim, it holds what is there, less what is `leaving` the lot. New grams are
    held whole. Refused: `is_new`, and less of the lot is free.
    """
    if held_by is not None:
        await holds.release(actor, id=held_by, now=now)
    if grams and not is_new:
        grams = max(min(grams, await balance(lot.account_id) - leaving), NOTHING)
    id = uuid5(event_id, f"hold of {receipt_id}") if grams else None
    if id is not None:
        await hold(actor, id, lot, grams, now=now)
    else:
        await stock.keep(lot.id)
    await db.execute(
        "UPDATE bank_receipt SET custody_hold_id = :id WHERE id = :receipt_id"
        if id is not None
        else "UPDATE bank_receipt SET custody_hold_id = NULL WHERE id = :receipt_id",
        receipt_id=receipt_id,
        **({} if id is None else {"id": id}),
    )


async def keep(receipt_id: int, *, when_empty: State = State.EMPTIED) -> None:
    """Brings a (locked) receipt's grams to what its ledger accounts say; with nothing left it is no longer open."""
    rows = await db.tuples(
        "SELECT kind, credits - debits FROM ledger_account WHERE ref = :ref AND kind IN :kinds",
        ref=f"receipt:{receipt_id}",
        kinds=[claim.value for claim in Claim],
    )
    left = {str(kind): int(grams) for kind, grams in rows}
    await db.execute(
        "UPDATE bank_receipt SET free_grams = :free, ordered_grams = :ordered, pledged_grams = :pledged,"
        " state = CASE WHEN CAST(:whole AS BIGINT) = 0 THEN CAST(:empty AS VARCHAR) WHEN state = 'lost' THEN state ELSE 'open' END,"
        " version = version + 1 WHERE id = :id",
        id=receipt_id,
        free=left.get(Claim.FREE, 0),
        ordered=left.get(Claim.ORDERED, 0),
        pledged=left.get(Claim.PLEDGED, 0),
        whole=sum(left.values()),
        empty=when_empty,
    )


async def note(
    actor: Actor,
    receipt_id: int,
    kind: EventKind,
    grams: Grams,
    *,
    township_id: int,
    now: datetime,
    transaction_id: UUID,
    id: UUID | None = None,
    happened_on: date | None = None,
    other_receipt_id: int | None = None,
    reason: str | None = None,
    content: str | None = None,
    inputs: Mapping[str, int] | None = None,
) -> None:
    """Adds to a receipt's history what a transaction did to it; the same one adds it once."""
    await db.insert(
        "bank_event",
        id=id or uuid5(transaction_id, f"{kind.value} {receipt_id}"),
        receipt_id=receipt_id,
        kind=kind,
        grams=grams,
        happened_on=happened_on or clock.local_day(now),
        at=now,
        other_receipt_id=other_receipt_id,
        transaction_id=transaction_id,
        reason=reason,
        content_hash=content,
        inputs=None if inputs is None else json.dumps(inputs),
        user_id=actor.user_id,
        user_name=actor.name,
        township_id=township_id,
    )


async def balance(account_id: int) -> Grams:
    """What an account has that is not held."""
    return Grams((await ledger.balance(account_id)).available)
