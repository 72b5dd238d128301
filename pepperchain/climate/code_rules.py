"""The codes of this room with their names."""

from enum import StrEnum

from pepperchain.core.words import N_


class Labelled(StrEnum):
    """A code with an English message id for its name."""

    @property
    def label(self) -> str:
        return LABELS[self]


class SensorKind(Labelled):
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    DOOR = "door"


class BreachKind(Labelled):
    TOO_WARM = "too_warm"
    TOO_COLD = "too_cold"
    THAWING = "thawing"
    HUMID = "humid"
    DOOR_OPEN = "door_open"
    SILENT = "silent"


class BreachState(Labelled):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    EXPLAINED = "explained"
    CLOSED = "closed"


class Cause(Labelled):
    POWER = "power"
    MACHINE = "machine"
    DOOR = "door_left"
    LOADING = "loading"
    DEFROST = "defrosting"
    SENSOR = "sensor"
    OTHER = "other"


class EquipmentKind(Labelled):
    POWER_CUT = "power_cut"
    SERVICE = "service"
    DEFROST = "defrost"
    MAINTENANCE = "maintenance"


class Reason(Labelled):
    """Why a reading was not taken."""

    UNREADABLE = "unreadable"
    UNKNOWN_SENSOR = "unknown_sensor"
    NOT_IN_USE = "not_in_use"
    OTHER_MEASURE = "other_measure"
    OUT_OF_RANGE = "out_of_range"
    FUTURE = "future"
    TOO_OLD = "too_old"
    DIFFERS = "differs"


LABELS: dict[Labelled, str] = {
    SensorKind.TEMPERATURE: N_("Temperature"),
    SensorKind.HUMIDITY: N_("Humidity"),
    SensorKind.DOOR: N_("Door"),
    BreachKind.TOO_WARM: N_("Too warm"),
    BreachKind.TOO_COLD: N_("Too cold"),
    BreachKind.THAWING: N_("Frozen pepper too warm"),
    BreachKind.HUMID: N_("Too damp"),
    BreachKind.DOOR_OPEN: N_("Door left open"),
    BreachKind.SILENT: N_("Sensor silent"),
    BreachState.OPEN: N_("Nobody has looked yet"),
    BreachState.ACKNOWLEDGED: N_("Somebody is on it"),
    BreachState.EXPLAINED: N_("Explained"),
    BreachState.CLOSED: N_("Settled"),
    Cause.POWER: N_("Power cut"),
    Cause.MACHINE: N_("Cooling broke down"),
    Cause.DOOR: N_("Door stood open"),
    Cause.LOADING: N_("Warm pepper was brought in"),
    Cause.DEFROST: N_("Defrosting"),
    Cause.SENSOR: N_("Sensor wrong or broken"),
    Cause.OTHER: N_("Something else"),
    EquipmentKind.POWER_CUT: N_("Power cut"),
    EquipmentKind.SERVICE: N_("Machine serviced"),
    EquipmentKind.DEFROST: N_("Defrosting"),
    EquipmentKind.MAINTENANCE: N_("Planned maintenance"),
    Reason.UNREADABLE: N_("Not readable: a sensor, a moment with its zone and one whole number are needed."),
    Reason.UNKNOWN_SENSOR: N_("There is no such sensor among yours."),
    Reason.NOT_IN_USE: N_("The sensor was not in use at that time."),
    Reason.OTHER_MEASURE: N_("The sensor does not measure this."),
    Reason.OUT_OF_RANGE: N_("No store is that cold, warm or damp: the sensor is wrong."),
    Reason.FUTURE: N_("This lies in the future: look at the sensor's clock."),
    Reason.TOO_OLD: N_("This is older than what readings are kept."),
    Reason.DIFFERS: N_("For this moment another value is known. The first one stays."),
}
