"""What the bank's codes in the trail mean, in words (message ids)."""

from pepperchain.audit.fact_kinds import Kind
from pepperchain.core.words import N_

BANK_ACTS: dict[str, str] = {
    "bank_price.entered": N_("Entered the price of a day"),
    "bank_receipt.issued": N_("Took pepper into the bank"),
    "bank_receipt.list_issued": N_("Took pepper of many depositors into the bank"),
    "bank_scheme.shipped": N_("Entered the schemes that ship with the product"),
}

BANK_FACTS: dict[str, tuple[str, Kind]] = {
    "deposit": (N_("Whole list"), Kind.BRIEF),
    "price": (N_("Price"), Kind.PRICE),
    "receipts": (N_("Receipts"), Kind.COUNT),
    "schemes": (N_("Schemes"), Kind.COUNT),
    "source": (N_("Source"), Kind.TEXT),
}
