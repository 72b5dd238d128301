"""What the pages of imports read."""

from collections.abc import AsyncIterator

from starlette.datastructures import UploadFile

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.judging import Verdict
from pepperchain.web.fields import EventId, Flag
from pepperchain.web.forms import Form

CHUNK_BYTES = 1 << 18


class Upload(Form):
    """A file for one kind of sheet."""

    id: EventId
    file: UploadFile | None = None

    def sent(self) -> UploadFile:
        """The file. Refused where none was chosen."""
        if self.file is None:
            raise Refused(N_("Choose a file first."), "file")
        return self.file


class Preview(Form):
    """Which rows of a batch to look at."""

    verdict: Verdict | None = None
    conflicts: Flag = False
    cursor: str | None = None


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    """An uploaded file, piece by piece."""
    while piece := await file.read(CHUNK_BYTES):
        yield piece
