"""What this room keeps of people: who of the staff counted and signed, and no grower."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import OwnData

_STAFF = "who of the staff did it"

OWN = OwnData(
    N_("Stocktakes"),
    excepted={
        "stocktakes_stocktake": _STAFF,
        "stocktakes_line": _STAFF,
        "stocktakes_count": _STAFF,
        "stocktakes_extra": _STAFF,
        "stocktakes_case": _STAFF,
        "stocktakes_check": "whether the books of rooms agree",
        "stocktakes_room": "rooms that are counted",
    },
)
