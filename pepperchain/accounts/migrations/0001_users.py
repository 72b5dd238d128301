"""Users, their sessions, their tokens, and how often signing in was tried."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Every secret is here as a hash."""

    dependencies = [("directory", "0001_registry")]
    sql = """
CREATE TABLE accounts_user (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    phone VARCHAR(20) NOT NULL UNIQUE,
    phone_reversed {text_c} NOT NULL,
    name {text_c} NOT NULL,
    role VARCHAR(20) NOT NULL,
    organization_id BIGINT REFERENCES directory_organization (id),
    household_id BIGINT REFERENCES directory_household (id),
    password_hash VARCHAR(200) NOT NULL,
    password_one_time {bool} NOT NULL,
    password_request_id {uuid},
    password_changed_at BIGINT NOT NULL,
    language VARCHAR(2) NOT NULL CHECK (language IN ('zh', 'en')),
    unit VARCHAR(3) NOT NULL CHECK (unit IN ('kg', 'jin')),
    large_type {bool} NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
)
--;
CREATE INDEX accounts_user_name ON accounts_user (name, id)
--;
CREATE INDEX accounts_user_phone_tail ON accounts_user (phone_reversed, id)
--;
CREATE INDEX accounts_user_role ON accounts_user (role, name, id)
--;
CREATE INDEX accounts_user_organization ON accounts_user (organization_id)
--;
CREATE INDEX accounts_user_household ON accounts_user (household_id)
--;
CREATE TABLE accounts_user_township (
    id {id},
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    UNIQUE (user_id, township_id)
)
--;
CREATE TABLE accounts_session (
    id {uuid} PRIMARY KEY,
    token_hash VARCHAR(64) NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address VARCHAR(64) NOT NULL,
    agent VARCHAR(200) NOT NULL
)
--;
CREATE INDEX accounts_session_user ON accounts_session (user_id, seen_at)
--;
CREATE INDEX accounts_session_seen ON accounts_session (seen_at)
--;
CREATE INDEX accounts_session_expiry ON accounts_session (expires_at)
--;
CREATE TABLE accounts_token (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    token_hash VARCHAR(64) NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    label VARCHAR(80) NOT NULL,
    scopes VARCHAR(1000) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    seen_at BIGINT
)
--;
CREATE INDEX accounts_token_user ON accounts_token (user_id, id)
--;
CREATE TABLE accounts_attempt (
    subject VARCHAR(80) PRIMARY KEY,
    began_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
)
--;
CREATE INDEX accounts_attempt_began ON accounts_attempt (began_at)
"""
