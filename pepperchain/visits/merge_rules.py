"""What the tables of this room are called when a merge says what came along."""

from pepperchain.core.words import N_
from pepperchain.directory.merge_rules import Mover

MOVER = Mover(
    words={
        "visits_visit": N_("Visits and calls"),
        "visits_follow_up": N_("Follow-ups"),
        "visits_note": N_("Notes"),
    }
)
