"""Holds that have run out. They free what they held whether or not the timer comes by: whoever needs it expires them first."""

from datetime import datetime

from pepperchain.core import db

BATCH_HOLDS_MAX = 200

_OPEN = " AND NOT EXISTS (SELECT 1 FROM ledger_hold_outcome o WHERE o.hold_id = h.id)"


async def expire_on(account_ids: list[int], *, now: datetime) -> int:
    """Ends the holds on these (locked) accounts that have run out; how many."""
    due = await db.tuples(
        "SELECT h.id FROM ledger_hold h WHERE (h.credit_id IN :accounts OR h.debit_id IN :accounts) AND h.expires_at <= :now"
        + _OPEN,
        accounts=account_ids,
        now=now,
    )
    for (hold_id,) in due:
        await _expire(hold_id, now=now)
    return len(due)


@db.unit_of_work
async def expire_due(*, now: datetime, limit: int = BATCH_HOLDS_MAX) -> int:
    """Ends the holds that have run out, oldest first, at most `limit`; how many. Housekeeping for a timer."""
    due = await db.tuples(
        "SELECT h.id, h.debit_id, h.credit_id FROM ledger_hold h WHERE h.expires_at <= :now"
        + _OPEN
        + " ORDER BY h.expires_at LIMIT :limit",
        now=now,
        limit=limit,
    )
    await db.lock("ledger_account", [account for row in due for account in row[1:]])
    ended = 0
    for hold_id, _, _ in due:
        ended += await _expire(hold_id, now=now)
    return ended


async def _expire(hold_id: str, *, now: datetime) -> int:
    return await db.execute(
        "INSERT INTO ledger_hold_outcome (hold_id, outcome, amount, transaction_id, at)"
        " VALUES (:hold_id, 'expired', 0, NULL, :now) ON CONFLICT (hold_id) DO NOTHING",
        hold_id=hold_id,
        now=now,
    )
