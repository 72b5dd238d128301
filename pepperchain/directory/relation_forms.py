"""What the pages of heads, proxies, moves and organizations' relations take."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from pepperchain.directory.relation_rules import REASON_LENGTH_MAX, HeadReason, LeavingReason
from pepperchain.web.fields import Day, EventId, Flag, RegistryId, Text, Whole
from pepperchain.web.forms import Form

_Said = Annotated[Text, StringConstraints(max_length=REASON_LENGTH_MAX)]
_Name = Annotated[Text, StringConstraints(max_length=40)]


_Address = Annotated[Text, StringConstraints(max_length=120)]
_Ids = Annotated[tuple[RegistryId, ...], Field(max_length=60)]


class NewMove(Form):
    """Where a household lives from a day on, and whether its membership ends with it."""

    request_id: EventId
    version: RegistryId
    village_id: RegistryId
    group_number: Whole | None = None
    address: _Address | None = None
    on: Day
    ends_membership: Flag = False


class Going(Form):
    """Which household somebody goes to, by its card, a phone or a name."""

    request_id: EventId
    version: RegistryId
    household: _Name
    on: Day
    reason: LeavingReason


class Split(Form):
    """Who makes a household of their own, where, and which plots go with them."""

    request_id: EventId
    version: RegistryId
    head_id: RegistryId
    person_ids: _Ids = ()
    plot_ids: _Ids = ()
    village_id: RegistryId
    group_number: Whole | None = None
    address: _Address | None = None
    on: Day
    reason: LeavingReason = LeavingReason.SEPARATION


class NewHead(Form):
    """Who heads the household from a day on, and whether the one before leaves."""

    request_id: EventId
    version: RegistryId
    person_id: RegistryId
    on: Day
    reason: HeadReason
    former_leaves: Flag = False


class TakenBack(Form):
    """Why a change never was."""

    reason: _Said


class NewProxy(Form):
    """Who may act for a household: one of it, or somebody else by name, phone or card."""

    request_id: EventId
    person_id: RegistryId | None = None
    other: _Name | None = None
    given_by_id: RegistryId
    may_deliver: Flag = False
    may_sign: Flag = False
    from_on: Day
    until_on: Day
    witness: _Name | None = None


class Revocation(Form):
    """Why a proxy counts no more, and the version of it that was seen."""

    version: RegistryId
    reason: _Said


class EndingProxies(Form):
    """Which page of the list is read."""

    cursor: str | None = None


class RelationChoices(Form):
    """Which relations of an organization are listed: of one kind and way, or all; those that are, or those that were."""

    kind: (
        Literal[
            "supplies-in", "supplies-out", "stores_at-in", "stores_at-out", "buys_from-in", "buys_from-out",
            "consortium_member-in", "consortium_member-out", "task_force_of-in", "task_force_of-out",
        ]
        | None
    ) = None  # fmt: skip
    ended: Flag = False
    cursor: str | None = None

    def narrowing(self) -> dict[str, Any]:
        """The kind and the way, as the list takes them."""
        if self.kind is None:
            return {}
        kind, way = self.kind.rsplit("-", 1)
        return {"kind": kind, "outgoing": way == "out"}
