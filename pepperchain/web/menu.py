"""The role's few places, in the bottom bar of a phone and the rail of a desktop. Which ones, `app` decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One place: its words (already in the reader's language), where it is, its icon, whether we are there now."""

    label: str
    url: str
    icon: str
    active: bool = False
