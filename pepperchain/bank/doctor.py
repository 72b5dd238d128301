"""Adding the bank up again: a sentence for what does not fit, none if all does."""

from datetime import date
from uuid import UUID

from pepperchain.access.actor import SYSTEM
from pepperchain.audit.chains import FIRST_HASH
from pepperchain.bank import close_queries, close_rules
from pepperchain.bank.account_rules import Account, Claim
from pepperchain.core import db

_CLAIMS = "('bank_claim', 'bank_ordered', 'bank_pledged')"
_SIDE = "CASE a.side WHEN 'debit' THEN a.debits - a.credits ELSE a.credits - a.debits END"
_ONE_TRANSFER = "('withdrawn', 'ordered', 'order_ended', 'pledged', 'unpledged', 'split_off', 'transferred', 'reissued', 'voided')"
_CHECKS = (
    (
        "site %s keeps %s g of %s for others by its custody, %s g by its receipts' claims",
        "SELECT x.site_id, x.kept, c.code, COALESCE(y.claimed, 0) FROM (SELECT s.id AS site_id, a.commodity_id, a.debits - a.credits"
        " AS kept FROM directory_site s JOIN ledger_account a ON a.kind = 'bank_custody' AND a.ref = 'site:' || s.id) AS x"
        " JOIN ledger_commodity c ON c.id = x.commodity_id"
        " LEFT JOIN (SELECT b.site_id, a.commodity_id, SUM(a.credits - a.debits) AS claimed FROM bank_receipt b JOIN ledger_account a"
        f" ON a.ref = 'receipt:' || b.id AND a.kind IN {_CLAIMS} GROUP BY b.site_id, a.commodity_id) AS y"
        " ON y.site_id = x.site_id AND y.commodity_id = x.commodity_id WHERE x.kept <> COALESCE(y.claimed, 0)",
    ),
    *(
        (
            f"receipt %s says %s g {said}, its claims in the ledger %s g",
            f"SELECT b.number, b.{column}, COALESCE(SUM(a.credits - a.debits), 0) FROM bank_receipt b"
            f" LEFT JOIN ledger_account a ON a.ref = 'receipt:' || b.id AND a.kind = '{kind.value}'"
            f" GROUP BY b.id, b.number, b.{column} HAVING b.{column} <> COALESCE(SUM(a.credits - a.debits), 0)",
        )
        for said, column, kind in (
            ("free", "free_grams", Claim.FREE),
            ("to be sold", "ordered_grams", Claim.ORDERED),
            ("pledged", "pledged_grams", Claim.PLEDGED),
        )
    ),
    (
        "receipt %s is of another product than its claims in the ledger",
        "SELECT DISTINCT b.number FROM bank_receipt b JOIN harvest_product d ON d.id = b.product_id JOIN ledger_account a"
        f" ON a.ref = 'receipt:' || b.id AND a.kind IN {_CLAIMS} WHERE a.commodity_id <> d.commodity_id",
    ),
    (
        "receipt %s was issued for %s g by its history, by the ledger for %s g",
        "SELECT b.number, e.grams, COALESCE(SUM(x.amount), 0) FROM bank_receipt b JOIN bank_event e ON e.receipt_id = b.id"
        " AND e.kind = 'issued' LEFT JOIN ledger_transfer x"
        " ON x.transaction_id = b.request_id AND x.credit_id IN (SELECT a.id FROM ledger_account a WHERE a.ref = 'receipt:' || b.id)"
        " GROUP BY b.id, b.number, e.grams HAVING e.grams <> COALESCE(SUM(x.amount), 0)",
    ),
    (
        "receipt %s is %s and stands for %s g",
        "SELECT number, state, free_grams + ordered_grams + pledged_grams FROM bank_receipt"
        " WHERE (CASE WHEN state IN ('open', 'lost') THEN 1 ELSE 0 END)"
        " <> (CASE WHEN free_grams + ordered_grams + pledged_grams > 0 THEN 1 ELSE 0 END)",
    ),
    (
        "the history of receipt %s does not begin with its %s g",
        # Natural loss that is taken back may come to a receipt that was issued for what was left: it stands for that much more.
        "SELECT b.number, b.grams FROM bank_receipt b LEFT JOIN bank_event e ON e.receipt_id = b.id AND e.kind = 'issued'"
        " WHERE e.id IS NULL OR b.grams < e.grams OR b.grams > e.grams + (SELECT COALESCE(SUM(r.grams), 0) FROM bank_event r"
        " WHERE r.receipt_id = b.id AND r.kind = 'reversed' AND r.inputs IS NOT NULL)",
    ),
    (
        "the history of receipt %s says %s %s g, the ledger %s g",
        "SELECT b.number, e.kind, e.grams, x.amount FROM bank_event e JOIN bank_receipt b ON b.id = e.receipt_id"
        " JOIN ledger_transfer x ON x.transaction_id = e.transaction_id AND x.position = 1"
        f" WHERE e.kind IN {_ONE_TRANSFER} AND x.amount <> e.grams",
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
        "receipt %s holds grams of another lot than its own",
        "SELECT b.number FROM bank_receipt b JOIN ledger_hold h ON h.id = b.custody_hold_id JOIN storage_lot l ON l.id = b.lot_id"
        " WHERE h.credit_id <> l.account_id",
    ),
    (
        "hold %s keeps %s g of a lot for no receipt",
        "SELECT h.id, h.amount FROM ledger_hold h LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id WHERE h.purpose = 'bank'"
        " AND o.hold_id IS NULL AND h.id NOT IN (SELECT custody_hold_id FROM bank_receipt WHERE custody_hold_id IS NOT NULL)",
    ),
    (
        "site %s has issued %s receipts by its counter, %s by its receipts",
        "SELECT c.site_id, c.issued, COUNT(b.id) FROM bank_counter c LEFT JOIN bank_receipt b ON b.site_id = c.site_id"
        " GROUP BY c.site_id, c.issued HAVING c.issued <> COUNT(b.id)",
    ),
    (
        "the numbers of site %s run to %s without a gap by its counter, and are %s from %s to %s",
        "SELECT b.site_id, COALESCE(c.issued, 0), b.counted, b.first, b.last FROM (SELECT site_id, COUNT(DISTINCT place) AS counted,"
        " MIN(place) AS first, MAX(place) AS last FROM (SELECT site_id, CAST(SUBSTR(number, LENGTH(number) - 5) AS INTEGER) AS place"
        " FROM bank_receipt) AS n GROUP BY site_id) AS b LEFT JOIN bank_counter c ON c.site_id = b.site_id"
        " WHERE b.first <> 1 OR b.last <> COALESCE(c.issued, 0) OR b.counted <> COALESCE(c.issued, 0)",
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
    *(
        (
            f"{said} %s fen by their settlements, %s fen by the ledger",
            f"SELECT s.fen, m.fen FROM (SELECT COALESCE(SUM({column}), 0) AS fen FROM bank_settlement WHERE state <> 'reversed') AS s"
            f" CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS fen FROM ledger_account a WHERE a.kind = '{kind.value}') AS m"
            " WHERE s.fen <> m.fen",
        )
        for said, column, kind in (
            ("sales brought", "sale_fen", Account.PROCEEDS),
            ("operators topped up", "top_up_fen", Account.TOP_UP),
            ("operators earned", "operator_fen", Account.MARGIN),
            ("other costs took", "costs_fen", Account.COSTS),
        )
    ),
    (
        "what pepper taken out owes for storage is %s fen by what was set off and is owed, %s fen by the fees",
        "SELECT o.owed + s.set_off, f.fees - s.fee FROM (SELECT COALESCE(SUM(set_off_fen), 0) AS set_off, COALESCE(SUM(fee_fen), 0) AS fee"
        " FROM bank_settlement WHERE state <> 'reversed') AS s"
        f" CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS owed FROM ledger_account a WHERE a.kind = 'bank_receivable') AS o"
        f" CROSS JOIN (SELECT COALESCE(SUM({_SIDE}), 0) AS fees FROM ledger_account a WHERE a.kind = 'bank_fee') AS f"
        " WHERE o.owed + s.set_off <> f.fees - s.fee",
    ),
    (
        "sale %s sold %s g, its settlements %s g",
        "SELECT s.id, s.grams, COALESCE(SUM(t.grams), 0) FROM bank_sale s LEFT JOIN bank_settlement t ON t.sale_id = s.id"
        " GROUP BY s.id, s.grams HAVING s.grams <> COALESCE(SUM(t.grams), 0)",
    ),
    (
        "settlement %s of sale %s is %s, against its sale",
        "SELECT t.id, s.id, t.state FROM bank_settlement t JOIN bank_sale s ON s.id = t.sale_id"
        " WHERE (CASE WHEN t.state = 'reversed' THEN 1 ELSE 0 END) <> (CASE WHEN s.reversed_at IS NULL THEN 0 ELSE 1 END)",
    ),
    (
        "operator %s has %s settlements of %s fen under version %s in %s by its results, %s of %s fen by what stands",
        "SELECT COALESCE(r.operator_id, t.operator_id), COALESCE(r.settlements, 0), COALESCE(r.grower_fen, 0),"
        " COALESCE(r.scheme_version_id, t.version_id), COALESCE(r.season, t.season), COALESCE(t.counted, 0), COALESCE(t.fen, 0)"
        " FROM (SELECT u.operator_id, b.scheme_version_id AS version_id, d.season, COUNT(*) AS counted, SUM(u.grams) AS grams,"
        " SUM(u.grower_fen) AS fen, SUM(u.floor_fen + u.fee_fen + u.top_up_fen) AS rest FROM bank_settlement u"
        " JOIN bank_receipt b ON b.id = u.receipt_id"
        " JOIN harvest_product d ON d.id = b.product_id WHERE u.state <> 'reversed'"
        " GROUP BY u.operator_id, b.scheme_version_id, d.season) AS t"
        " FULL JOIN bank_result r ON r.operator_id = t.operator_id AND r.scheme_version_id = t.version_id AND r.season = t.season"
        " WHERE COALESCE(r.settlements, 0) <> COALESCE(t.counted, 0) OR COALESCE(r.grams, 0) <> COALESCE(t.grams, 0)"
        " OR COALESCE(r.grower_fen, 0) <> COALESCE(t.fen, 0)"
        " OR COALESCE(r.floor_fen + r.fee_fen + r.top_up_fen, 0) <> COALESCE(t.rest, 0)",
    ),
    (
        "order %s says %s g of it are sold, its settlements %s g",
        "SELECT x.id, x.filled_grams, COALESCE(SUM(t.grams), 0) FROM bank_order x LEFT JOIN bank_settlement t ON t.order_id = x.id"
        " AND t.state <> 'reversed' GROUP BY x.id, x.filled_grams HAVING x.filled_grams <> COALESCE(SUM(t.grams), 0)",
    ),
    (
        "payment list %s is of %s settlements and %s fen, what stands on it %s and %s",
        "SELECT y.id, y.settlements, y.fen, COUNT(t.id), COALESCE(SUM(t.grower_fen - t.set_off_fen), 0) FROM bank_payment y"
        " LEFT JOIN bank_settlement t ON t.payment_id = y.id AND t.state = y.state GROUP BY y.id, y.settlements, y.fen"
        " HAVING y.settlements <> COUNT(t.id) OR y.fen <> COALESCE(SUM(t.grower_fen - t.set_off_fen), 0)",
    ),
    (
        "payment list %s is paid with %s fen, by the ledger with %s fen",
        "SELECT y.id, y.fen, COALESCE(SUM(x.amount), 0) FROM bank_payment y LEFT JOIN ledger_transfer x ON x.transaction_id = y.id"
        " GROUP BY y.id, y.fen, y.state HAVING CASE WHEN y.state = 'paid' THEN y.fen ELSE 0 END <> COALESCE(SUM(x.amount), 0)",
    ),
    (
        "pledge %s has brought its lender %s fen, by its settlements %s fen",
        "SELECT g.id, g.received_fen, COALESCE(SUM(t.lender_fen), 0) FROM bank_pledge g LEFT JOIN bank_order x ON x.pledge_id = g.id"
        " LEFT JOIN bank_settlement t ON t.order_id = x.id AND t.state <> 'reversed' GROUP BY g.id, g.received_fen"
        " HAVING g.received_fen <> COALESCE(SUM(t.lender_fen), 0)",
    ),
    (
        "site %s signed %s, and its book is not closed through that day",
        "SELECT z.site_id, z.closed_on FROM bank_close z LEFT JOIN ledger_period p ON p.book = 'bank:' || z.site_id"
        " AND p.closed_through = z.closed_on WHERE z.state = 'signed' AND p.id IS NULL",
    ),
    (
        "site %s signed %s under a head that the ledger's chain never had",
        "SELECT z.site_id, z.closed_on FROM bank_close z LEFT JOIN audit_seal e ON e.chain = 'ledger' AND e.hash = z.chain_head"
        " WHERE z.state = 'signed' AND e.id IS NULL AND z.chain_head <> :first",
    ),
    (
        "receipt %s has %s g to be sold by its orders, %s g by its own word",
        "SELECT b.number, COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0), b.ordered_grams FROM bank_receipt b"
        " LEFT JOIN bank_order x ON x.receipt_id = b.id AND x.state = 'open' GROUP BY b.id, b.number, b.ordered_grams"
        " HAVING COALESCE(SUM(x.grams - x.filled_grams - x.cancelled_grams), 0) <> b.ordered_grams",
    ),
)


async def findings() -> list[str]:
    """Custody against claims, receipts against the ledger, their lots and their history, numbers without gaps, sales, money, pledges,
    payment lists and closed days against what they stand on. Each check is one statement, so that it may be asked while others write.
    """
    found = []
    for sentence, sql in _CHECKS:
        found += [
            sentence % row
            for row in await db.tuples(sql, **({"first": FIRST_HASH} if ":first" in sql else {}))
        ]
    return found + await _closed_days()


async def _closed_days() -> list[str]:
    """The last signed day of each site, added up again: nothing can have been entered for it since."""
    last = await db.fetch(
        lambda id, site_id, on: (UUID(str(id)), int(site_id), date.fromisoformat(str(on))),
        "SELECT z.id, z.site_id, z.closed_on FROM bank_close z WHERE z.state = 'signed' AND z.closed_on ="
        " (SELECT MAX(y.closed_on) FROM bank_close y WHERE y.site_id = z.site_id AND y.state = 'signed') ORDER BY z.site_id",
    )
    found = []
    for id, site_id, on in last:
        signed = (await close_queries.close(SYSTEM, id)).figures
        again = await close_queries.figures(site_id, on)
        if close_rules.moved(signed) != close_rules.moved(again):
            found.append(f"site {site_id} signed another {on} than its books say")
    return found
