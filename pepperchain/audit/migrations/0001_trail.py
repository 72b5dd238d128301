"""The trail: append-only, sealed."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Entries and seals, with guards that let nothing be changed or removed."""

    dependencies = [("core", "0001_counters")]
    sql = """
CREATE TABLE audit_seal (
    id {id},
    chain VARCHAR(20) NOT NULL,
    last_xact BIGINT NOT NULL,
    last_entry_id BIGINT NOT NULL,
    entries INTEGER NOT NULL CHECK (entries > 0),
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    sealed_at BIGINT NOT NULL,
    UNIQUE (chain, previous_hash)
)
--;
CREATE TABLE audit_entry (
    id {id},
    xact BIGINT NOT NULL DEFAULT {xact},
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name VARCHAR(80) NOT NULL,
    role VARCHAR(20) NOT NULL,
    verb VARCHAR(60) NOT NULL,
    subject VARCHAR(40) NOT NULL,
    subject_id VARCHAR(40) NOT NULL,
    township_id BIGINT,
    organization_id BIGINT,
    facts TEXT NOT NULL
)
--;
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id, id)
--;
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id)
"""
    sqlite = """
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
--;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
--;
CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
--;
CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
"""
    postgres = """
CREATE INDEX audit_entry_commit_order ON audit_entry (xact, id)
--;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
--;
CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER audit_seal_only_grows BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
