"""Second steps of signing in, one-time codes, invitations, and what waits for a second person."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Secrets are sealed where they must be read again, and hashed where they must only be recognised."""

    dependencies = [("accounts", "0001_users")]
    sql = """
CREATE TABLE accounts_second_step (
    user_id BIGINT PRIMARY KEY REFERENCES accounts_user (id),
    secret_sealed {bytes} NOT NULL,
    begun_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL DEFAULT 0,
    codes_request_id {uuid}
)
--;
CREATE TABLE accounts_recovery_code (
    id {id},
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    code_hash VARCHAR(64) NOT NULL,
    UNIQUE (user_id, code_hash)
)
--;
CREATE TABLE accounts_half_session (
    id {uuid} PRIMARY KEY,
    token_hash VARCHAR(64) NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
)
--;
CREATE INDEX accounts_half_session_user ON accounts_half_session (user_id)
--;
CREATE INDEX accounts_half_session_expiry ON accounts_half_session (expires_at)
--;
CREATE TABLE accounts_sign_in_code (
    user_id BIGINT PRIMARY KEY REFERENCES accounts_user (id),
    code_hash VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
)
--;
CREATE INDEX accounts_sign_in_code_expiry ON accounts_sign_in_code (expires_at)
--;
CREATE TABLE accounts_invitation (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    secret_hash VARCHAR(64) NOT NULL UNIQUE,
    inviter_id BIGINT NOT NULL REFERENCES accounts_user (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    phone VARCHAR(20) NOT NULL,
    role VARCHAR(20) NOT NULL,
    organization_id BIGINT REFERENCES directory_organization (id),
    household_id BIGINT REFERENCES directory_household (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    accepted_at BIGINT,
    user_id BIGINT REFERENCES accounts_user (id),
    CHECK ((accepted_at IS NULL) = (user_id IS NULL)),
    CHECK (accepted_at IS NULL OR revoked_at IS NULL)
)
--;
CREATE INDEX accounts_invitation_open ON accounts_invitation (id) WHERE accepted_at IS NULL AND revoked_at IS NULL
--;
CREATE INDEX accounts_invitation_open_cooperative ON accounts_invitation (cooperative_id, id)
    WHERE accepted_at IS NULL AND revoked_at IS NULL
--;
CREATE TABLE accounts_invitation_township (
    id {id},
    invitation_id BIGINT NOT NULL REFERENCES accounts_invitation (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    UNIQUE (invitation_id, township_id)
)
--;
CREATE TABLE accounts_approval (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    what VARCHAR(40) NOT NULL,
    subject VARCHAR(40) NOT NULL,
    subject_id VARCHAR(40) NOT NULL,
    needs VARCHAR(40) NOT NULL,
    payload {json} NOT NULL,
    maker_id BIGINT NOT NULL REFERENCES accounts_user (id),
    made_at BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'declined', 'withdrawn')),
    checker_id BIGINT REFERENCES accounts_user (id),
    decided_at BIGINT,
    reason VARCHAR(200),
    CHECK (maker_id <> checker_id),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK ((state IN ('approved', 'declined')) = (checker_id IS NOT NULL))
)
--;
CREATE UNIQUE INDEX accounts_approval_waiting ON accounts_approval (what, subject_id) WHERE state = 'waiting'
--;
CREATE INDEX accounts_approval_needs ON accounts_approval (needs, id) WHERE state = 'waiting'
--;
CREATE INDEX accounts_approval_open ON accounts_approval (id) WHERE state = 'waiting'
"""
