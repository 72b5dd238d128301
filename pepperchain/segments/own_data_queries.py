"""What this room keeps of people: the tags on their household."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import INNER, WHERE_SEEN, OwnData, OwnTable, Telling, Told

OWN = OwnData(
    N_("Tags"),
    (
        OwnTable(
            "segments_tagging", N_("Tags"), "t.household_id = :household",
            (
                Told("at", N_("When"), Telling.MOMENT),
                Told("tag_id", N_("Tag"), sql="(SELECT g.name FROM segments_tag g WHERE g.id = t.tag_id)"),
                Told("user_name", N_("Who")),
            ),
            {"household_id": WHERE_SEEN, "township_id": WHERE_SEEN, "organization_id": WHERE_SEEN, "user_id": INNER, "run_id": INNER},
            organization="organization_id",
        ),
    ),
    {
        "segments_tag": "a word of the staff's; it is told where it is on somebody",
        "segments_segment": "what the staff look for; it names nobody",
        "segments_run": "which of the staff had something done with many households",
        "segments_change": "what is needed to undo that; what was done is told as tags and visits",
    },
)  # fmt: skip
