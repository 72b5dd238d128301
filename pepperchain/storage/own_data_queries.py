"""What this room keeps of people: who of the staff moved what, and no grower."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import OwnData

_STAFF = "who of the staff did it"

OWN = OwnData(
    N_("Cold rooms"),
    excepted={
        "storage_movement": _STAFF,
        "storage_booking": _STAFF,
        "storage_booking_version": _STAFF,
        "storage_wait": _STAFF,
        "storage_maintenance": _STAFF,
        "storage_loss_policy": _STAFF,
        "storage_allowance": "numbers of a lot",
        "storage_found_loss": _STAFF,
        "storage_notice": "who of the staff is told of space",
        "storage_opening": "what lay in rooms before; whose it is is an organization",
        "storage_week": "sums of rooms",
        "storage_age": "sums of rooms",
        "storage_consignment": "who of the staff sent and received it, and the carrier's driver, who is no grower of ours",
        "storage_lot": "pepper of many growers; whoever runs the room is an organization",
        "storage_lot_slip": "which slips a lot was made of; the slips are told",
        "storage_room": "rooms; whoever runs one is an organization",
        "storage_sample": _STAFF,
        "storage_test": _STAFF,
    },
)
