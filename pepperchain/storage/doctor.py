"""Adding rooms, lots and what is available up again: a sentence for what does not fit, none if all does."""

from pepperchain.core import db
from pepperchain.storage.postings import LOSS, SEED, WASTE

_LEFT_OVER = """
SELECT c.site_id, c.written, COALESCE(a.posted, 0) FROM (
    SELECT c.site_id, SUM(CASE WHEN v.id IS NULL THEN c.{column} ELSE 0 END) AS written FROM storage_conversion c
    LEFT JOIN storage_movement v ON v.reverses_id = c.movement_id GROUP BY c.site_id
) AS c LEFT JOIN (
    SELECT a.ref, SUM(a.debits - a.credits) AS posted FROM ledger_account a WHERE a.kind = '{kind}' GROUP BY a.ref
) AS a ON a.ref = 'site:' || c.site_id WHERE c.written <> COALESCE(a.posted, 0)
"""
_CHECKS = (
    (
        "room %s holds %s g by its own count, its lots %s g",
        "SELECT r.id, r.stock_grams, COALESCE(SUM(l.on_hand_grams), 0) FROM storage_room r"
        " LEFT JOIN storage_lot l ON l.room_id = r.id AND l.is_open GROUP BY r.id, r.stock_grams"
        " HAVING r.stock_grams <> COALESCE(SUM(l.on_hand_grams), 0)",
    ),
    (
        "room %s holds %s g of product %s by its lots, %s g by the ledger",
        "SELECT l.room_id, SUM(l.on_hand_grams), l.product_id, SUM(a.debits - a.credits) FROM storage_lot l"
        " JOIN ledger_account a ON a.id = l.account_id GROUP BY l.room_id, l.product_id"
        " HAVING SUM(l.on_hand_grams) <> SUM(a.debits - a.credits)",
    ),
    (
        "lot %s says %s g and %s g held, the ledger %s g and %s g",
        "SELECT l.id, l.on_hand_grams, l.held_grams, a.debits - a.credits, a.held_credits FROM storage_lot l"
        " JOIN ledger_account a ON a.id = l.account_id WHERE l.on_hand_grams <> a.debits - a.credits"
        " OR l.held_grams <> CASE WHEN l.block_id IS NULL THEN a.held_credits ELSE a.debits - a.credits END",
    ),
    (
        "what became another product at %s is out by %s g",
        "SELECT a.ref, SUM(a.debits - a.credits) FROM ledger_account a WHERE a.kind = 'conversion' GROUP BY a.ref"
        " HAVING SUM(a.debits - a.credits) <> 0",
    ),
    ("site %s wrote down %s g as seed, the ledger %s g", _LEFT_OVER.format(column="seed_grams", kind=SEED)),
    (
        "site %s wrote down %s g as waste, the ledger %s g",
        _LEFT_OVER.format(column="waste_grams", kind=WASTE),
    ),
    (
        "site %s wrote down %s g as lost in processing, the ledger %s g",
        _LEFT_OVER.format(column="loss_grams", kind=LOSS),
    ),
    (
        "lot %s is blocked by %s, which does not stand",
        "SELECT l.id, l.block_id FROM storage_lot l LEFT JOIN storage_movement m ON m.id = l.block_id AND m.lot_id = l.id"
        " AND m.kind = 'block' LEFT JOIN storage_movement v ON v.reverses_id = m.id"
        " WHERE l.block_id IS NOT NULL AND (m.id IS NULL OR v.id IS NOT NULL)",
    ),
    (
        "consignment %s carries %s g, the ledger says %s g",
        "SELECT c.id, c.carried, COALESCE(a.posted, 0) FROM (SELECT c.id, SUM(CASE WHEN c.state = 'on_road' THEN x.sent_grams ELSE 0 END)"
        " AS carried FROM storage_consignment c JOIN storage_consignment_lot x ON x.consignment_id = c.id GROUP BY c.id) AS c"
        " LEFT JOIN (SELECT a.ref, SUM(a.debits - a.credits) AS posted FROM ledger_account a WHERE a.kind = 'in_transit' GROUP BY a.ref)"
        " AS a ON a.ref = 'consignment:' || c.id WHERE c.carried <> COALESCE(a.posted, 0)",
    ),
    (
        "%s of ledger account %s are on the road, but no consignment is",
        "SELECT a.debits - a.credits, a.ref FROM ledger_account a LEFT JOIN storage_consignment c ON a.ref = 'consignment:' || c.id"
        " WHERE a.kind = 'in_transit' AND c.id IS NULL",
    ),
    (
        "consignments of site %s lost %s g on the way, the ledger says %s g",
        "SELECT c.from_site_id, c.lost, COALESCE(a.posted, 0) FROM (SELECT c.from_site_id, SUM(CASE WHEN x.received_grams < x.sent_grams"
        " THEN x.sent_grams - x.received_grams ELSE 0 END) AS lost FROM storage_consignment c"
        " JOIN storage_consignment_lot x ON x.consignment_id = c.id GROUP BY c.from_site_id) AS c"
        " LEFT JOIN (SELECT a.ref, SUM(a.debits - a.credits) AS posted FROM ledger_account a WHERE a.kind = 'transit_loss' GROUP BY a.ref)"
        " AS a ON a.ref = 'site:' || c.from_site_id WHERE c.lost <> COALESCE(a.posted, 0)",
    ),
    (
        "consignment %s says %s g sent and %s g received, its lots %s g and %s g",
        "SELECT c.id, c.sent_grams, c.received_grams, SUM(x.sent_grams), SUM(x.received_grams) FROM storage_consignment c"
        " JOIN storage_consignment_lot x ON x.consignment_id = c.id GROUP BY c.id, c.sent_grams, c.received_grams"
        " HAVING c.sent_grams <> SUM(x.sent_grams) OR COALESCE(c.received_grams, -1) <> COALESCE(SUM(x.received_grams), -1)",
    ),
    (
        "lot %s and consignment %s do not agree whether it is on the road",
        "SELECT x.lot_id, x.consignment_id FROM storage_consignment_lot x JOIN storage_consignment c ON c.id = x.consignment_id"
        " JOIN storage_lot l ON l.id = x.lot_id WHERE c.state = 'on_road'"
        " AND (l.consignment_id IS NULL OR l.consignment_id <> c.id OR l.on_hand_grams <> 0)"
        " UNION ALL SELECT l.id, l.consignment_id FROM storage_lot l LEFT JOIN storage_consignment c ON c.id = l.consignment_id"
        " WHERE l.consignment_id IS NOT NULL AND (c.id IS NULL OR c.state <> 'on_road')",
    ),
    (
        "space is kept for consignment %s, which is not on the road",
        "SELECT b.consignment_id FROM storage_booking b LEFT JOIN storage_consignment c ON c.id = b.consignment_id"
        " WHERE b.consignment_id IS NOT NULL AND b.released_at IS NULL AND (c.id IS NULL OR c.state <> 'on_road')",
    ),
    ("lot %s has no account", "SELECT id FROM storage_lot WHERE account_id IS NULL"),
    (
        "of product %s at site %s, %s lots with %s g are offered, but %s lots with %s g are free",
        "SELECT c.product_id, c.site_id, c.lots, c.free_grams, COUNT(l.id), COALESCE(SUM(l.free_grams), 0) FROM storage_available c"
        " LEFT JOIN storage_lot l ON l.product_id = c.product_id AND l.site_id = c.site_id AND l.free_grams > 0"
        " GROUP BY c.product_id, c.site_id, c.lots, c.free_grams"
        " HAVING c.lots <> COUNT(l.id) OR c.free_grams <> COALESCE(SUM(l.free_grams), 0)",
    ),
    (
        "product %s at site %s is free but not offered",
        "SELECT l.product_id, l.site_id FROM storage_lot l LEFT JOIN storage_available c"
        " ON c.product_id = l.product_id AND c.site_id = l.site_id WHERE l.free_grams > 0 AND c.site_id IS NULL"
        " GROUP BY l.product_id, l.site_id",
    ),
    (
        "lot %s stands in room %s but at another site",
        "SELECT l.id, l.room_id FROM storage_lot l JOIN storage_room r ON r.id = l.room_id"
        " WHERE l.site_id <> r.site_id OR l.operator_id <> r.operator_id OR l.township_id <> r.township_id",
    ),
    (
        "slip %s says lot %s, which does not know of it",
        "SELECT w.id, w.lot_id FROM harvest_weighin w LEFT JOIN storage_lot_slip x ON x.lot_id = w.lot_id AND x.weighin_id = w.id"
        " WHERE w.lot_id IS NOT NULL AND x.lot_id IS NULL",
    ),
    (
        "booking %s counts %s g as used, its receipts %s g",
        "SELECT b.id, b.used_grams, COALESCE(SUM(CASE WHEN v.id IS NULL THEN u.grams END), 0) FROM storage_booking b"
        " LEFT JOIN storage_booking_use u ON u.booking_id = b.id LEFT JOIN storage_movement v ON v.reverses_id = u.movement_id"
        " GROUP BY b.id, b.used_grams HAVING b.used_grams <> COALESCE(SUM(CASE WHEN v.id IS NULL THEN u.grams END), 0)",
    ),
)
FINDINGS_MAX = 20


async def findings() -> list[str]:
    """What does not fit, at most twenty sentences for each check."""
    found: list[str] = []
    for sentence, sql in _CHECKS:
        rows = await db.tuples(f"{sql} LIMIT {FINDINGS_MAX}")
        found += [sentence % row for row in rows]
    return found
