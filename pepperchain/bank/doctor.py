"""Adding the bank up again: a sentence for what does not fit, none if all does."""

from pepperchain.core import db

_CLAIMS = "('bank_claim', 'bank_ordered', 'bank_pledged')"
_SIDE = "CASE a.side WHEN 'debit' THEN a.debits - a.credits ELSE a.credits - a.debits END"
_CHECKS = (
    (
        "site %s keeps %s g for others by its custody, %s g by its receipts' claims",
        "SELECT x.site_id, COALESCE(x.kept, 0), COALESCE(y.claimed, 0) FROM (SELECT s.id AS site_id, SUM(a.debits - a.credits) AS kept"
        " FROM directory_site s JOIN ledger_account a ON a.kind = 'bank_custody' AND a.ref = 'site:' || s.id GROUP BY s.id) AS x"
        " LEFT JOIN (SELECT b.site_id, SUM(a.credits - a.debits) AS claimed FROM bank_receipt b JOIN ledger_account a"
        f" ON a.ref = 'receipt:' || b.id AND a.kind IN {_CLAIMS} GROUP BY b.site_id) AS y ON y.site_id = x.site_id"
        " WHERE COALESCE(x.kept, 0) <> COALESCE(y.claimed, 0)",
    ),
    (
        "receipt %s says %s g, its claims in the ledger %s g",
        "SELECT b.number, b.free_grams + b.ordered_grams + b.pledged_grams, COALESCE(SUM(a.credits - a.debits), 0) FROM bank_receipt b"
        f" LEFT JOIN ledger_account a ON a.ref = 'receipt:' || b.id AND a.kind IN {_CLAIMS}"
        " GROUP BY b.id, b.number, b.free_grams, b.ordered_grams, b.pledged_grams"
        " HAVING b.free_grams + b.ordered_grams + b.pledged_grams <> COALESCE(SUM(a.credits - a.debits), 0)",
    ),
    (
        "receipt %s stands for %s g and holds %s g of its lot",
        "SELECT b.number, b.free_grams + b.ordered_grams + b.pledged_grams, COALESCE(h.amount, 0) FROM bank_receipt b"
        " LEFT JOIN ledger_hold h ON h.id = b.custody_hold_id LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id"
        " JOIN storage_lot l ON l.id = b.lot_id"
        " WHERE b.free_grams + b.ordered_grams + b.pledged_grams < CASE WHEN o.outcome IS NULL THEN COALESCE(h.amount, 0) ELSE 0 END"
        " OR (b.free_grams + b.ordered_grams + b.pledged_grams > CASE WHEN o.outcome IS NULL THEN COALESCE(h.amount, 0) ELSE 0 END"
        " AND (l.free_grams > 0 OR l.on_hand_grams >= (SELECT SUM(c.free_grams + c.ordered_grams + c.pledged_grams) FROM bank_receipt c"
        " WHERE c.lot_id = l.id)))",
    ),
    (
        "site %s has issued %s receipts by its counter, %s by its receipts",
        "SELECT c.site_id, c.issued, COUNT(b.id) FROM bank_counter c LEFT JOIN bank_receipt b ON b.site_id = c.site_id"
        " GROUP BY c.site_id, c.issued HAVING c.issued <> COUNT(b.id)",
    ),
    (
        "growers have %s fen coming by their settlements, %s fen by the ledger",
        "SELECT s.due, m.due FROM (SELECT COALESCE(SUM(grower_fen - set_off_fen - lender_fen), 0) AS due FROM bank_settlement"
        f" WHERE state IN ('due', 'listed')) AS s CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS due FROM ledger_account a"
        " WHERE a.kind = 'bank_payable') AS m WHERE s.due <> m.due",
    ),
    (
        "lenders have %s fen coming by their settlements, %s fen by the ledger",
        "SELECT s.due, m.due FROM (SELECT COALESCE(SUM(lender_fen), 0) AS due FROM bank_settlement WHERE state IN ('due', 'listed')) AS s"
        f" CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS due FROM ledger_account a WHERE a.kind = 'bank_lender') AS m"
        " WHERE s.due <> m.due",
    ),
    (
        "receipt %s has %s g locked by its pledges, %s g by its own word",
        "SELECT b.number, COALESCE(SUM(g.held_grams), 0), b.pledged_grams FROM bank_receipt b"
        " LEFT JOIN bank_pledge g ON g.receipt_id = b.id AND g.ended_at IS NULL GROUP BY b.id, b.number, b.pledged_grams"
        " HAVING COALESCE(SUM(g.held_grams), 0) <> b.pledged_grams",
    ),
    (
        "pledge %s waits for %s g to be sold, its order says %s g",
        "SELECT g.id, g.called_grams, COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0) FROM bank_pledge g"
        " LEFT JOIN bank_order x ON x.pledge_id = g.id AND x.state = 'open' GROUP BY g.id, g.called_grams"
        " HAVING g.called_grams <> COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0)",
    ),
    (
        "sales brought %s fen by their settlements, %s fen by the ledger",
        "SELECT s.sold, m.sold FROM (SELECT COALESCE(SUM(sale_fen), 0) AS sold FROM bank_settlement WHERE state <> 'reversed') AS s"
        f" CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS sold FROM ledger_account a WHERE a.kind = 'bank_proceeds') AS m"
        " WHERE s.sold <> m.sold",
    ),
    (
        "receipt %s has %s g to be sold by its orders, %s g by its own word",
        "SELECT b.number, COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0), b.ordered_grams FROM bank_receipt b"
        " LEFT JOIN bank_order x ON x.receipt_id = b.id AND x.state = 'open' GROUP BY b.id, b.number, b.ordered_grams"
        " HAVING COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0) <> b.ordered_grams",
    ),
)


async def findings() -> list[str]:
    """Custody against claims, receipts against the ledger and their lots, numbers without gaps, money against settlements."""
    found = []
    for sentence, sql in _CHECKS:
        found += [sentence % row for row in await db.tuples(sql)]
    return found
