"""The books: tables, and the guards by which the database itself keeps them."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Accounts, transactions, transfers, holds, periods; append-only, balanced, never overdrawn."""

    dependencies = [("audit", "0001_trail")]
    sql = """CREATE TABLE ledger_commodity (
    id {id},
    code VARCHAR(80) NOT NULL UNIQUE,
    unit VARCHAR(10) NOT NULL CHECK (unit IN ('grams', 'fen', 'seats'))
)
--;
CREATE TABLE ledger_account (
    id {id},
    commodity_id BIGINT NOT NULL REFERENCES ledger_commodity (id),
    kind VARCHAR(30) NOT NULL,
    ref VARCHAR(60) NOT NULL,
    side VARCHAR(6) NOT NULL CHECK (side IN ('debit', 'credit')),
    guarded {bool} NOT NULL,
    township_id BIGINT,
    debits BIGINT NOT NULL DEFAULT 0 CHECK (debits >= 0),
    credits BIGINT NOT NULL DEFAULT 0 CHECK (credits >= 0),
    held_debits BIGINT NOT NULL DEFAULT 0 CHECK (held_debits >= 0),
    held_credits BIGINT NOT NULL DEFAULT 0 CHECK (held_credits >= 0),
    CONSTRAINT ledger_account_floor CHECK (
        NOT guarded
        OR CASE WHEN side = 'debit' THEN debits - credits - held_credits ELSE credits - debits - held_debits END >= 0
    ),
    UNIQUE (kind, ref, commodity_id)
)
--;
CREATE TABLE ledger_transaction (
    seq {id},
    id {uuid} NOT NULL UNIQUE,
    xact BIGINT NOT NULL DEFAULT {xact},
    kind VARCHAR(30) NOT NULL,
    book VARCHAR(60) NOT NULL,
    effective_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor_id BIGINT,
    township_id BIGINT,
    reverses_id {uuid} UNIQUE REFERENCES ledger_transaction (id),
    reason VARCHAR(200),
    content_hash VARCHAR(64) NOT NULL
)
--;
CREATE INDEX ledger_transaction_book ON ledger_transaction (book, effective_on, seq)
--;
CREATE TABLE ledger_transfer (
    id {id},
    transaction_id {uuid} NOT NULL REFERENCES ledger_transaction (id),
    position INTEGER NOT NULL CHECK (position > 0),
    debit_id BIGINT NOT NULL REFERENCES ledger_account (id),
    credit_id BIGINT NOT NULL REFERENCES ledger_account (id),
    commodity_id BIGINT NOT NULL REFERENCES ledger_commodity (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    CHECK (debit_id <> credit_id),
    UNIQUE (transaction_id, position)
)
--;
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_id, id)
--;
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_id, id)
--;
CREATE TABLE ledger_hold (
    id {uuid} PRIMARY KEY,
    debit_id BIGINT NOT NULL REFERENCES ledger_account (id),
    credit_id BIGINT NOT NULL REFERENCES ledger_account (id),
    commodity_id BIGINT NOT NULL REFERENCES ledger_commodity (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    purpose VARCHAR(60) NOT NULL,
    placed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > placed_at),
    actor_id BIGINT,
    township_id BIGINT,
    content_hash VARCHAR(64) NOT NULL,
    CHECK (debit_id <> credit_id)
)
--;
CREATE INDEX ledger_hold_credit ON ledger_hold (credit_id, expires_at)
--;
CREATE INDEX ledger_hold_debit ON ledger_hold (debit_id, expires_at)
--;
CREATE INDEX ledger_hold_expiry ON ledger_hold (expires_at)
--;
CREATE TABLE ledger_hold_outcome (
    hold_id {uuid} PRIMARY KEY REFERENCES ledger_hold (id),
    outcome VARCHAR(10) NOT NULL CHECK (outcome IN ('committed', 'released', 'expired')),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    transaction_id {uuid} REFERENCES ledger_transaction (id),
    at BIGINT NOT NULL,
    CHECK ((outcome = 'committed') = (amount > 0)),
    CHECK ((outcome = 'committed') = (transaction_id IS NOT NULL))
)
--;
CREATE TABLE ledger_period (
    id {id},
    book VARCHAR(60) NOT NULL,
    closed_through DATE NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by BIGINT,
    trial {json} NOT NULL,
    chain_hash VARCHAR(64) NOT NULL,
    UNIQUE (book, closed_through)
)
"""
    sqlite = """CREATE TRIGGER ledger_transaction_no_update BEFORE UPDATE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction only grows'); END
--;
CREATE TRIGGER ledger_transaction_no_delete BEFORE DELETE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction only grows'); END
--;
CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer
BEGIN SELECT RAISE(ABORT, 'ledger_transfer only grows'); END
--;
CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer
BEGIN SELECT RAISE(ABORT, 'ledger_transfer only grows'); END
--;
CREATE TRIGGER ledger_hold_no_update BEFORE UPDATE ON ledger_hold
BEGIN SELECT RAISE(ABORT, 'ledger_hold only grows'); END
--;
CREATE TRIGGER ledger_hold_no_delete BEFORE DELETE ON ledger_hold
BEGIN SELECT RAISE(ABORT, 'ledger_hold only grows'); END
--;
CREATE TRIGGER ledger_hold_outcome_no_update BEFORE UPDATE ON ledger_hold_outcome
BEGIN SELECT RAISE(ABORT, 'ledger_hold_outcome only grows'); END
--;
CREATE TRIGGER ledger_hold_outcome_no_delete BEFORE DELETE ON ledger_hold_outcome
BEGIN SELECT RAISE(ABORT, 'ledger_hold_outcome only grows'); END
--;
CREATE TRIGGER ledger_period_no_update BEFORE UPDATE ON ledger_period
BEGIN SELECT RAISE(ABORT, 'ledger_period only grows'); END
--;
CREATE TRIGGER ledger_period_no_delete BEFORE DELETE ON ledger_period
BEGIN SELECT RAISE(ABORT, 'ledger_period only grows'); END
--;
CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger_account only grows'); END
--;
CREATE TRIGGER ledger_account_fixed BEFORE UPDATE OF commodity_id, kind, ref, side, guarded ON ledger_account
BEGIN SELECT RAISE(ABORT, 'an account keeps what it is'); END
--;
CREATE TRIGGER ledger_transaction_open_day BEFORE INSERT ON ledger_transaction
WHEN EXISTS (SELECT 1 FROM ledger_period p WHERE p.book = NEW.book AND p.closed_through >= NEW.effective_on)
BEGIN SELECT RAISE(ABORT, 'the period is closed'); END
--;
CREATE TRIGGER ledger_transfer_one_commodity BEFORE INSERT ON ledger_transfer
WHEN (SELECT commodity_id FROM ledger_account WHERE id = NEW.debit_id) <> NEW.commodity_id
  OR (SELECT commodity_id FROM ledger_account WHERE id = NEW.credit_id) <> NEW.commodity_id
BEGIN SELECT RAISE(ABORT, 'a transfer moves one commodity'); END
--;
CREATE TRIGGER ledger_transfer_mirror BEFORE INSERT ON ledger_transfer
WHEN (SELECT reverses_id FROM ledger_transaction WHERE id = NEW.transaction_id) IS NOT NULL
 AND NOT EXISTS (
    SELECT 1 FROM ledger_transaction r JOIN ledger_transfer o ON o.transaction_id = r.reverses_id
    WHERE r.id = NEW.transaction_id AND o.position = NEW.position
      AND o.debit_id = NEW.credit_id AND o.credit_id = NEW.debit_id AND o.amount = NEW.amount)
BEGIN SELECT RAISE(ABORT, 'a reversal mirrors what it reverses'); END
--;
CREATE TRIGGER ledger_transfer_counts AFTER INSERT ON ledger_transfer
BEGIN
    UPDATE ledger_account SET debits = debits + NEW.amount WHERE id = NEW.debit_id;
    UPDATE ledger_account SET credits = credits + NEW.amount WHERE id = NEW.credit_id;
END
--;
CREATE TRIGGER ledger_hold_one_commodity BEFORE INSERT ON ledger_hold
WHEN (SELECT commodity_id FROM ledger_account WHERE id = NEW.debit_id) <> NEW.commodity_id
  OR (SELECT commodity_id FROM ledger_account WHERE id = NEW.credit_id) <> NEW.commodity_id
BEGIN SELECT RAISE(ABORT, 'a hold reserves one commodity'); END
--;
CREATE TRIGGER ledger_hold_counts AFTER INSERT ON ledger_hold
BEGIN
    UPDATE ledger_account SET held_debits = held_debits + NEW.amount WHERE id = NEW.debit_id;
    UPDATE ledger_account SET held_credits = held_credits + NEW.amount WHERE id = NEW.credit_id;
END
--;
CREATE TRIGGER ledger_hold_outcome_within BEFORE INSERT ON ledger_hold_outcome
WHEN NEW.amount > (SELECT amount FROM ledger_hold WHERE id = NEW.hold_id)
BEGIN SELECT RAISE(ABORT, 'more was committed than was held'); END
--;
CREATE TRIGGER ledger_hold_outcome_counts AFTER INSERT ON ledger_hold_outcome
BEGIN
    UPDATE ledger_account SET held_debits = held_debits - (SELECT amount FROM ledger_hold WHERE id = NEW.hold_id)
    WHERE id = (SELECT debit_id FROM ledger_hold WHERE id = NEW.hold_id);
    UPDATE ledger_account SET held_credits = held_credits - (SELECT amount FROM ledger_hold WHERE id = NEW.hold_id)
    WHERE id = (SELECT credit_id FROM ledger_hold WHERE id = NEW.hold_id);
END
"""
    postgres = """CREATE TRIGGER ledger_transaction_only_grows BEFORE UPDATE OR DELETE ON ledger_transaction
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_transaction_no_truncate BEFORE TRUNCATE ON ledger_transaction
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_transfer_only_grows BEFORE UPDATE OR DELETE ON ledger_transfer
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON ledger_transfer
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_hold_only_grows BEFORE UPDATE OR DELETE ON ledger_hold
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_hold_no_truncate BEFORE TRUNCATE ON ledger_hold
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_hold_outcome_only_grows BEFORE UPDATE OR DELETE ON ledger_hold_outcome
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_hold_outcome_no_truncate BEFORE TRUNCATE ON ledger_hold_outcome
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_period_only_grows BEFORE UPDATE OR DELETE ON ledger_period
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_period_no_truncate BEFORE TRUNCATE ON ledger_period
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER ledger_account_fixed BEFORE UPDATE OF commodity_id, kind, ref, side, guarded ON ledger_account
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE FUNCTION ledger_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_period p WHERE p.book = NEW.book AND p.closed_through >= NEW.effective_on) THEN
        RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;
CREATE TRIGGER ledger_transaction_open_day BEFORE INSERT ON ledger_transaction
FOR EACH ROW EXECUTE FUNCTION ledger_open_day()
--;
CREATE FUNCTION ledger_count_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sole RECORD;
    moved RECORD;
    touched INTEGER;
BEGIN
    -- Once for each statement: an account that a list touches thousands of times would leave as many versions of its row, all of
    -- which are walked again and again until the unit ends. Every look-up is by key, whatever the planner knows of the tables.
    SELECT a.debit_id, a.credit_id, a.commodity_id, a.amount, (SELECT COUNT(*) FROM added) AS transfers,
        (SELECT t.reverses_id FROM ledger_transaction t WHERE t.id = a.transaction_id) AS reverses_id
    INTO sole FROM added a;
    IF sole.transfers = 1 AND sole.reverses_id IS NULL THEN
        -- The way of a slip at dusk: what is below says the same, more slowly.
        UPDATE ledger_account SET
            debits = debits + CASE id WHEN sole.debit_id THEN sole.amount ELSE 0 END,
            credits = credits + CASE id WHEN sole.credit_id THEN sole.amount ELSE 0 END
        WHERE id IN (sole.debit_id, sole.credit_id) AND commodity_id = sole.commodity_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> 2 THEN
            RAISE EXCEPTION 'a transfer moves one commodity' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT 1 FROM added a
        WHERE (SELECT t.reverses_id FROM ledger_transaction t WHERE t.id = a.transaction_id) IS NOT NULL
          AND (SELECT ROW(o.credit_id, o.debit_id, o.amount)
               FROM ledger_transaction t JOIN ledger_transfer o ON o.transaction_id = t.reverses_id AND o.position = a.position
               WHERE t.id = a.transaction_id) IS DISTINCT FROM ROW(a.debit_id, a.credit_id, a.amount)) THEN
        RAISE EXCEPTION 'a reversal mirrors what it reverses' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    FOR moved IN
        SELECT s.account_id, s.commodity_id, CAST(SUM(s.debits) AS BIGINT) AS debits, CAST(SUM(s.credits) AS BIGINT) AS credits
        FROM (
            SELECT debit_id AS account_id, commodity_id, amount AS debits, 0 AS credits FROM added
            UNION ALL SELECT credit_id, commodity_id, 0, amount FROM added) s
        GROUP BY s.account_id, s.commodity_id ORDER BY s.account_id
    LOOP
        UPDATE ledger_account SET debits = debits + moved.debits, credits = credits + moved.credits
        WHERE id = moved.account_id AND commodity_id = moved.commodity_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a transfer moves one commodity' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
--;
CREATE TRIGGER ledger_transfer_counts AFTER INSERT ON ledger_transfer
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_count_transfers()
--;
CREATE FUNCTION ledger_count_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_account SET held_debits = held_debits + NEW.amount
    WHERE id = NEW.debit_id AND commodity_id = NEW.commodity_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a hold reserves one commodity' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger_account SET held_credits = held_credits + NEW.amount
    WHERE id = NEW.credit_id AND commodity_id = NEW.commodity_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a hold reserves one commodity' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;
CREATE TRIGGER ledger_hold_counts AFTER INSERT ON ledger_hold
FOR EACH ROW EXECUTE FUNCTION ledger_count_hold()
--;
CREATE FUNCTION ledger_count_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held ledger_hold%ROWTYPE;
BEGIN
    SELECT * INTO held FROM ledger_hold WHERE id = NEW.hold_id;
    IF NEW.amount > held.amount THEN
        RAISE EXCEPTION 'more was committed than was held' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger_account SET held_debits = held_debits - held.amount WHERE id = held.debit_id;
    UPDATE ledger_account SET held_credits = held_credits - held.amount WHERE id = held.credit_id;
    RETURN NEW;
END $$
--;
CREATE TRIGGER ledger_hold_outcome_counts AFTER INSERT ON ledger_hold_outcome
FOR EACH ROW EXECUTE FUNCTION ledger_count_outcome()
--;
CREATE INDEX ledger_transaction_commit_order ON ledger_transaction (xact, seq)
"""
