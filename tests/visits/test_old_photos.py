"""Photos go after their days, and nothing else does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pepperchain.core import db
from pepperchain.documents import photos
from pepperchain.settings import settings
from pepperchain.visits import old_photos, queries
from tests.harness import cast
from tests.visits.dealing import NOW, home_of, picture, visit

pytestmark = pytest.mark.usefixtures("village")
DAYS = 1095


@pytest.fixture
def for_ever(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation keeps photos."""
    monkeypatch.setenv("PEPPERCHAIN_RETENTION__VISIT_PHOTO_DAYS", "0")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def test_photos_go_after_their_days_and_the_visit_stays() -> None:
    clerk = await cast.actor(cast.CLERK_A)
    kept = await photos.keep(picture())
    id = await visit(clerk, await home_of("罗大山"), photos=[kept])
    others = int(await db.scalar("SELECT COUNT(*) FROM visits_photo"))
    assert await old_photos.remove(now=NOW + timedelta(days=DAYS - 1)) == 0
    assert photos.path_of(kept.token).is_file()
    for removed in (others, 0):
        assert await old_photos.remove(now=NOW + timedelta(days=DAYS + 1)) == removed
    assert not photos.path_of(kept.token).exists()
    assert await queries.photos_of(clerk, id) == []
    assert (await queries.get_visit(clerk, id)).outcome == "看了树"
    told = await db.tuples("SELECT facts FROM audit_entry WHERE verb = 'photos.removed'")
    assert told == [(f'{{"dropped":{others}}}',)]


@pytest.mark.usefixtures("for_ever")
async def test_where_they_are_kept_for_ever_none_goes() -> None:
    kept = await photos.keep(picture())
    await visit(await cast.actor(cast.CLERK_A), await home_of("罗大山"), photos=[kept])
    assert await old_photos.remove(now=NOW + timedelta(days=99_000)) == 0
    assert photos.path_of(kept.token).is_file()
