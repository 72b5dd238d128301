"""What receipts are called, the states they go through, and the bounds of config/bank.toml."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from pepperchain.core.words import N_
from pepperchain.settings import section


class State(StrEnum):
    """What may still be done with a receipt."""

    OPEN = "open"
    LOST = "lost"
    """The paper was reported lost: nothing goes out until it is reissued or found."""
    EMPTIED = "emptied"
    REPLACED = "replaced"
    """Split, merged, endorsed or reissued: others stand for it."""
    VOID = "void"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _STATES[self]

    @property
    def is_standing(self) -> bool:
        """Whether it is somebody's claim."""
        return self in (State.OPEN, State.LOST)


_STATES = {
    State.OPEN: N_("In store"),
    State.LOST: N_("Was reported lost"),
    State.EMPTIED: N_("Settled"),
    State.REPLACED: N_("Replaced"),
    State.VOID: N_("Void"),
}


class Origin(StrEnum):
    """How a receipt came to be."""

    DEPOSIT = "deposit"
    SPLIT = "split"
    MERGE = "merge"
    TRANSFER = "transfer"
    REISSUE = "reissue"


class EventKind(StrEnum):
    """What happened to a receipt."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    ORDERED = "ordered"
    ORDER_ENDED = "order_ended"
    SOLD = "sold"
    PLEDGED = "pledged"
    UNPLEDGED = "unpledged"
    LIQUIDATED = "liquidated"
    SPLIT_OFF = "split_off"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    LOST = "lost"
    FOUND = "found"
    REISSUED = "reissued"
    VOIDED = "voided"
    PRINTED = "printed"
    LOSS = "loss"
    SETTLED = "settled"
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _EVENTS[self]


_EVENTS = {
    EventKind.ISSUED: N_("Deposited"),
    EventKind.WITHDRAWN: N_("Taken out in kind"),
    EventKind.ORDERED: N_("Sale ordered"),
    EventKind.ORDER_ENDED: N_("Sale order ended"),
    EventKind.SOLD: N_("Sold"),
    EventKind.PLEDGED: N_("Pledged"),
    EventKind.UNPLEDGED: N_("Pledge released"),
    EventKind.LIQUIDATED: N_("Sold for the lender"),
    EventKind.SPLIT_OFF: N_("Split"),
    EventKind.MERGED: N_("Merged"),
    EventKind.TRANSFERRED: N_("Endorsed"),
    EventKind.LOST: N_("Was reported lost"),
    EventKind.FOUND: N_("Found again"),
    EventKind.REISSUED: N_("Issued anew"),
    EventKind.VOIDED: N_("Was made void"),
    EventKind.PRINTED: N_("Printed"),
    EventKind.LOSS: N_("Natural loss"),
    EventKind.SETTLED: N_("Settled"),
    EventKind.REVERSED: N_("Taken back"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bank's own settings."""

    list_rows_max: int
    backdated_days_max: int
    price_days_max: int
    receipt_code_reads_per_minute: int


@cache
def bounds() -> Bounds:
    """From config/bank.toml."""
    table = section("bank")
    return Bounds(
        list_rows_max=table["list_rows_max"],
        backdated_days_max=table["backdated_days_max"],
        price_days_max=table["price_days_max"],
        receipt_code_reads_per_minute=table["receipt_code_reads_per_minute"],
    )


def book(site_id: int) -> str:
    """The book in the ledger that a site's bank is kept in: its days are closed by themselves."""
    return f"bank:{site_id}"


def receipt_number(prefix: str, issued: int, day: date) -> str:
    """`NC-C26-000123`: the site's letters, the year, and how many receipts the site has issued so far, without a gap."""
    return f"{prefix}-C{day.year % 100:02d}-{issued:06d}"


SHORT_CODE_LENGTH = 10
"""Characters of a receipt's public code that a text message carries: 50 random bits, and only so many tries a minute."""


def short_code(code: str) -> str:
    """The beginning of a receipt's code, which leads to its public page as the whole does."""
    return code[:SHORT_CODE_LENGTH]
