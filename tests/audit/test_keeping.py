"""What was kept long enough is swept at night, kind by kind, with one entry in the trail that says how much went."""

from datetime import UTC, datetime

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import keeping, queries
from pepperchain.audit.keeping import Keeping
from pepperchain.core import db
from pepperchain.retainables import KEEPINGS
from pepperchain.settings import Misconfigured, read, section

NOW = datetime(2026, 6, 10, 17, 20, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def heap(code: str, turns: list[int], setting: str | None = None) -> Keeping:
    """Something that is swept in so many turns."""

    async def sweep(*, now: datetime) -> int:
        return turns.pop(0) if turns else 0

    return Keeping(code, code, sweep, setting)


async def test_all_of_it_is_swept_and_one_entry_tells_how_much() -> None:
    assert await keeping.sweep([heap("papers", [5, 5, 2]), heap("files", [])], now=NOW) == 12
    (told,) = await queries.entries(SYSTEM, subject=keeping.SUBJECT, subject_id=keeping.SUBJECT_ID, limit=10)
    assert dict(told.facts) == {"papers": 12, "files": 0}
    last = await keeping.last()
    assert last is not None
    assert last.gone == {"papers": 12, "files": 0}


async def test_a_night_that_failed_half_way_leaves_the_rest_to_the_next() -> None:
    async def broken(*, now: datetime) -> int:
        raise OSError("the disk is full")

    papers = [3]
    with pytest.raises(OSError, match="full"):
        await keeping.sweep([heap("papers", papers), Keeping("files", "files", broken)], now=NOW)
    assert papers == []
    assert await keeping.sweep([heap("papers", papers), heap("files", [4])], now=NOW) == 4


def test_every_setting_belongs_to_a_kind_or_to_its_room() -> None:
    named = {each.setting for each in KEEPINGS} | {
        "undecided_import_days", "import_undo_days", "reading_batch_days", "erased_kept_days",
    }  # fmt: skip
    assert set(section("retention")) <= named | {None}
    assert len({each.code for each in KEEPINGS}) == len(KEEPINGS)


@pytest.mark.parametrize(("days", "wrong"), [("729", "law"), ("-1", "number of days")])
def test_what_the_law_wants_kept_cannot_be_set_shorter(days: str, wrong: str) -> None:
    with pytest.raises(Misconfigured, match=wrong):
        read({"PEPPERCHAIN_RETENTION__READING_DAYS": days})
    assert read({"PEPPERCHAIN_RETENTION__READING_DAYS": "0"}).section("retention")["reading_days"] == 0


async def test_the_real_sweeps_run_on_an_empty_database() -> None:
    assert await keeping.sweep(KEEPINGS, now=NOW) == 0
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'retention.swept'") == 0
