"""What the tables of this room are called when a merge says what came along."""

from pepperchain.core.words import N_
from pepperchain.directory.merge_rules import Mover

MOVER = Mover(
    words={
        "bank_receipt": N_("Receipts"),
        "bank_order": N_("Orders to sell"),
        "bank_settlement": N_("Settlements"),
        "bank_pledge": N_("Pledges"),
    }
)
