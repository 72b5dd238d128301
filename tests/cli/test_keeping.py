"""`backup`, `restore`, `doctor`, `run-due`."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from pepperchain.consents import erasing
from pepperchain.core import clock, db, migrating
from pepperchain.erasables import ERASABLES
from tests.cli.command import Command
from tests.consents.forgetting import NAME, PHONE, erase, newcomer, village_of
from tests.harness import cast
from tests.harness.environment import SECRET_KEY


def _file(pepperchain: Command) -> Path:
    return Path(pepperchain.environ["PEPPERCHAIN_DATABASE_URL"].removeprefix("sqlite:///"))


@pytest.mark.sqlite
def test_what_was_backed_up_is_there_again_after_a_restore(pepperchain: Command, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "today.db"
    saved = pepperchain("backup", str(copy))
    assert saved.returncode == 0, saved.stderr
    before = pepperchain("user", "list").stdout
    pepperchain("user", "disable", "--phone", cast.CLERK_A)
    assert pepperchain("user", "list").stdout != before

    assert pepperchain("backup", str(copy)).stderr == f"{copy} is there already: choose another name.\n"
    restored = pepperchain("restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert pepperchain("user", "list").stdout == before
    assert json.loads(pepperchain("doctor", "--json").stdout)["ok"] is True
    kept = list(_file(pepperchain).parent.glob(f"{_file(pepperchain).name}.before-*"))
    assert len(kept) == 1


@pytest.mark.sqlite
def test_a_damaged_backup_is_not_put_in_place(pepperchain: Command, tmp_path: Path) -> None:
    before = pepperchain("user", "list").stdout
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
    cut = tmp_path / "cut.db"
    pepperchain("backup", str(cut))
    cut.write_bytes(cut.read_bytes()[:-40_000])
    for file in (text, other, cut, tmp_path / "nothing.db"):
        done = pepperchain("restore", str(file))
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
    assert pepperchain("user", "list").stdout == before


async def _opened(url: str, act: Callable[[], Awaitable[int]]) -> int:
    await db.open(url, migrating.apps())
    try:
        return await act()
    finally:
        await db.close()


@pytest.mark.sqlite
def test_a_backup_from_before_brings_nobody_back_who_was_erased_since(
    pepperchain: Command, tmp_path: Path
) -> None:
    url, copy = pepperchain.environ["PEPPERCHAIN_DATABASE_URL"], tmp_path / "before.db"
    ours = partial(pepperchain, PEPPERCHAIN_SECRET_KEY=SECRET_KEY)

    async def enter() -> int:
        clerk = await cast.actor(cast.CLERK_A)
        mine = {"cooperative_id": clerk.organization_id, "phone": PHONE}
        return (await newcomer(clerk, NAME, await village_of(clerk), **mine))[0]

    async def forget() -> int:
        await erase(person)
        return await erasing.finish(ERASABLES, now=clock.now())

    person = asyncio.run(_opened(url, enter))
    assert ours("backup", str(copy)).returncode == 0
    asyncio.run(_opened(url, forget))
    pepperchain.folder.mkdir(parents=True, exist_ok=True)
    shutil.move(erasing.log_file(), pepperchain.folder / erasing.LOG)
    assert NAME.encode() not in _file(pepperchain).read_bytes()

    assert ours("restore", str(copy)).returncode == 0
    assert NAME.encode() in _file(pepperchain).read_bytes()
    assert ours("doctor").returncode == 1
    assert ours("migrate").returncode == 0
    assert NAME.encode() not in _file(pepperchain).read_bytes()
    assert ours("doctor").returncode == 0


@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is not None, reason="PostgreSQL's programs are installed here")
def test_without_postgresqls_programs_a_backup_says_what_is_missing(
    pepperchain: Command, tmp_path: Path
) -> None:
    done = pepperchain("backup", str(tmp_path / "today.dump"))
    assert done.returncode == 1
    assert done.stderr.startswith("Pg_dump is not installed here")
    assert not (tmp_path / "today.dump").exists()


@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="PostgreSQL's programs are not installed here")
def test_postgresqls_own_programs_save_and_restore(pepperchain: Command, tmp_path: Path) -> None:
    copy = tmp_path / "today.dump"
    saved = pepperchain("backup", str(copy))
    if "version" in saved.stderr:
        pytest.skip("the programs here are older than the server")
    assert saved.returncode == 0, saved.stderr
    before = pepperchain("user", "list").stdout
    pepperchain("user", "disable", "--phone", cast.CLERK_A)
    restored = pepperchain("restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert pepperchain("user", "list").stdout == before


def test_the_doctor_finds_the_village_well(pepperchain: Command) -> None:
    done = pepperchain("doctor")
    assert done.returncode == 0, done.stdout
    assert "WRONG" not in done.stdout
    for name in ("schema", "config", "books", "ledger chain", "stock", "audit chain"):
        assert f"ok    {name}" in done.stdout


@pytest.mark.sqlite
def test_the_doctor_misses_a_head_that_was_kept_outside(pepperchain: Command, tmp_path: Path) -> None:
    pepperchain("run-due")
    log = tmp_path / "journal.txt"
    log.write_text(f"Nov 26 04:00:01 server pepperchain: {pepperchain('doctor').stdout}")
    assert log.read_text().count("head  ") == 2
    well = pepperchain("doctor", "--heads", str(log))
    assert well.returncode == 0, well.stdout
    assert "ok    kept heads" in well.stdout
    with closing(sqlite3.connect(_file(pepperchain), isolation_level=None)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DELETE FROM audit_entry WHERE id > 3")
        connection.execute("DELETE FROM audit_seal WHERE chain = 'audit'")
    assert "ok    audit chain" in pepperchain("doctor").stdout, "by itself a chain does not know its end"
    cut = json.loads(pepperchain("doctor", "--json", "--heads", str(log)).stdout)
    assert cut["ok"] is False
    (told,) = [check for check in cut["checks"] if check["name"] == "kept heads"]
    assert "of the audit chain, which was kept outside, is gone" in told["findings"][0]
    log.write_text("nothing of the kind")
    assert pepperchain("doctor", "--heads", str(log)).returncode == 1
    assert pepperchain("doctor", "--heads", str(tmp_path / "nowhere")).returncode != 0


def test_the_doctor_of_an_empty_database_names_what_it_lacks(bare: Command) -> None:
    bare("migrate")
    assert bare("doctor").returncode == 0


@pytest.mark.sqlite
def test_the_doctor_finds_what_was_tampered_with(pepperchain: Command) -> None:
    pepperchain("run-due")
    with closing(sqlite3.connect(_file(pepperchain), isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET actor_name = 'nobody' WHERE id = 1")
        connection.execute("UPDATE storage_room SET stock_grams = stock_grams + 1 WHERE id = 1")
    done = pepperchain("doctor", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["ok"] is False
    wrong = {check["name"] for check in report["checks"] if not check["ok"]}
    assert {"stock", "audit chain"} <= wrong


def test_everything_due_is_done_once(pepperchain: Command) -> None:
    first = pepperchain("run-due", "--now", "2027-06-10T18:42+08:00")
    assert first.returncode == 0, first.stderr
    again = pepperchain("run-due", "--now", "2027-06-10T18:42")
    assert "seal the chains: 0" in again.stdout
    assert pepperchain("run-due", "--now", "tomorrow").stderr.startswith("Tomorrow is no moment")
