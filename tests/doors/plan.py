"""Every door of the house: its method, its address, who may. Read off the app, so that a new one is there by itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY, Role
from pepperchain.app import create_app
from pepperchain.web.routing import PUBLIC, SIGNED_IN, Door, GuardedRoute
from tests.harness import cast

ROLES: Mapping[str, Role] = {
    cast.ADMIN: Role.ADMIN,
    cast.COMMITTEE: Role.COMMITTEE,
    cast.TECHNICIAN: Role.TECHNICIAN,
    cast.LEADER_A: Role.COOP_LEADER,
    cast.CLERK_A: Role.COOP_CLERK,
    cast.STOREKEEPER: Role.STOREKEEPER,
    cast.BUYER_P: Role.PROCESSOR,
    cast.GROWER_A: Role.GROWER,
    cast.DEPARTMENT: Role.DEPARTMENT,
    cast.LENDER: Role.LENDER,
}
"""One person of each role that signs in; of the two cooperatives, somebody of the first."""

PARAM = re.compile(r"\{(\w+)(?::(\w+))?\}")
API = "/api/"


@dataclass(frozen=True, slots=True)
class Way:
    """One method of one route."""

    method: str
    path: str
    may: Capability | Door

    @property
    def params(self) -> Mapping[str, str]:
        """The places of its address, with what each takes: `int`, `uuid`, or `str`."""
        return {name: kind or "str" for name, kind in PARAM.findall(self.path)}

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    @property
    def is_form(self) -> bool:
        """Whether a page's form is sent to it."""
        return not self.is_read and not self.is_api

    @property
    def is_public(self) -> bool:
        return self.may is PUBLIC

    def at(self, **values: Any) -> str:
        """Its address with the places filled."""
        return filled(self.path, lambda name: str(values[name]))

    def nowhere(self) -> str:
        """Its address for a thing that does not exist."""
        absent = {"int": "9" * 9, "uuid": str(uuid4()), "str": "nobody-has-this"}
        return self.at(**{name: absent[kind] for name, kind in self.params.items()})

    def lets_in(self, role: Role) -> bool:
        """Whether the role has what the route asks for."""
        return self.may in (PUBLIC, SIGNED_IN) or (
            isinstance(self.may, Capability) and self.may in POLICY[role]
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def filled(path: str, value: Callable[[str], str]) -> str:
    """A route's address with each of its places filled by `value(name)`."""
    return PARAM.sub(lambda match: value(match.group(1)), path)


@cache
def ways() -> tuple[Way, ...]:
    """All of them, in the order in which the app looks at them."""
    return tuple(
        Way(method, each.path, each.may)
        for each in create_app().routes
        if isinstance(each, GuardedRoute)
        for method in sorted((each.methods or set()) - {"HEAD"})
    )


@cache
def _patterns() -> tuple[tuple[Way, re.Pattern[str]], ...]:
    takes = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", "str": r"[^/]+", "": r"[^/]+"}
    found = []
    for way in ways():
        pattern = re.escape(way.path).replace(r"\{", "{").replace(r"\}", "}")
        pattern = PARAM.sub(lambda match: takes[match.group(2) or ""], pattern)
        found.append((way, re.compile(pattern)))
    return tuple(found)


def way_of(method: str, address: str) -> Way | None:
    """The door that an address without its query leads to, as the app would choose it."""
    return next(
        (way for way, pattern in _patterns() if way.method == method and pattern.fullmatch(address)), None
    )
