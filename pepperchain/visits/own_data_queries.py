"""What this room keeps of people: visits to them, photos, what is to follow, notes."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import (
    INNER,
    PERSON_NAME,
    WHERE_SEEN,
    OwnData,
    OwnTable,
    Telling,
    Told,
)

_ROW = {
    "id": INNER,
    "request_id": INNER,
    "version": INNER,
    "household_id": WHERE_SEEN,
    "organization_id": WHERE_SEEN,
    "township_id": WHERE_SEEN,
    "cooperative_id": WHERE_SEEN,
}
_PERSON = Told("person_id", N_("With whom"), sql=PERSON_NAME.format("person_id"))

OWN = OwnData(
    N_("Visits and calls"),
    (
        OwnTable(
            "visits_visit", N_("Visits and calls"),
            "t.household_id = :household AND (t.person_id IS NULL OR t.person_id = :person)",
            (
                Told("stands_at", N_("When"), Telling.MOMENT), Told("kind", N_("How"), Telling.CODE),
                Told("purpose", N_("About what"), Telling.CODE), _PERSON, Told("outcome", N_("What came of it")),
                Told("user_name", N_("Who")), Told("planned_on", N_("Planned for"), Telling.DAY),
                Told("happened_at", N_("It was"), Telling.MOMENT), Told("called_off_at", N_("Called off"), Telling.MOMENT),
                Told("reason", N_("Reason")), Told("created_at", N_("Noted"), Telling.MOMENT),
            ),
            {**_ROW, "user_id": INNER}, organization="cooperative_id",
        ),
        OwnTable(
            "visits_photo", N_("Photos"),
            "t.visit_id IN (SELECT v.id FROM visits_visit v WHERE v.household_id = :household"
            " AND (v.person_id IS NULL OR v.person_id = :person))",
            (
                Told("created_at", N_("Taken in"), Telling.MOMENT), Told("width", N_("Width"), Telling.COUNT),
                Told("height", N_("Height"), Telling.COUNT), Told("bytes", N_("Bytes"), Telling.COUNT),
            ),
            {"id": INNER, "visit_id": INNER, "township_id": WHERE_SEEN, "token": "the file's name; the picture is handed over on demand"},
        ),
        OwnTable(
            "visits_follow_up", N_("What follows"), "t.household_id = :household",
            (
                Told("due_on", N_("Due"), Telling.DAY), Told("what", N_("What")), Told("owner_name", N_("Who")),
                Told("done_at", N_("Done"), Telling.MOMENT), Told("done_name", N_("Done by")),
                Told("created_at", N_("Noted"), Telling.MOMENT),
            ),
            {**_ROW, "visit_id": INNER, "owner_id": INNER}, organization="cooperative_id",
        ),
        OwnTable(
            "visits_note", N_("Notes"), "t.household_id = :household AND (t.person_id IS NULL OR t.person_id = :person)",
            (
                Told("created_at", N_("Noted"), Telling.MOMENT), Told("text", N_("Text")), _PERSON, Told("user_name", N_("Who")),
                Told("withdrawn_at", N_("Withdrawn"), Telling.MOMENT),
            ),
            {**_ROW, "user_id": INNER}, organization="cooperative_id",
        ),
    ),
)  # fmt: skip
