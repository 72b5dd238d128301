"""What the bank's codes in the trail mean, in words (message ids)."""

from pepperchain.audit.fact_kinds import Kind
from pepperchain.core.words import N_

BANK_ACTS: dict[str, str] = {
    "bank_close.prepared": N_("Added a day of the bank up"),
    "bank_order.cancelled": N_("Took an order to sell back"),
    "bank_order.expired": N_("Let an order to sell run out"),
    "bank_order.placed": N_("Ordered pepper of the bank sold"),
    "bank_payment.listed": N_("Made a payment list"),
    "bank_payment.paid": N_("Said that a payment list was paid"),
    "bank_pledge.called": N_("Had pledged pepper put up for sale"),
    "bank_pledge.confirmed": N_("Lent on a receipt"),
    "bank_pledge.consented": N_("Noted that the grower agrees to a pledge"),
    "bank_pledge.declined": N_("Lent nothing on a receipt"),
    "bank_pledge.released": N_("Let pledged pepper go"),
    "bank_pledge.requested": N_("Asked for a loan on a receipt"),
    "bank_pledge.uncalled": N_("Took pledged pepper off the sale"),
    "bank_pledge.withdrawn": N_("Took the request for a loan back"),
    "bank_sale.made": N_("Sold pepper of the bank"),
    "bank_sale.reversed": N_("Took a sale of the bank back"),
    "bank_receipt.found": N_("Noted that a lost receipt was found"),
    "bank_receipt.lost": N_("Reported a receipt lost"),
    "bank_receipt.merged": N_("Made one receipt of several"),
    "bank_receipt.reissued": N_("Issued a lost receipt anew"),
    "bank_receipt.split_off": N_("Split a receipt"),
    "bank_receipt.transferred": N_("Endorsed a receipt to somebody else"),
    "bank_receipt.voided": N_("Voided a receipt"),
    "bank_receipt.printed": N_("Printed a receipt of the bank"),
    "bank_receipt.withdrawn": N_("Gave pepper of the bank out in kind"),
    "bank_price.entered": N_("Entered the price of a day"),
    "bank_receipt.issued": N_("Took pepper into the bank"),
    "bank_receipt.list_issued": N_("Took pepper of many depositors into the bank"),
    "bank_scheme.shipped": N_("Entered the schemes that ship with the product"),
}

BANK_FACTS: dict[str, tuple[str, Kind]] = {
    "receipt": (N_("Receipt of the bank"), Kind.COUNT),
    "lender": (N_("Lender"), Kind.ORGANIZATION),
    "fee": (N_("Storage fee"), Kind.MONEY),
    "limit_price": (N_("From the price of"), Kind.PRICE),
    "settlements": (N_("Settlements"), Kind.COUNT),
    "until": (N_("Until"), Kind.DAY),
    "deposit": (N_("Whole list"), Kind.BRIEF),
    "price": (N_("Price"), Kind.PRICE),
    "receipts": (N_("Receipts"), Kind.COUNT),
    "schemes": (N_("Schemes"), Kind.COUNT),
    "source": (N_("Source"), Kind.TEXT),
}
