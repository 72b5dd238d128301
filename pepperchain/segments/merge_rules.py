"""What the tables of this room are called when a merge says what came along."""

from pepperchain.core.words import N_
from pepperchain.directory.merge_rules import Mover

MOVER = Mover(
    words={
        "segments_tagging": N_("Tags"),
        "segments_change": N_("What was done with a segment"),
    }
)
