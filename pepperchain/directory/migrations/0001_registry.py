"""The registry: areas, organizations, households, people, plots, sites, and the index that finds people as one types."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Thirteen tables. Rows are ended, never deleted; at most one membership of a household is open."""

    dependencies = [("audit", "0001_trail")]
    sql = """
CREATE TABLE directory_area (
    id {id},
    parent_id BIGINT REFERENCES directory_area (id),
    kind VARCHAR(8) NOT NULL CHECK (kind IN ('district', 'township', 'village')),
    code VARCHAR(12) NOT NULL UNIQUE,
    name VARCHAR(40) NOT NULL,
    name_en VARCHAR(60) NOT NULL,
    pinyin VARCHAR(80) NOT NULL,
    initials VARCHAR(20) NOT NULL,
    township_id BIGINT REFERENCES directory_area (id),
    band CHAR(1) CHECK (band IN ('L', 'M', 'H')),
    altitude_m INTEGER,
    altitude_low_m INTEGER,
    altitude_high_m INTEGER,
    tile_column INTEGER,
    tile_row INTEGER,
    CHECK ((kind = 'district') = (parent_id IS NULL)),
    CHECK (altitude_low_m <= altitude_m AND altitude_m <= altitude_high_m),
    UNIQUE (parent_id, name)
)
--;
CREATE INDEX directory_area_township ON directory_area (township_id, id)
--;
CREATE TABLE directory_organization (
    id {id},
    request_id {uuid},
    kind VARCHAR(20) NOT NULL CHECK (kind IN (
        'cooperative', 'processor', 'leading_enterprise', 'association', 'department', 'bank', 'cold_store_operator', 'family_farm'
    )),
    name VARCHAR(80) NOT NULL CHECK (name <> ''),
    short_name VARCHAR(20) NOT NULL CHECK (short_name <> ''),
    pinyin {text_c} NOT NULL,
    initials {text_c} NOT NULL,
    credit_code CHAR(18) UNIQUE,
    township_id BIGINT REFERENCES directory_area (id),
    village_id BIGINT REFERENCES directory_area (id),
    address VARCHAR(120),
    contact_name VARCHAR(40),
    contact_phone VARCHAR(16),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    ended_on DATE
)
--;
CREATE UNIQUE INDEX directory_organization_request ON directory_organization (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_organization_kind ON directory_organization (kind, id)
--;
CREATE INDEX directory_organization_township ON directory_organization (township_id, id)
--;
CREATE TABLE directory_organization_term (
    term {text_c} NOT NULL,
    organization_id BIGINT NOT NULL REFERENCES directory_organization (id),
    PRIMARY KEY (term, organization_id)
) {compact}
--;
CREATE INDEX directory_organization_term_of ON directory_organization_term (organization_id)
--;
CREATE TABLE directory_organization_relation (
    id {id},
    request_id {uuid},
    from_id BIGINT NOT NULL REFERENCES directory_organization (id),
    to_id BIGINT NOT NULL REFERENCES directory_organization (id),
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('supplies', 'stores_at', 'buys_from', 'consortium_member', 'task_force_of')),
    started_on DATE NOT NULL,
    ended_on DATE,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (from_id <> to_id),
    CHECK (ended_on >= started_on)
)
--;
CREATE UNIQUE INDEX directory_relation_request ON directory_organization_relation (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_relation_open ON directory_organization_relation (from_id, to_id, kind) WHERE ended_on IS NULL
--;
CREATE INDEX directory_relation_from ON directory_organization_relation (from_id, id)
--;
CREATE INDEX directory_relation_to ON directory_organization_relation (to_id, id)
--;
CREATE TABLE directory_household (
    id {id},
    request_id {uuid},
    card_number VARCHAR(12) UNIQUE,
    village_id BIGINT NOT NULL REFERENCES directory_area (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    group_number INTEGER CHECK (group_number BETWEEN 1 AND 99),
    address VARCHAR(120),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    note VARCHAR(200),
    people INTEGER NOT NULL DEFAULT 0 CHECK (people >= 0),
    has_phone {bool} NOT NULL DEFAULT FALSE,
    plots INTEGER NOT NULL DEFAULT 0 CHECK (plots >= 0),
    area_centimu BIGINT NOT NULL DEFAULT 0 CHECK (area_centimu >= 0),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    ended_on DATE
)
--;
CREATE TABLE directory_person (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    name VARCHAR(40) NOT NULL CHECK (name <> ''),
    pinyin {text_c} NOT NULL,
    initials {text_c} NOT NULL,
    sex VARCHAR(6) CHECK (sex IN ('male', 'female')),
    born_on DATE,
    phone {text_c},
    is_head {bool} NOT NULL DEFAULT FALSE,
    has_smartphone {bool},
    id_number_sealed {bytes},
    id_number_hash CHAR(64),
    id_number_hint VARCHAR(18),
    bank_card_sealed {bytes},
    bank_card_hash CHAR(64),
    bank_card_hint VARCHAR(19),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    left_on DATE,
    CHECK (request_id IS NOT NULL OR (id_number_sealed IS NULL AND bank_card_sealed IS NULL)),
    CHECK ((id_number_sealed IS NULL) = (id_number_hash IS NULL)),
    CHECK ((id_number_sealed IS NULL) = (id_number_hint IS NULL)),
    CHECK ((bank_card_sealed IS NULL) = (bank_card_hash IS NULL)),
    CHECK ((bank_card_sealed IS NULL) = (bank_card_hint IS NULL))
)
--;
ALTER TABLE directory_household ADD COLUMN head_id BIGINT REFERENCES directory_person (id) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE directory_household ADD COLUMN contact_person_id BIGINT REFERENCES directory_person (id) DEFERRABLE INITIALLY DEFERRED
--;
CREATE UNIQUE INDEX directory_household_request ON directory_household (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_household_cooperative ON directory_household (cooperative_id, id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_household_cooperative_village ON directory_household (cooperative_id, village_id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_household_township ON directory_household (township_id, id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_household_village ON directory_household (village_id, id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_household_no_phone ON directory_household (id) WHERE ended_on IS NULL AND NOT has_phone
--;
CREATE INDEX directory_household_no_phone_cooperative ON directory_household (cooperative_id, id)
    WHERE ended_on IS NULL AND NOT has_phone
--;
CREATE INDEX directory_household_no_phone_township ON directory_household (township_id, id)
    WHERE ended_on IS NULL AND NOT has_phone
--;
CREATE INDEX directory_household_no_plot ON directory_household (id) WHERE ended_on IS NULL AND plots = 0
--;
CREATE INDEX directory_household_no_plot_cooperative ON directory_household (cooperative_id, id)
    WHERE ended_on IS NULL AND plots = 0
--;
CREATE INDEX directory_household_no_plot_township ON directory_household (township_id, id)
    WHERE ended_on IS NULL AND plots = 0
--;
CREATE INDEX directory_household_head ON directory_household (head_id)
--;
CREATE INDEX directory_household_contact ON directory_household (contact_person_id) WHERE contact_person_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_person_request ON directory_person (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_person_head ON directory_person (household_id) WHERE is_head AND left_on IS NULL
--;
CREATE INDEX directory_person_household ON directory_person (household_id, id)
--;
CREATE INDEX directory_person_phone ON directory_person (phone) WHERE phone IS NOT NULL
--;
CREATE INDEX directory_person_id_number ON directory_person (id_number_hash) WHERE id_number_hash IS NOT NULL
--;
CREATE INDEX directory_person_bank_card ON directory_person (bank_card_hash) WHERE bank_card_hash IS NOT NULL
--;
CREATE TABLE directory_membership (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    organization_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    started_on DATE NOT NULL,
    ended_on DATE,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (ended_on >= started_on)
)
--;
CREATE UNIQUE INDEX directory_membership_request ON directory_membership (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_membership_open ON directory_membership (household_id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_membership_household ON directory_membership (household_id, started_on)
--;
CREATE INDEX directory_membership_organization ON directory_membership (organization_id, id)
--;
CREATE TABLE directory_plot (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    village_id BIGINT NOT NULL REFERENCES directory_area (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    name VARCHAR(40) NOT NULL CHECK (name <> ''),
    area_centimu BIGINT NOT NULL CHECK (area_centimu > 0),
    cultivar VARCHAR(30) NOT NULL,
    planted_year INTEGER CHECK (planted_year BETWEEN 1950 AND 2100),
    tree_count INTEGER CHECK (tree_count >= 0),
    altitude_m INTEGER CHECK (altitude_m BETWEEN 0 AND 3000),
    slope VARCHAR(6) CHECK (slope IN ('flat', 'sunny', 'shady')),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    ended_on DATE
)
--;
CREATE UNIQUE INDEX directory_plot_request ON directory_plot (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_plot_household ON directory_plot (household_id, id)
--;
CREATE INDEX directory_plot_cooperative ON directory_plot (cooperative_id, id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_plot_township ON directory_plot (township_id, id) WHERE ended_on IS NULL
--;
CREATE INDEX directory_plot_village ON directory_plot (village_id, cultivar) WHERE ended_on IS NULL
--;
CREATE TABLE directory_plot_practice (
    plot_id BIGINT NOT NULL REFERENCES directory_plot (id),
    season INTEGER NOT NULL CHECK (season BETWEEN 1950 AND 2100),
    practice VARCHAR(20) NOT NULL CHECK (practice <> ''),
    PRIMARY KEY (plot_id, season)
) {compact}
--;
CREATE TABLE directory_term (
    kind CHAR(1) NOT NULL CHECK (kind IN ('n', 's', 'p', 'g', 'i', 't', 'c')),
    term {text_c} NOT NULL,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    PRIMARY KEY (kind, term, person_id)
) {compact}
--;
CREATE INDEX directory_term_person ON directory_term (person_id)
--;
CREATE INDEX directory_term_township ON directory_term (township_id, kind, term)
--;
CREATE INDEX directory_term_cooperative ON directory_term (cooperative_id, kind, term) WHERE cooperative_id IS NOT NULL
--;
CREATE TABLE directory_site (
    id {id},
    request_id {uuid},
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('collecting_point', 'cold_store', 'market')),
    name VARCHAR(60) NOT NULL CHECK (name <> ''),
    pinyin {text_c} NOT NULL,
    initials {text_c} NOT NULL,
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    village_id BIGINT REFERENCES directory_area (id),
    address VARCHAR(120),
    public_benefit {bool} NOT NULL DEFAULT FALSE,
    slip_prefix VARCHAR(8) NOT NULL UNIQUE CHECK (slip_prefix <> ''),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    closed_on DATE,
    UNIQUE (operator_id, name)
)
--;
CREATE UNIQUE INDEX directory_site_request ON directory_site (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_site_township ON directory_site (township_id, id)
"""
