"""A photo of something signed that comes with a form: kept while the form is taken, gone again if it is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile

from pepperchain.documents import photos
from pepperchain.documents.photos import FIELD, PHOTO_BYTES_MAX

UPLOAD_BYTES_MAX = PHOTO_BYTES_MAX + 100_000
"""A photo, and the words around it."""


@asynccontextmanager
async def paper(sent: FormData, *, folder: str, wanted: bool = True) -> AsyncIterator[str | None]:
    """The name of the photo's file in that folder; None if no photo came, or none is wanted. Refused for what is no photo."""
    files = [file for file in sent.getlist(FIELD) if isinstance(file, UploadFile)]
    kept = None
    try:
        if wanted and files and files[0].filename:
            kept = (await photos.keep(await files[0].read(PHOTO_BYTES_MAX + 1), folder=folder)).token
        yield kept
    except BaseException:
        if kept is not None:
            await photos.discard([kept], folder=folder)
        raise
    finally:
        for file in files:
            await file.close()
