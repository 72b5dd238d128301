"""E1, E2, E5: sealed numbers are nowhere in the clear, not on disk, not on anybody's page, not in a log."""

import logging
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pepperchain.core import clock, db, sqlite_copies, vault
from pepperchain.directory import people
from pepperchain.settings import settings
from tests.doors import canaries
from tests.doors.crawling import crawl
from tests.doors.plan import ROLES
from tests.doors.visitors import Visitors, visitors

NUMBERS = 1_000
BEGINNINGS = ("50038119880", "62179900000")
"""Of the ID numbers and of the bank cards; nothing else begins so."""


@pytest.fixture
async def numbers(village: str) -> dict[UUID, tuple[str, str]]:
    """A thousand people with an ID number and a bank card each, that stand nowhere else."""
    made = {uuid4(): (f"{BEGINNINGS[0]}{each:07}", f"{BEGINNINGS[1]}{each:08}") for each in range(NUMBERS)}
    await _enter(made)
    return made


@db.unit_of_work
async def _enter(made: dict[UUID, tuple[str, str]]) -> None:
    household, township = (
        await db.tuples("SELECT id, township_id FROM directory_household ORDER BY id LIMIT 1")
    )[0]
    for request_id, (id_number, bank_card) in made.items():
        await db.insert(
            "directory_person", request_id=request_id, household_id=household, township_id=township, name="林", pinyin="lin",
            initials="l", created_at=clock.now(), **people.sealed(request_id, id_number=id_number, bank_card=bank_card),
        )  # fmt: skip


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under the folders."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.name, path.read_bytes()


@pytest.mark.sqlite
async def test_of_a_thousand_numbers_none_is_in_the_database_its_log_a_backup_or_a_file(
    village: str, numbers: dict[UUID, tuple[str, str]], tmp_path: Path
) -> None:
    database = Path(village.removeprefix("sqlite:///"))
    sqlite_copies.copy(database, tmp_path / "backup.db")
    held = [*files(tmp_path, settings().data_dir)]
    held += [(path.name, path.read_bytes()) for path in database.parent.glob(f"{database.name}*")]
    assert {f"{database.name}-wal", database.name, "backup.db"} <= {name for name, _ in held}
    assert [name for name, data in held if any(each.encode() in data for each in BEGINNINGS)] == []


async def test_of_a_thousand_numbers_none_is_in_any_column(
    village: str, numbers: dict[UUID, tuple[str, str]]
) -> None:
    held = []
    for model in canaries.models():
        names = ", ".join(f'"{name}"' for name in model._meta.fields_map)
        held += await db.tuples(f"SELECT {names} FROM {model._meta.db_table}")
    text = "\n".join(
        " ".join(
            bytes(each).decode("latin-1") if isinstance(each, bytes | memoryview) else str(each)
            for each in row
        )
        for row in held
    )
    assert len(held) > NUMBERS
    assert [each for each in BEGINNINGS if each in text] == []


async def test_a_value_moved_to_another_row_or_column_of_the_table_does_not_open(
    village: str, numbers: dict[UUID, tuple[str, str]]
) -> None:
    kept = {
        UUID(str(request)): (bytes(id_number), bytes(bank_card))
        for request, id_number, bank_card in await db.tuples(
            "SELECT request_id, id_number_sealed, bank_card_sealed FROM directory_person WHERE name = '林'"
        )
    }
    assert len(kept) == NUMBERS
    ids = list(kept)
    for one, other in pairwise(ids):
        assert people.opened(one, "id_number", kept[one][0]) == numbers[one][0]
        with pytest.raises(vault.Broken):
            people.opened(one, "id_number", kept[other][0])
        with pytest.raises(vault.Broken):
            people.opened(one, "id_number", kept[one][1])


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app as it runs in earnest, with a line for each request."""
    monkeypatch.setenv("PEPPERCHAIN_SERVER__REQUEST_LOG", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def test_no_role_meets_a_whole_number_on_its_pages_and_no_log_holds_one_or_a_name(
    village: str, logged: None, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, names = await _of_the_village()
    met = []
    async with visitors() as everybody:
        for phone, role in ROLES.items():
            found = await crawl(await everybody.browser(phone), role, each_max=1)
            met += [
                (role, each.address, number) for each in found for number in secret if number in each.text
            ]
        await _misbehave(everybody)
    assert met == []
    said = "".join(capfd.readouterr()) + caplog.text
    assert "request" in said
    assert [each for each in secret | names if each in said] == []
    assert [line for line in said.splitlines() if line.lstrip().startswith("forged")] == []


async def _of_the_village() -> tuple[set[str], set[str]]:
    """The numbers in the clear, and what tells who somebody is."""
    secret, names = set[str](), set[str]()
    for request, name, phone, id_number, bank_card in await db.tuples(
        "SELECT request_id, name, phone, id_number_sealed, bank_card_sealed FROM directory_person"
    ):
        names |= {each for each in (name, phone) if each}
        for kind, value in (("id_number", id_number), ("bank_card", bank_card)):
            if value is not None:
                secret.add(people.opened(request, kind, bytes(value)))
    assert len(secret) > 10
    return secret, names


async def _misbehave(everybody: Visitors) -> None:
    """What ends in a log must not be a line of its own, nor what somebody typed."""
    stranger = await everybody.browser(None)
    for path in ("/growers/%0d%0aforged-line", "/t/%0a%0dforged-line", "/market?q=%0d%0aforged-line"):
        await stranger.get(path, headers={"User-Agent": "x\tforged-agent"})
