"""The one who acts: a signed-in user, a token's owner, or the system itself."""

from dataclasses import dataclass, replace
from typing import Literal

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY, Role
from pepperchain.core.errors import NotYours


@dataclass(frozen=True, slots=True)
class Actor:
    """What permission and scope are decided by. Township ids limit roles that work by area; an empty tuple is no area."""

    user_id: int | None
    role: Role
    name: str
    organization_id: int | None = None
    township_ids: tuple[int, ...] = ()
    household_id: int | None = None
    language: Literal["zh", "en"] = "zh"
    unit: Literal["kg", "jin"] = "kg"
    large_type: bool = False
    scopes: frozenset[Capability] | None = None
    """What an API token is narrowed to; None for a person."""

    def may(self, capability: Capability) -> bool:
        """Whether the role has it and, for a token, its scopes too."""
        return capability in POLICY[self.role] and (self.scopes is None or capability in self.scopes)

    def require(self, capability: Capability) -> None:
        """Raises NotYours (403) without the capability."""
        if not self.may(capability):
            raise NotYours()

    def narrowed(self, scopes: frozenset[Capability]) -> "Actor":
        """The same person acting through a token."""
        return replace(self, scopes=scopes)


SYSTEM = Actor(user_id=None, role=Role.SYSTEM, name="system")
"""Timers, seeds and the command line act as this."""
