"""The workbook that gives people their file back with what is wrong in it."""

from pepperchain.excel.judging import Importable
from pepperchain.excel.mistakes import error_workbook
from pepperchain.imports import queries, uploads
from pepperchain.imports.queries import BatchRow
from pepperchain.web.i18n import gettext

ROWS_MAX = 20_000


async def workbook_of(batch: BatchRow, kind: Importable, language: str) -> bytes:
    """The file of a checked batch, marked. Refused: the file is no longer kept, or can no longer be read."""
    assert batch.file_token is not None, "the page offers it only while the file is kept"
    wrong = await queries.mistakes(batch.id, limit=ROWS_MAX)
    return await error_workbook(
        uploads.path_of(batch.file_token), kind.specs, wrong, language=language, translate=gettext
    )
