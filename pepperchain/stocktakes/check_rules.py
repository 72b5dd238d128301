"""What can fail to agree about a room: kinds of cases."""

from enum import StrEnum

from pepperchain.core.words import N_


class CaseKind(StrEnum):
    """Two things that should say the same."""

    ROOM = "room"
    LEDGER = "ledger"
    HELD = "held"
    HOLDS = "holds"
    COUNTERS = "counters"
    NO_ACCOUNT = "no_account"
    ACCOUNT = "account"
    COMMODITY = "commodity"
    PRODUCT = "product"
    SITE = "site"
    ROAD = "road"
    BLOCK = "block"

    @property
    def label(self) -> str:
        """A message id."""
        return _LABELS[self]

    @property
    def weighs(self) -> bool:
        """Whether it is about grams that differ."""
        return self in (CaseKind.ROOM, CaseKind.LEDGER, CaseKind.HELD, CaseKind.HOLDS, CaseKind.COUNTERS)


_LABELS = {
    CaseKind.ROOM: N_("The room's own count and its lots differ"),
    CaseKind.LEDGER: N_("A lot and the ledger differ"),
    CaseKind.HELD: N_("What is held of a lot differs from the ledger"),
    CaseKind.HOLDS: N_("What the ledger holds of a lot is not the sum of its holds"),
    CaseKind.COUNTERS: N_("What the ledger says of a lot is not the sum of its entries"),
    CaseKind.NO_ACCOUNT: N_("A lot has no account in the ledger"),
    CaseKind.ACCOUNT: N_("A lot has the account of something else"),
    CaseKind.COMMODITY: N_("A lot's account holds another product"),
    CaseKind.PRODUCT: N_("A lot is labelled as another product than it is booked as"),
    CaseKind.SITE: N_("A lot is booked at another site than its room"),
    CaseKind.ROAD: N_("A lot lies in a room and is on the road"),
    CaseKind.BLOCK: N_("A lot is blocked by something that does not stand"),
}
