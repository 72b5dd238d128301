"""`import` and `export`: a sheet comes in whole or not at all, and what went out comes back unchanged."""

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.harness import cast


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("households", "xlsx"),
        ("organizations", "csv"),
        ("weigh-ins", "xlsx"),
        ("rooms", "csv"),
        ("people", "csv"),
        ("memberships", "xlsx"),
    ],
)
def test_what_was_exported_is_unchanged_when_imported(
    pepperchain: Command, tmp_path: Path, kind: str, suffix: str
) -> None:
    file = tmp_path / f"out.{suffix}"
    exported = pepperchain("export", kind, str(file))
    assert exported.returncode == 0, exported.stderr
    rows = int(exported.stdout.split()[0])
    assert rows > 0
    again = pepperchain("import", kind, str(file), "--dry-run")
    assert again.returncode == 0, again.stderr
    assert f"0 new, 0 changed, {rows} unchanged." in again.stdout


def test_a_file_is_never_written_over(pepperchain: Command, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("mine")
    assert (
        pepperchain("export", "rooms", str(file)).stderr == f"{file} is there already: choose another name.\n"
    )
    assert file.read_text() == "mine"


def test_a_wrong_row_is_told_by_sheet_and_cell_and_nothing_comes_in(
    pepperchain: Command, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    pepperchain("export", "organizations", str(good))
    lines = good.read_text("utf-8-sig").splitlines()
    cells = lines[-1].split(",")
    bad.write_text("\n".join([*lines, ",".join(["", *cells[1:]])]), encoding="utf-8-sig")
    done = pepperchain("import", "organizations", str(bad))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Nothing was imported: 1 rows of ")
    assert len(done.stderr.splitlines()) >= 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import", "harvests", "x.xlsx"], "There is no kind of sheet called harvests"),
        (["import", "rooms", "nothing.xlsx"], "There is no file nothing.xlsx."),
        (["export", "rooms", "out.pdf"], "Out.pdf must end in .xlsx or .csv."),
        (["export", "rooms", "out.csv", "--as", "13900000777"], "Nobody signs in with 13900000777."),
    ],
)
def test_what_cannot_be_is_one_sentence(pepperchain: Command, arguments: list[str], sentence: str) -> None:
    done = pepperchain(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)


def test_done_as_somebody_it_is_theirs_alone(pepperchain: Command, tmp_path: Path) -> None:
    all_of_them, theirs = tmp_path / "all.csv", tmp_path / "theirs.csv"
    pepperchain("export", "households", str(all_of_them))
    pepperchain("export", "households", str(theirs), "--as", cast.LEADER_A)
    assert (
        1
        < len(theirs.read_text("utf-8-sig").splitlines())
        < len(all_of_them.read_text("utf-8-sig").splitlines())
    )
    refused = pepperchain("export", "households", str(tmp_path / "no.csv"), "--as", cast.BUYER_P)
    assert refused.returncode == 1
