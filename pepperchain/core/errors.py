"""What may be said to a person instead of a result: four errors, each with an English message id.

Raising one inside a unit of work undoes it. Only `web.errors` and the API turn them into answers.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from pepperchain.core.words import N_


class Told(Exception):
    """An error with words for a person: `message` is an English message id whose `%(name)s` places `facts` fill.

    Facts may be values of ours (Grams, Fen, dates): whoever shows the message spells them in the reader's language.
    """

    status: ClassVar[int]

    def __init__(self, message: str, /, field: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        """The English words, for logs and the command line; `web.i18n.say` gives the reader's."""
        return self.message % self.facts if self.facts else self.message


class Refused(Told):
    """The request was understood and goes against a rule; `field` is the form field it is about, if one."""

    status = 422

    def at(self, field: str) -> "Refused":
        """The same refusal, about the named field."""
        return Refused(self.message, field, **self.facts)


class Invalid(Refused):
    """Several refusals at once, one for each field that could not be taken."""

    def __init__(self, errors: Iterable[Refused]) -> None:
        super().__init__(N_("Please correct the marked fields."))
        self.errors = tuple(errors)
        assert self.errors, "an Invalid without errors"

    def at(self, field: str) -> "Invalid":
        """The same refusals, all about the named field."""
        return Invalid(error.at(field) for error in self.errors)


class NotYours(Told):
    """The person may know of it but may not do this."""

    status = 403

    def __init__(self, message: str = N_("Your role does not include this."), /, **facts: Any) -> None:
        super().__init__(message, **facts)


class Missing(Told):
    """There is no such thing, or the person may not know of it."""

    status = 404

    def __init__(
        self, message: str = N_("There is nothing here, or it is not yours to see."), /, **facts: Any
    ) -> None:
        super().__init__(message, **facts)


class Conflict(Told):
    """Someone or something was quicker: the state is no longer the one the request was made for."""

    status = 409
