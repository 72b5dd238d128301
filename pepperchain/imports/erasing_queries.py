"""What erasing somebody does to sheets that brought them: their rows go and the files with them, so an undo leaves them out."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import CODES, STAFF, Erasing, Hindrance, Wipe

_ROWS = (
    "(r.target_id IN :people_text AND r.batch_id IN (SELECT k.id FROM imports_batch k WHERE k.kind = 'people'))"
    " OR (r.target_id IN :homes_text AND r.batch_id IN (SELECT k.id FROM imports_batch k WHERE k.kind = 'households'))"
)
_AT_WORK = "('uploaded', 'checking', 'checked', 'committing', 'undoing')"

ERASING = Erasing(
    (
        Wipe("imports_batch", theirs=f"t.id IN (SELECT r.batch_id FROM imports_row r WHERE {_ROWS})", sets={"file_token": "NULL"},
            files=("file_token", "imports"), stays={
                **dict.fromkeys(("kind", "state", "message", "facts", "notes", "worker", "file_hash", "language"), CODES),
                "uploaded_by_name": STAFF, "file_name": "the name of a file that is gone",
            }),
        Wipe("imports_row", theirs=_ROWS.replace("r.", "t."), removed=True),
    ),
    (
        Hindrance(
            N_("%(count)s imports that change them are not through: finish or discard them first."), "/imports",
            theirs="SELECT COUNT(DISTINCT r.batch_id) FROM imports_row r JOIN imports_batch b ON b.id = r.batch_id"
            f" WHERE b.state IN {_AT_WORK} AND ({_ROWS})"),
    ),
)  # fmt: skip
