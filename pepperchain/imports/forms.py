"""What the pages of imports read."""

from pepperchain.excel.judging import Verdict
from pepperchain.web.fields import EventId, Flag
from pepperchain.web.forms import Form


class Upload(Form):
    """The form that brings a file; the file itself comes beside it."""

    id: EventId


class Preview(Form):
    """Which rows of a batch to look at."""

    verdict: Verdict | None = None
    conflicts: Flag = False
    cursor: str | None = None
