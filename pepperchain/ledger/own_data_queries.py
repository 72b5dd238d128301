"""What this room keeps of people: who of the staff posted what. Growers have no accounts in the books."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import OwnData

_STAFF = "who of the staff did it"

OWN = OwnData(
    N_("Books"),
    excepted={
        "ledger_transaction": _STAFF,
        "ledger_hold": _STAFF,
        "ledger_hold_outcome": "what became of a hold",
        "ledger_period": _STAFF,
        "ledger_account": "accounts of places",
    },
)
