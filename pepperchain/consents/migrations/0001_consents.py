"""What people agreed to; looks at sealed numbers, and the leave that a second person gave for one."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Three tables. Answers are found by person and purpose, the latest last; looks by person, by household, and by user and hour."""

    dependencies = [("directory", "0001_registry"), ("accounts", "0002_depth")]
    sql = """
CREATE TABLE consents_consent (
    id {id},
    request_id {uuid} NOT NULL,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    purpose VARCHAR(30) NOT NULL CHECK (purpose <> ''),
    text_version INTEGER NOT NULL CHECK (text_version > 0),
    is_given {bool} NOT NULL,
    how VARCHAR(8) NOT NULL CHECK (how IN ('signed', 'spoken', 'paper', 'own')),
    witness VARCHAR(40),
    photo_token VARCHAR(40),
    user_id BIGINT REFERENCES accounts_user (id),
    user_name VARCHAR(80) NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (request_id, purpose),
    CHECK ((how = 'spoken') = (witness IS NOT NULL)),
    CHECK ((how = 'signed') = (photo_token IS NOT NULL))
)
--;
CREATE INDEX consents_consent_person ON consents_consent (person_id, purpose, id)
--;
CREATE TABLE consents_reveal (
    id {uuid} PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    number VARCHAR(10) NOT NULL CHECK (number IN ('id_number', 'bank_card')),
    reason VARCHAR(20) NOT NULL CHECK (reason <> ''),
    words VARCHAR(200) NOT NULL CHECK (words <> ''),
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    user_name VARCHAR(80) NOT NULL,
    organization_id BIGINT,
    at BIGINT NOT NULL
)
--;
CREATE INDEX consents_reveal_person ON consents_reveal (person_id, at, id)
--;
CREATE INDEX consents_reveal_household ON consents_reveal (household_id, at, id)
--;
CREATE INDEX consents_reveal_user ON consents_reveal (user_id, at)
--;
CREATE TABLE consents_reveal_leave (
    id {id},
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    number VARCHAR(10) NOT NULL CHECK (number IN ('id_number', 'bank_card')),
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    given_by BIGINT NOT NULL REFERENCES accounts_user (id),
    given_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    reveal_id {uuid} UNIQUE REFERENCES consents_reveal (id),
    CHECK (user_id <> given_by)
)
--;
CREATE INDEX consents_reveal_leave_user ON consents_reveal_leave (user_id, person_id, number)
"""
