"""What the tables of this room are called when a merge says what came along. Of two people's answers the latest holds, as of one's."""

from pepperchain.core.words import N_
from pepperchain.directory.merge_rules import Mover

MOVER = Mover(
    words={
        "consents_consent": N_("Consents"),
        "consents_reveal": N_("Looks at sealed numbers"),
        "consents_reveal_leave": N_("Looks at sealed numbers"),
        "consents_copy": N_("Copies of their own data"),
        "consents_correction": N_("Requests to correct something"),
        "consents_erasure": N_("Requests to be forgotten"),
    }
)
