"""Batches and their rows."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Two tables; the index over batches at work is as small as their number."""

    dependencies = [("directory", "0001_registry")]
    sql = """
CREATE TABLE imports_batch (
    id {uuid} NOT NULL PRIMARY KEY,
    kind VARCHAR(20) NOT NULL CHECK (kind <> ''),
    state VARCHAR(12) NOT NULL CHECK (state IN (
        'uploaded', 'checking', 'checked', 'failed', 'committing', 'committed', 'undoing', 'undone', 'discarded'
    )),
    file_name VARCHAR(120) NOT NULL,
    file_token VARCHAR(40),
    file_hash CHAR(64) NOT NULL,
    file_bytes BIGINT NOT NULL CHECK (file_bytes >= 0),
    language CHAR(2) NOT NULL CHECK (language IN ('zh', 'en')),
    organization_id BIGINT REFERENCES directory_organization (id),
    uploaded_by BIGINT,
    uploaded_by_name VARCHAR(80) NOT NULL,
    acting_id BIGINT,
    created_at BIGINT NOT NULL,
    checked_at BIGINT,
    committed_at BIGINT,
    undone_at BIGINT,
    total_rows INTEGER,
    done_rows INTEGER NOT NULL DEFAULT 0 CHECK (done_rows >= 0),
    creates INTEGER NOT NULL DEFAULT 0 CHECK (creates >= 0),
    updates INTEGER NOT NULL DEFAULT 0 CHECK (updates >= 0),
    unchanged INTEGER NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    wrong INTEGER NOT NULL DEFAULT 0 CHECK (wrong >= 0),
    problems INTEGER NOT NULL DEFAULT 0 CHECK (problems >= 0),
    conflicts INTEGER NOT NULL DEFAULT 0 CHECK (conflicts >= 0),
    notes {json} NOT NULL,
    message VARCHAR(300),
    facts {json},
    worker VARCHAR(36),
    lease_until_at BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
)
--;
CREATE INDEX imports_batch_organization ON imports_batch (organization_id, id)
--;
CREATE INDEX imports_batch_due ON imports_batch (id) WHERE state IN ('uploaded', 'checking', 'committing', 'undoing')
--;
CREATE INDEX imports_batch_file ON imports_batch (created_at) WHERE file_token IS NOT NULL
--;
CREATE INDEX imports_batch_rows ON imports_batch (committed_at) WHERE state = 'committed'
--;
CREATE TABLE imports_row (
    batch_id {uuid} NOT NULL REFERENCES imports_batch (id),
    position INTEGER NOT NULL CHECK (position > 0),
    sheet VARCHAR(60) NOT NULL,
    row_number INTEGER NOT NULL CHECK (row_number > 0),
    verdict VARCHAR(10) NOT NULL CHECK (verdict IN ('create', 'update', 'unchanged', 'wrong')),
    title VARCHAR(80) NOT NULL,
    target_id VARCHAR(36),
    ready {json},
    secrets {json},
    changes {json},
    problems {json},
    before {json},
    conflict {json},
    PRIMARY KEY (batch_id, position)
) {compact}
--;
CREATE INDEX imports_row_verdict ON imports_row (batch_id, verdict, position)
--;
CREATE INDEX imports_row_conflict ON imports_row (batch_id, position) WHERE conflict IS NOT NULL
"""
