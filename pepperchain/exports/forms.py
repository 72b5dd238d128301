"""What people send about files that they want."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from pepperchain.web.fields import EventId, OptionalText, Text
from pepperchain.web.forms import Form


class NewExport(Form):
    """The form that asks for a file; `id` is the form's own, so that sending it twice asks once."""

    id: EventId
    format: Literal["xlsx", "csv"] = "xlsx"
    reason: OptionalText = None
    code: Annotated[Text, StringConstraints(max_length=40)] | None = None


class ExportList(Form):
    """Which part of one's files is listed."""

    cursor: str | None = None
