"""What this room keeps of people: who of the staff dealt with what, and no grower."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import OwnData

_STAFF = "who of the staff did it"

OWN = OwnData(
    N_("Temperature and humidity"),
    excepted={
        "climate_sensor": "what hangs in a room",
        "climate_state": "where a sensor stands",
        "climate_reading": "what a sensor measured",
        "climate_bucket": "what a sensor measured",
        "climate_batch": "what a gateway of the staff sent, for a week",
        "climate_breach": _STAFF,
        "climate_alarm": "who of the staff is told of a room",
        "climate_equipment": _STAFF,
        "climate_meter": _STAFF,
    },
)
