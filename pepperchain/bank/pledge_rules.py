"""The states of a pledge, and how much may be lent on pepper. Looks nothing up."""

from enum import StrEnum

from pepperchain.bank.terms_rules import WHOLE_PERCENT, Terms
from pepperchain.core.units import Fen, Grams, value_of
from pepperchain.core.words import N_


class PledgeState(StrEnum):
    """Where a pledge stands."""

    REQUESTED = "requested"
    CONSENTED = "consented"
    ACTIVE = "active"
    CALLED = "called"
    """The loan was not paid back in time: pepper is ordered sold for the lender."""
    RELEASED = "released"
    SETTLED = "settled"
    """The lender has what was owed, or nothing of the pledge is left."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _STATES[self]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is still to say yes."""
        return self in (PledgeState.REQUESTED, PledgeState.CONSENTED)

    @property
    def is_locked(self) -> bool:
        """Whether grams are locked by it."""
        return self in (PledgeState.ACTIVE, PledgeState.CALLED)


_STATES = {
    PledgeState.REQUESTED: N_("waits for the grower's consent"),
    PledgeState.CONSENTED: N_("waits for the lender"),
    PledgeState.ACTIVE: N_("locked for the lender"),
    PledgeState.CALLED: N_("to be sold for the lender"),
    PledgeState.RELEASED: N_("let go"),
    PledgeState.SETTLED: N_("paid off by a sale"),
    PledgeState.DECLINED: N_("declined by the lender"),
    PledgeState.WITHDRAWN: N_("taken back"),
    PledgeState.REPLACED: N_("another receipt stands for it"),
}


def loan_max(terms: Terms, grams: Grams, *, floor: Fen | None, price: Fen | None) -> Fen | None:
    """What may be lent on so much: the terms' share of its worth at the floor, or without one at the day's price.

    None if neither is known. Rounded down to the fen.
    """
    worth = floor if floor is not None else price
    if worth is None:
        return None
    return Fen(int(value_of(grams, worth)) * terms.pledge_percent_max // WHOLE_PERCENT)
