"""What this room keeps of people: which lists they asked for as files."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import INNER, OwnData, OwnTable, Telling, Told

_OF_THE_FILE = "how the file was made; the file itself is theirs to download while it is kept"

OWN = OwnData(
    N_("Downloads"),
    (
        OwnTable(
            "exports_export", N_("Files asked for"), "t.user_id = :user AND :user > 0",
            (
                Told("asked_at", N_("Asked for"), Telling.MOMENT), Told("kind", N_("List"), Telling.CODE),
                Told("format", N_("File format")),
                Told("choices", N_("Narrowed to")), Told("reason", N_("What for")), Told("total_rows", N_("Rows"), Telling.COUNT),
                Told("people", N_("People or households in it"), Telling.COUNT), Told("made_at", N_("File made"), Telling.MOMENT),
                Told("fetched_at", N_("Downloaded"), Telling.MOMENT),
            ),
            {
                "id": INNER, "user_id": INNER, "scope": INNER, "is_personal": "told by the number of people",
                **dict.fromkeys(
                    ("state", "language", "done_rows", "file_token", "file_bytes", "message", "worker", "lease_until_at", "attempts"),
                    _OF_THE_FILE,
                ),
            },
        ),
    ),
)  # fmt: skip
