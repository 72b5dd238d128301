"""Orders to sell, sales, what each depositor was settled, and payments."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Four tables. A settlement keeps its lines with their formulas and inputs, so that it explains itself for good."""

    dependencies = [("bank", "0001_receipts")]
    sql = """
CREATE TABLE bank_order (
    id {uuid} NOT NULL PRIMARY KEY,
    receipt_id BIGINT NOT NULL REFERENCES bank_receipt (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    kind VARCHAR(10) NOT NULL CHECK (kind IN ('now', 'at_price')),
    limit_fen_per_kg BIGINT CHECK (limit_fen_per_kg > 0),
    grams BIGINT NOT NULL CHECK (grams > 0),
    filled_grams BIGINT NOT NULL DEFAULT 0 CHECK (filled_grams >= 0),
    cancelled_grams BIGINT NOT NULL DEFAULT 0 CHECK (cancelled_grams >= 0),
    expires_on DATE,
    ordered_by VARCHAR(10) NOT NULL CHECK (ordered_by IN ('depositor', 'staff', 'operator', 'lender')),
    words VARCHAR(200),
    pledge_id {uuid},
    state VARCHAR(10) NOT NULL CHECK (state IN ('open', 'filled', 'cancelled', 'expired')),
    placed_at BIGINT NOT NULL,
    placed_by BIGINT,
    placed_by_name VARCHAR(80) NOT NULL,
    ended_at BIGINT,
    content_hash CHAR(32) NOT NULL,
    CHECK (filled_grams + cancelled_grams <= grams),
    CHECK ((kind = 'at_price') = (limit_fen_per_kg IS NOT NULL)),
    CHECK ((ordered_by = 'lender') = (pledge_id IS NOT NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL))
)
--;
CREATE INDEX bank_order_open ON bank_order (site_id, product_id, placed_at, id) WHERE state = 'open'
--;
CREATE INDEX bank_order_receipt ON bank_order (receipt_id, placed_at, id)
--;
CREATE INDEX bank_order_expiry ON bank_order (expires_on, id) WHERE state = 'open' AND expires_on IS NOT NULL
--;
CREATE TABLE bank_sale (
    id {uuid} NOT NULL PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    grams BIGINT NOT NULL CHECK (grams > 0),
    price_fen_per_kg BIGINT NOT NULL CHECK (price_fen_per_kg > 0),
    costs_fen BIGINT NOT NULL CHECK (costs_fen >= 0),
    sold_on DATE NOT NULL,
    buyer VARCHAR(80) NOT NULL CHECK (buyer <> ''),
    sold_at BIGINT NOT NULL,
    sold_by BIGINT,
    sold_by_name VARCHAR(80) NOT NULL,
    reversed_at BIGINT,
    reversed_reason VARCHAR(200),
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX bank_sale_operator ON bank_sale (operator_id, sold_on, id)
--;
CREATE TABLE bank_payment (
    id {uuid} NOT NULL PRIMARY KEY,
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL,
    settlements INTEGER NOT NULL CHECK (settlements > 0),
    fen BIGINT NOT NULL CHECK (fen >= 0),
    state VARCHAR(10) NOT NULL CHECK (state IN ('listed', 'paid')),
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    made_by_name VARCHAR(80) NOT NULL,
    paid_at BIGINT,
    paid_by BIGINT,
    paid_by_name VARCHAR(80),
    CHECK ((state = 'paid') = (paid_at IS NOT NULL)),
    CHECK (paid_by IS NULL OR made_by IS NULL OR paid_by <> made_by)
)
--;
CREATE INDEX bank_payment_operator ON bank_payment (operator_id, made_at, id)
--;
CREATE TABLE bank_settlement (
    id {id},
    sale_id {uuid} NOT NULL REFERENCES bank_sale (id),
    order_id {uuid} NOT NULL REFERENCES bank_order (id),
    receipt_id BIGINT NOT NULL REFERENCES bank_receipt (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0),
    sale_fen BIGINT NOT NULL CHECK (sale_fen >= 0),
    floor_fen BIGINT NOT NULL CHECK (floor_fen >= 0),
    top_up_fen BIGINT NOT NULL CHECK (top_up_fen >= 0),
    fee_fen BIGINT NOT NULL CHECK (fee_fen >= 0),
    costs_fen BIGINT NOT NULL CHECK (costs_fen >= 0),
    operator_fen BIGINT NOT NULL CHECK (operator_fen >= 0),
    grower_fen BIGINT NOT NULL CHECK (grower_fen >= 0),
    set_off_fen BIGINT NOT NULL CHECK (set_off_fen >= 0),
    lender_fen BIGINT NOT NULL DEFAULT 0 CHECK (lender_fen >= 0),
    lender_id BIGINT REFERENCES directory_organization (id),
    lines {json} NOT NULL,
    settled_at BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL CHECK (state IN ('due', 'listed', 'paid', 'reversed')),
    payment_id {uuid} REFERENCES bank_payment (id),
    UNIQUE (sale_id, order_id),
    CHECK (sale_fen + top_up_fen = grower_fen + operator_fen + fee_fen + costs_fen),
    CHECK (set_off_fen + lender_fen <= grower_fen),
    CHECK (lender_fen = 0 OR lender_id IS NOT NULL),
    CHECK ((state IN ('listed', 'paid')) = (payment_id IS NOT NULL))
)
--;
CREATE INDEX bank_settlement_household ON bank_settlement (household_id, id)
--;
CREATE INDEX bank_settlement_receipt ON bank_settlement (receipt_id, id)
--;
CREATE INDEX bank_settlement_operator ON bank_settlement (operator_id, id)
--;
CREATE INDEX bank_settlement_due ON bank_settlement (site_id, id) WHERE state = 'due'
--;
CREATE INDEX bank_settlement_payment ON bank_settlement (payment_id, id) WHERE payment_id IS NOT NULL
"""
