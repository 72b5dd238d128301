"""What erasing somebody does to what they agreed to, asked for and were shown."""

from pepperchain.consents.rules import SIGNATURES
from pepperchain.directory.erasing_rules import CODES, NO_WORDS, STAFF, Erasing, Wipe, their_name

_THEIRS = "t.person_id IN :people"

ERASING = Erasing(
    (
        Wipe("consents_consent", theirs=_THEIRS, removed=True, files=("photo_token", SIGNATURES)),
        Wipe("consents_reveal", theirs=_THEIRS, sets={"words": NO_WORDS}, stays={"user_name": STAFF, "reason": CODES}),
        Wipe("consents_correction", theirs=_THEIRS, removed=True),
        Wipe("consents_copy", theirs=_THEIRS, sets={
            "reason": "NULL", "user_name": their_name("user_name"), "swept_at": "COALESCE(swept_at, :now)"},
            files=("token", "copies"), stays={"token": "the name of a file that is gone"}),
        Wipe("consents_erasure", theirs=_THEIRS, sets={"words": "NULL", "asked_by_name": their_name("asked_by_name", "asked_by")},
            stays={
                "answer": "why it was declined, before it was done", "files": "names of files that are removed at once",
                "kept": "what the law wants kept, sealed with a key that is destroyed in time", "decided_by_name": STAFF,
            }),
    ),
)  # fmt: skip
