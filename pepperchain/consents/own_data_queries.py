"""What this room keeps of people: their answers, and the looks at their numbers."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import (
    COOPERATIVE_NAME,
    INNER,
    WHERE_SEEN,
    OwnData,
    OwnTable,
    Telling,
    Told,
)

_ROW = {
    "id": INNER,
    "person_id": INNER,
    "household_id": WHERE_SEEN,
    "township_id": WHERE_SEEN,
    "cooperative_id": WHERE_SEEN,
    "user_id": INNER,
}

OWN = OwnData(
    N_("Consent"),
    (
        OwnTable(
            "consents_consent", N_("What I agreed to"), "t.person_id = :person",
            (
                Told("at", N_("When"), Telling.MOMENT), Told("purpose", N_("What for"), Telling.PURPOSE),
                Told("text_version", N_("Version of the text"), Telling.COUNT), Told("is_given", N_("Agreed"), Telling.FLAG),
                Told("how", N_("How"), Telling.CODE), Told("witness", N_("Witness")), Told("user_name", N_("Noted by")),
            ),
            {**_ROW, "request_id": INNER, "photo_token": "the file's name; the signature is handed over on demand"},
            organization="cooperative_id",
        ),
        OwnTable(
            "consents_reveal", N_("Looks at numbers"), "t.person_id = :person",
            (
                Told("at", N_("When"), Telling.MOMENT), Told("number", N_("Which number"), Telling.CODE),
                Told("reason", N_("What for"), Telling.CODE), Told("words", N_("In words")), Told("user_name", N_("Who")),
                Told("organization_id", N_("Organization"), sql=COOPERATIVE_NAME.format("organization_id")),
            ),
            _ROW, organization="cooperative_id",
        ),
        OwnTable(
            "consents_correction", N_("Corrections asked for"), "t.person_id = :person",
            (
                Told("asked_at", N_("When"), Telling.MOMENT), Told("what", N_("What is wrong"), Telling.CODE),
                Told("proposed", N_("How it should be")), Told("words", N_("In words")), Told("user_name", N_("Asked by")),
                Told("due_on", N_("Due"), Telling.DAY), Told("state", N_("State"), Telling.CODE), Told("answer", N_("Answer")),
                Told("decided_by_name", N_("Decided by")), Told("decided_at", N_("Decided"), Telling.MOMENT),
            ),
            {**_ROW, "request_id": INNER, "decided_by": INNER}, organization="cooperative_id",
        ),
        OwnTable(
            "consents_copy", N_("Copies of my data"), "t.person_id = :person",
            (
                Told("made_at", N_("When"), Telling.MOMENT), Told("reason", N_("Reason")), Told("user_name", N_("Who")),
                Told("rows_told", N_("Rows"), Telling.COUNT), Told("expires_at", N_("Until"), Telling.MOMENT),
                Told("swept_at", N_("Removed"), Telling.MOMENT),
            ),
            {**_ROW, "token": "the file's name", "bytes": "the size of the file", "language": "the language of the file"},
            organization="cooperative_id",
        ),
        OwnTable(
            "consents_erasure", N_("Asked to be forgotten"), "t.person_id = :person",
            (
                Told("asked_at", N_("When"), Telling.MOMENT), Told("words", N_("In words")), Told("asked_by_name", N_("Asked by")),
                Told("due_on", N_("Due"), Telling.DAY), Told("state", N_("State"), Telling.CODE), Told("answer", N_("Answer")),
                Told("decided_by_name", N_("Decided by")), Told("decided_at", N_("Decided"), Telling.MOMENT),
            ),
            {
                **{name: why for name, why in _ROW.items() if name != "user_id"}, "request_id": INNER, "asked_by": INNER,
                "decided_by": INNER, "rows_changed": "told once it is done, when there is nobody left to tell",
                "kept": "once it is done", "kept_until": "once it is done", "files": "once it is done",
            },
            organization="cooperative_id",
        ),
    ),
    {"consents_reveal_leave": "that somebody may look; the look itself is told"},
)  # fmt: skip
