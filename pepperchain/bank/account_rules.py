"""What the bank's accounts in the ledger are called."""

from enum import StrEnum

CUSTODY = "bank_custody"
"""What a site keeps for others."""


class Claim(StrEnum):
    """The accounts of a receipt."""

    FREE = "bank_claim"
    ORDERED = "bank_ordered"
    PLEDGED = "bank_pledged"


class Account(StrEnum):
    """Kinds of accounts. The first two are a receipt's, so that they go along wherever it goes; the rest an organization's."""

    PAYABLE = "bank_payable"
    RECEIVABLE = "bank_receivable"
    PROCEEDS = "bank_proceeds"
    TOP_UP = "bank_top_up"
    FEE = "bank_fee"
    MARGIN = "bank_margin"
    COSTS = "bank_costs"
    PAID = "bank_paid"
    LENDER = "bank_lender"
    """A lender's, of what sales of pledged pepper bring it."""
