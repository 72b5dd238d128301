"""Natural loss: what a policy lets go lost, how much of it each lot has earned and used, and what counting found missing."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Three tables. A policy never changes: a later one takes over on its day. `accrued_ppm` is grams × parts per million, so that a
    lot's allowance is the same however its days are added up."""

    dependencies = [("storage", "0009_maintenance")]
    sql = """
CREATE TABLE storage_loss_policy (
    id {uuid} NOT NULL PRIMARY KEY,
    operator_id BIGINT REFERENCES directory_organization (id),
    form VARCHAR(20) NOT NULL CHECK (form <> ''),
    kind VARCHAR(10) NOT NULL CHECK (kind IN ('chilled', 'frozen', 'dry', 'ambient')),
    ppm_per_day INTEGER NOT NULL CHECK (ppm_per_day BETWEEN 0 AND 20000),
    tolerance_ppm INTEGER NOT NULL CHECK (tolerance_ppm BETWEEN 0 AND 50000),
    valid_from_on DATE NOT NULL,
    reason VARCHAR(200) NOT NULL CHECK (reason <> ''),
    set_at BIGINT NOT NULL,
    set_by BIGINT,
    set_by_name VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX storage_loss_policy_standing ON storage_loss_policy (form, kind, operator_id, valid_from_on, set_at)
--;
CREATE TABLE storage_allowance (
    lot_id BIGINT NOT NULL PRIMARY KEY REFERENCES storage_lot (id),
    township_id BIGINT NOT NULL,
    through_on DATE NOT NULL,
    accrued_ppm BIGINT NOT NULL CHECK (accrued_ppm >= 0),
    used_grams BIGINT NOT NULL DEFAULT 0 CHECK (used_grams >= 0)
) {compact}
--;
CREATE TABLE storage_found_loss (
    movement_id {uuid} NOT NULL PRIMARY KEY REFERENCES storage_movement (id),
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL,
    form VARCHAR(20) NOT NULL,
    found_on DATE NOT NULL,
    book_grams BIGINT NOT NULL CHECK (book_grams > 0),
    allowed_grams BIGINT NOT NULL CHECK (allowed_grams >= 0),
    natural_grams BIGINT NOT NULL CHECK (natural_grams >= 0),
    excess_grams BIGINT NOT NULL CHECK (excess_grams >= 0),
    state VARCHAR(10) NOT NULL CHECK (state IN ('allowed', 'open', 'explained', 'closed', 'taken_back')),
    explanation VARCHAR(500),
    explained_at BIGINT,
    explained_by BIGINT,
    explained_by_name VARCHAR(80),
    closed_at BIGINT,
    closed_by BIGINT,
    closed_by_name VARCHAR(80),
    CHECK (natural_grams + excess_grams > 0),
    CHECK (closed_by IS NULL OR explained_by IS NULL OR closed_by <> explained_by),
    CHECK (state NOT IN ('explained', 'closed') OR explanation IS NOT NULL)
)
--;
CREATE INDEX storage_found_loss_operator ON storage_found_loss (operator_id, found_on, movement_id)
--;
CREATE INDEX storage_found_loss_cooperative ON storage_found_loss (cooperative_id, found_on, movement_id)
--;
CREATE INDEX storage_found_loss_day ON storage_found_loss (found_on, movement_id)
--;
CREATE INDEX storage_found_loss_lot ON storage_found_loss (lot_id)
--;
CREATE INDEX storage_found_loss_open ON storage_found_loss (operator_id, movement_id) WHERE state IN ('open', 'explained')
"""
    sqlite = ""
    postgres = ""
