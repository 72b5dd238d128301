"""The role's few places, in the bottom bar of a phone and the rail of a desktop. Which ones, `app` decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One place: its words (already in the reader's language), where it is, its icon, whether we are there now."""

    label: str
    url: str
    icon: str
    active: bool = False
    first: bool = True
    """Whether it is one of the few in a phone's bottom bar; the others stand under More."""
