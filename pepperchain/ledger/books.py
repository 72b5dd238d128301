"""Adding the books up again: the chain that seals them, and what `doctor` finds wrong with them."""

from pepperchain.audit.chains import Chain
from pepperchain.core import db
from pepperchain.ledger.rules import Leg, content_hash

LEDGER = Chain(
    "ledger",
    table="ledger_transaction t",
    xact="t.xact",
    number="t.seq",
    columns="t.id, t.kind, t.book, t.effective_on, t.recorded_at, t.actor_id, t.township_id, t.reverses_id, t.content_hash",
)
"""Seals transactions; each one's content hash covers its transfers, so nothing of it can change unseen."""

_PAGE = 20_000

_COUNTERS = """
SELECT a.id, a.kind, a.ref FROM ledger_account a
LEFT JOIN (SELECT debit_id AS id, SUM(amount) AS total FROM ledger_transfer GROUP BY debit_id) d ON d.id = a.id
LEFT JOIN (SELECT credit_id AS id, SUM(amount) AS total FROM ledger_transfer GROUP BY credit_id) c ON c.id = a.id
WHERE a.debits <> COALESCE(d.total, 0) OR a.credits <> COALESCE(c.total, 0) ORDER BY a.id LIMIT 20
"""
_HELD = """
SELECT a.id, a.kind, a.ref FROM ledger_account a
LEFT JOIN (
    SELECT h.debit_id AS id, SUM(h.amount) AS total FROM ledger_hold h
    LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id WHERE o.hold_id IS NULL GROUP BY h.debit_id
) d ON d.id = a.id
LEFT JOIN (
    SELECT h.credit_id AS id, SUM(h.amount) AS total FROM ledger_hold h
    LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id WHERE o.hold_id IS NULL GROUP BY h.credit_id
) c ON c.id = a.id
WHERE a.held_debits <> COALESCE(d.total, 0) OR a.held_credits <> COALESCE(c.total, 0) ORDER BY a.id LIMIT 20
"""
_FLOORS = """
SELECT id, kind, ref FROM ledger_account WHERE guarded
AND CASE WHEN side = 'debit' THEN debits - credits - held_credits ELSE credits - debits - held_debits END < 0 ORDER BY id LIMIT 20
"""
_CONSERVATION = """
SELECT c.id, c.code, c.unit FROM ledger_commodity c JOIN ledger_account a ON a.commodity_id = c.id
GROUP BY c.id, c.code, c.unit HAVING SUM(a.debits) <> SUM(a.credits) ORDER BY c.id LIMIT 20
"""
_MIXED = """
SELECT x.id, x.transaction_id, x.position FROM ledger_transfer x
JOIN ledger_account d ON d.id = x.debit_id JOIN ledger_account c ON c.id = x.credit_id
WHERE d.commodity_id <> x.commodity_id OR c.commodity_id <> x.commodity_id ORDER BY x.id LIMIT 20
"""
_CHECKS = (
    (_COUNTERS, "the counters of account {0} ({1} {2}) are not the sum of its transfers"),
    (_HELD, "what account {0} ({1} {2}) holds is not the sum of its open holds"),
    (_FLOORS, "account {0} ({1} {2}) is overdrawn"),
    (_CONSERVATION, "debits and credits of commodity {0} ({1}) differ"),
    (_MIXED, "transfer {0} of transaction {1} mixes commodities"),
)


async def findings() -> list[str]:
    """Everything that does not add up, as sentences; none if the books balance. Reads the whole ledger."""
    found: list[str] = []
    for sql, sentence in _CHECKS:
        found.extend(sentence.format(*row) for row in await db.tuples(sql))
    return found + await _changed()


async def _changed() -> list[str]:
    """Transactions whose transfers are not those that were posted."""
    found: list[str] = []
    last = 0
    while page := await db.tuples(
        "SELECT seq, id, kind, book, effective_on, reason, reverses_id, content_hash FROM ledger_transaction"
        " WHERE seq > :last ORDER BY seq LIMIT :page",
        last=last,
        page=_PAGE,
    ):
        legs = await _legs_between(last, page[-1][0])
        for _, id, kind, book, effective_on, reason, reverses_id, content in page:
            said = content_hash(
                kind=kind,
                book=book,
                effective_on=effective_on,
                legs=legs.get(str(id), []),
                reason=reason,
                reverses=reverses_id,
            )
            if said != content:
                found.append(f"transaction {id} is not what was posted")
        last = page[-1][0]
    return found


async def _legs_between(after: int, through: int) -> dict[str, list[Leg]]:
    legs: dict[str, list[Leg]] = {}
    for id, debit, credit, amount in await db.tuples(
        "SELECT x.transaction_id, x.debit_id, x.credit_id, x.amount FROM ledger_transaction t"
        " JOIN ledger_transfer x ON x.transaction_id = t.id WHERE t.seq > :after AND t.seq <= :through"
        " ORDER BY t.seq, x.position",
        after=after,
        through=through,
    ):
        legs.setdefault(str(id), []).append(Leg(debit, credit, amount))
    return legs
