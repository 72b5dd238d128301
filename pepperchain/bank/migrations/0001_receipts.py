"""Schemes and their versions, day prices, receipts and what happened to them."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Six tables. A published version never changes; a receipt names the version and the floor that it was issued under.

    Grams of a receipt are its ledger accounts', written beside it for lists.
    """

    dependencies = [("storage", "0009_maintenance"), ("directory", "0001_registry"), ("ledger", "0001_books")]
    sql = """
CREATE TABLE bank_scheme (
    id {id},
    request_id {uuid},
    code VARCHAR(30) NOT NULL UNIQUE CHECK (code <> ''),
    name_zh VARCHAR(60) NOT NULL CHECK (name_zh <> ''),
    name_en VARCHAR(60) NOT NULL CHECK (name_en <> ''),
    operator_id BIGINT REFERENCES directory_organization (id),
    created_at BIGINT NOT NULL,
    created_by BIGINT,
    created_by_name VARCHAR(80) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0)
)
--;
CREATE UNIQUE INDEX bank_scheme_request ON bank_scheme (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX bank_scheme_operator ON bank_scheme (operator_id, id)
--;
CREATE TABLE bank_scheme_version (
    id {id},
    request_id {uuid},
    scheme_id BIGINT NOT NULL REFERENCES bank_scheme (id),
    number INTEGER NOT NULL CHECK (number > 0),
    terms {json} NOT NULL,
    note VARCHAR(200),
    state VARCHAR(10) NOT NULL CHECK (state IN ('draft', 'proposed', 'published', 'dropped')),
    drafted_at BIGINT NOT NULL,
    drafted_by BIGINT,
    drafted_by_name VARCHAR(80) NOT NULL,
    approved_by BIGINT,
    approved_by_name VARCHAR(80),
    published_at BIGINT,
    valid_from_on DATE,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    UNIQUE (scheme_id, number),
    CHECK (approved_by IS NULL OR drafted_by IS NULL OR approved_by <> drafted_by),
    CHECK ((state = 'published') = (published_at IS NOT NULL)),
    CHECK (state <> 'published' OR valid_from_on IS NOT NULL)
)
--;
CREATE UNIQUE INDEX bank_scheme_version_request ON bank_scheme_version (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX bank_scheme_version_standing ON bank_scheme_version (scheme_id, valid_from_on, id) WHERE state = 'published'
--;
CREATE TABLE bank_price (
    id {uuid} NOT NULL PRIMARY KEY,
    operator_id BIGINT REFERENCES directory_organization (id),
    form VARCHAR(20) NOT NULL,
    grade VARCHAR(30) NOT NULL,
    priced_on DATE NOT NULL,
    fen_per_kg BIGINT NOT NULL CHECK (fen_per_kg > 0),
    source VARCHAR(80),
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    at BIGINT NOT NULL
)
--;
CREATE INDEX bank_price_day ON bank_price (form, grade, priced_on, at, id)
--;
CREATE INDEX bank_price_operator ON bank_price (operator_id, priced_on, at, id)
--;
CREATE TABLE bank_counter (
    site_id BIGINT NOT NULL PRIMARY KEY REFERENCES directory_site (id),
    issued INTEGER NOT NULL CHECK (issued >= 0)
)
--;
CREATE TABLE bank_receipt (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    content_hash CHAR(32) NOT NULL,
    number VARCHAR(24) NOT NULL UNIQUE,
    code CHAR(26) NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    weighin_id {uuid} REFERENCES harvest_weighin (id),
    scheme_version_id BIGINT NOT NULL REFERENCES bank_scheme_version (id),
    origin VARCHAR(10) NOT NULL CHECK (origin IN ('deposit', 'split', 'merge', 'transfer', 'reissue')),
    parent_id BIGINT REFERENCES bank_receipt (id),
    state VARCHAR(10) NOT NULL CHECK (state IN ('open', 'lost', 'emptied', 'replaced', 'void')),
    deposited_on DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by BIGINT,
    issued_by_name VARCHAR(80) NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0),
    free_grams BIGINT NOT NULL DEFAULT 0 CHECK (free_grams >= 0),
    ordered_grams BIGINT NOT NULL DEFAULT 0 CHECK (ordered_grams >= 0),
    pledged_grams BIGINT NOT NULL DEFAULT 0 CHECK (pledged_grams >= 0),
    floor_fen_per_kg BIGINT CHECK (floor_fen_per_kg > 0),
    is_consortium {bool} NOT NULL,
    is_public_benefit {bool} NOT NULL,
    bags INTEGER CHECK (bags > 0),
    packing VARCHAR(40),
    marks VARCHAR(40),
    quality VARCHAR(200),
    insured_fen BIGINT CHECK (insured_fen > 0),
    insurer VARCHAR(60),
    due_on DATE,
    custody_hold_id {uuid},
    printed INTEGER NOT NULL DEFAULT 0 CHECK (printed >= 0),
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (free_grams + ordered_grams + pledged_grams <= grams),
    CHECK (state IN ('open', 'lost') OR free_grams + ordered_grams + pledged_grams = 0)
)
--;
CREATE INDEX bank_receipt_household ON bank_receipt (household_id, id)
--;
CREATE INDEX bank_receipt_cooperative ON bank_receipt (cooperative_id, id)
--;
CREATE INDEX bank_receipt_operator ON bank_receipt (operator_id, id)
--;
CREATE INDEX bank_receipt_site ON bank_receipt (site_id, id)
--;
CREATE INDEX bank_receipt_lot ON bank_receipt (lot_id)
--;
CREATE INDEX bank_receipt_parent ON bank_receipt (parent_id) WHERE parent_id IS NOT NULL
--;
CREATE INDEX bank_receipt_weighin ON bank_receipt (weighin_id) WHERE weighin_id IS NOT NULL
--;
CREATE INDEX bank_receipt_open_cooperative ON bank_receipt (cooperative_id, id) WHERE state IN ('open', 'lost')
--;
CREATE INDEX bank_receipt_open_operator ON bank_receipt (operator_id, id) WHERE state IN ('open', 'lost')
--;
CREATE INDEX bank_receipt_open ON bank_receipt (id) WHERE state IN ('open', 'lost')
--;
CREATE TABLE bank_event (
    id {uuid} NOT NULL PRIMARY KEY,
    receipt_id BIGINT NOT NULL REFERENCES bank_receipt (id),
    kind VARCHAR(16) NOT NULL CHECK (kind IN (
        'issued', 'withdrawn', 'ordered', 'order_ended', 'sold', 'pledged', 'unpledged', 'liquidated', 'split_off', 'merged',
        'transferred', 'lost', 'found', 'reissued', 'voided', 'printed', 'loss', 'settled', 'reversed'
    )),
    grams BIGINT NOT NULL CHECK (grams >= 0),
    happened_on DATE NOT NULL,
    at BIGINT NOT NULL,
    other_receipt_id BIGINT REFERENCES bank_receipt (id),
    transaction_id {uuid},
    reason VARCHAR(200),
    content_hash CHAR(32),
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    township_id BIGINT NOT NULL
)
--;
CREATE INDEX bank_event_receipt ON bank_event (receipt_id, at, id)
"""
