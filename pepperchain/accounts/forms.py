"""What people type about users: signing in, themselves, others."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.web.fields import EventId, Flag, OptionalText, Phone, RegistryId, Text, Whole
from pepperchain.web.forms import Form

Password = Annotated[str, StringConstraints(max_length=1_000)]
"""As typed; `rules.require_password` says which ones may be chosen."""

PersonName = Annotated[Text, StringConstraints(max_length=40)]


Code = Annotated[Text, StringConstraints(max_length=60)]
"""As typed; `rules.plain_code` says what of it counts."""


class SignIn(Form):
    phone: Phone
    password: Password
    next: OptionalText = None


class CodeSignIn(Form):
    phone: Phone
    code: Code
    next: OptionalText = None


class SecondStep(Form):
    code: Code
    next: OptionalText = None


class ConfirmedStep(Form):
    request_id: UUID
    code: Code


class StepCode(Form):
    code: Code


class Preferences(Form):
    name: PersonName
    language: Literal["zh", "en"]
    unit: Literal["kg", "jin"]
    large_type: Flag = False


class PasswordChange(Form):
    old: Password
    password: Password


class SignOut(Form):
    """One other browser, or all others when none is named."""

    session_id: EventId | None = None


class NewToken(Form):
    request_id: UUID
    label: Annotated[Text, StringConstraints(max_length=80)]
    days: Whole
    scopes: Annotated[frozenset[Capability], Field(max_length=len(Capability))] = frozenset()


class Duty(Form):
    """A role, and what it is for: an organization by name or credit code, a household by its card, townships."""

    role: Role
    organization: OptionalText = None
    household_card: OptionalText = None
    township_ids: Annotated[tuple[RegistryId, ...], Field(max_length=60)] = ()

    def belonging(self) -> dict[str, Any]:
        """What was typed of the belonging, for `belonging.found`."""
        return self.model_dump(include={"organization", "household_card", "township_ids"})


class NewUser(Duty):
    request_id: UUID
    phone: Phone
    name: PersonName
    language: Literal["zh", "en"] = "zh"


class NewInvitation(Duty):
    request_id: UUID
    phone: Phone


class AcceptedInvitation(Form):
    request_id: UUID
    name: PersonName
    password: Password
    language: Literal["zh", "en"] = "zh"


class ListPlace(Form):
    cursor: OptionalText = None


class ChangedDuty(Duty):
    version: Whole
    request_id: UUID | None = None


class ApprovalFilter(Form):
    state: Literal["waiting", "decided"] = "waiting"
    cursor: OptionalText = None


class Declined(Form):
    reason: Text


class ChangedUser(Form):
    version: Whole
    name: PersonName
    phone: Phone


class UserFilter(Form):
    q: OptionalText = None
    role: Role | None = None
    cursor: OptionalText = None


class NewPassword(Form):
    request_id: UUID


class TrailFilter(Form):
    subject: OptionalText = None
    subject_id: OptionalText = None
    actor_id: RegistryId | None = None
    cursor: OptionalText = None
