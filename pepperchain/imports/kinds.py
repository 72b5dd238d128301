"""Every kind of sheet that can come in, and who may bring it."""

from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate.sensor_sheets import SENSORS
from pepperchain.climate.sheets import READINGS
from pepperchain.core.errors import Missing
from pepperchain.directory.household_sheets import HOUSEHOLDS
from pepperchain.directory.membership_sheets import MEMBERSHIPS
from pepperchain.directory.organization_sheets import ORGANIZATIONS
from pepperchain.directory.person_sheets import PEOPLE
from pepperchain.directory.site_sheets import SITES
from pepperchain.excel.judging import Importable
from pepperchain.harvest.sheets import WEIGHINS
from pepperchain.segments.sheets import TAGS
from pepperchain.storage.opening_sheets import OPENING
from pepperchain.storage.sheets import ROOMS

# Ids made from it are the same in every installation and every version: never change it.
_NAMESPACE = UUID("0b6f7c4e-5d0a-5c3e-9a55-6c1d2f6a7e10")

KINDS: dict[str, Importable] = {
    kind.code: kind
    for kind in (
        HOUSEHOLDS,
        PEOPLE,
        MEMBERSHIPS,
        TAGS,
        WEIGHINS,
        SITES,
        ROOMS,
        OPENING,
        SENSORS,
        READINGS,
        ORGANIZATIONS,
    )
}


def of(actor: Actor) -> list[Importable]:
    """The kinds that the actor may bring, in the order of choice."""
    if not actor.may(Capability.IMPORT_RUN):
        return []
    return [kind for kind in KINDS.values() if actor.may(kind.capability)]


def codes_of(actor: Actor) -> list[str]:
    """Their codes."""
    return [kind.code for kind in of(actor)]


def kind_of(actor: Actor, code: str) -> Importable:
    """The kind of that name. Missing: there is none, or it is not the actor's to bring."""
    actor.require(Capability.IMPORT_RUN)
    kind = KINDS.get(code)
    if kind is None or not actor.may(kind.capability):
        raise Missing()
    return kind


def seed_of(kind: Importable) -> UUID:
    """What ids of a kind's rows are made from, so that the same row is the same thing in every file."""
    return uuid5(_NAMESPACE, kind.code)
