"""Heads of households through the years, and who may act for a household."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """A change of head is a row and the head of a day follows from the rows, so that there is always one and never two.

    A wrong change is taken back and stays; proxies end by their last day, or are revoked, and stay too.
    """

    dependencies = [("directory", "0004_duplicates")]
    sql = """
CREATE TABLE directory_head_change (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    former_id BIGINT NOT NULL REFERENCES directory_person (id),
    head_id BIGINT NOT NULL REFERENCES directory_person (id),
    changed_on DATE NOT NULL,
    reason VARCHAR(12) NOT NULL CHECK (reason IN ('death', 'moved_away', 'age', 'agreement', 'separation', 'correction', 'other')),
    former_left {bool} NOT NULL,
    actor_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    taken_back_at BIGINT,
    taken_back_by VARCHAR(80),
    taken_back_reason VARCHAR(200),
    CHECK (former_id <> head_id),
    CHECK (reason <> 'death' OR former_left),
    CHECK ((taken_back_at IS NULL) = (taken_back_reason IS NULL))
)
--;
CREATE UNIQUE INDEX directory_head_change_request ON directory_head_change (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_head_change_day ON directory_head_change (household_id, changed_on) WHERE taken_back_at IS NULL
--;
CREATE INDEX directory_head_change_household ON directory_head_change (household_id, id)
--;
CREATE INDEX directory_head_change_former ON directory_head_change (former_id)
--;
CREATE INDEX directory_head_change_head ON directory_head_change (head_id)
--;
CREATE TABLE directory_proxy (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    given_by_id BIGINT NOT NULL REFERENCES directory_person (id),
    may_deliver {bool} NOT NULL,
    may_sign {bool} NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE NOT NULL,
    witness VARCHAR(40),
    actor_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    revoked_on DATE,
    revoked_by VARCHAR(80),
    revoked_reason VARCHAR(200),
    CHECK (person_id <> given_by_id),
    CHECK (may_deliver OR may_sign),
    CHECK (until_on >= from_on),
    CHECK ((revoked_on IS NULL) = (revoked_reason IS NULL))
)
--;
CREATE UNIQUE INDEX directory_proxy_request ON directory_proxy (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_proxy_household ON directory_proxy (household_id, until_on)
--;
CREATE INDEX directory_proxy_person ON directory_proxy (person_id, household_id)
--;
CREATE INDEX directory_proxy_giver ON directory_proxy (given_by_id)
--;
CREATE INDEX directory_proxy_ending ON directory_proxy (until_on, id) WHERE revoked_on IS NULL
--;
CREATE INDEX directory_proxy_cooperative ON directory_proxy (cooperative_id, until_on, id) WHERE revoked_on IS NULL
--;
CREATE INDEX directory_proxy_township ON directory_proxy (township_id, until_on, id) WHERE revoked_on IS NULL
"""
