"""Pledges: grams of a receipt that secure a loan."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What is held is locked in the receipt's own account; what is called is ordered sold for the lender."""

    dependencies = [("bank", "0002_sales")]
    sql = """
CREATE TABLE bank_pledge (
    id {uuid} NOT NULL PRIMARY KEY,
    receipt_id BIGINT NOT NULL REFERENCES bank_receipt (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL,
    lender_id BIGINT NOT NULL REFERENCES directory_organization (id),
    grams BIGINT NOT NULL CHECK (grams > 0),
    held_grams BIGINT NOT NULL DEFAULT 0 CHECK (held_grams >= 0),
    called_grams BIGINT NOT NULL DEFAULT 0 CHECK (called_grams >= 0),
    loan_fen BIGINT NOT NULL CHECK (loan_fen > 0),
    received_fen BIGINT NOT NULL DEFAULT 0 CHECK (received_fen >= 0),
    due_on DATE NOT NULL,
    words VARCHAR(200),
    state VARCHAR(10) NOT NULL CHECK (state IN (
        'requested', 'consented', 'active', 'called', 'released', 'settled', 'declined', 'withdrawn', 'replaced'
    )),
    asked_at BIGINT NOT NULL,
    asked_by BIGINT,
    asked_by_name VARCHAR(80) NOT NULL,
    consented_at BIGINT,
    consented_by_name VARCHAR(80),
    consent_words VARCHAR(200),
    confirmed_at BIGINT,
    confirmed_by_name VARCHAR(80),
    loan_number VARCHAR(40),
    ended_at BIGINT,
    ended_by_name VARCHAR(80),
    ended_reason VARCHAR(200),
    replaces_id {uuid},
    content_hash CHAR(32) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (held_grams + called_grams <= grams),
    CHECK (received_fen <= loan_fen),
    CHECK (state NOT IN ('active', 'called') OR confirmed_at IS NOT NULL),
    CHECK (confirmed_at IS NULL OR consented_at IS NOT NULL),
    CHECK (state IN ('active', 'called') OR held_grams + called_grams = 0),
    CHECK ((state IN ('released', 'settled', 'declined', 'withdrawn', 'replaced')) = (ended_at IS NOT NULL))
)
--;
CREATE INDEX bank_pledge_receipt ON bank_pledge (receipt_id, asked_at, id)
--;
CREATE INDEX bank_pledge_lender ON bank_pledge (lender_id, due_on, id)
--;
CREATE INDEX bank_pledge_household ON bank_pledge (household_id, asked_at, id)
--;
CREATE INDEX bank_pledge_cooperative ON bank_pledge (cooperative_id, due_on, id)
--;
CREATE INDEX bank_pledge_operator ON bank_pledge (operator_id, due_on, id)
--;
CREATE INDEX bank_pledge_due ON bank_pledge (due_on, id)
--;
CREATE INDEX bank_pledge_standing ON bank_pledge (lender_id, receipt_id) WHERE state IN ('consented', 'active', 'called')
"""
