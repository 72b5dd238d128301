"""What erasing somebody does to files of people that lie ready: they are removed, and those being made begin anew."""

from pepperchain.directory.erasing_rules import CODES, Erasing, Wipe

ERASING = Erasing(
    (
        Wipe("exports_export", theirs="t.is_personal AND (t.file_token IS NOT NULL OR t.state = 'making')", files=("file_token", "exports"),
            sets={
                "state": "CASE WHEN state = 'making' THEN 'waiting' ELSE 'removed' END", "file_token": "NULL", "file_bytes": "NULL",
                "worker": "NULL", "lease_until_at": "NULL",
            },
            stays={
                **dict.fromkeys(("kind", "format", "language", "message", "scope"), CODES),
                "choices": "how somebody of the staff narrowed a list", "reason": "what somebody of the staff took a list for",
            }),
    ),
)  # fmt: skip
