"""What people send about files."""

from typing import Literal

from pepperchain.web.fields import EventId, OptionalText
from pepperchain.web.forms import Form


class Upload(Form):
    """The form that brings a file, which comes beside it; `id` is the form's own, so that sending it twice brings it once."""

    id: EventId


class BatchFilter(Form):
    """Which batches are listed."""

    kind: OptionalText = None
    cursor: str | None = None


class Preview(Form):
    """Which rows of a batch are shown."""

    show: Literal["create", "update", "unchanged", "wrong", "conflicts"] | None = None
    cursor: str | None = None
