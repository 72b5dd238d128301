"""`migrate` and `seed`."""

import pytest

from tests.cli.command import Command


def test_migrating_twice_is_as_migrating_once(bare: Command) -> None:
    first = bare("migrate")
    assert first.returncode == 0, first.stderr
    assert "accounts.0001_users" in first.stdout
    assert bare("migrate").stdout == "The database is as this version needs it.\n"


def test_the_village_is_entered_once(pepperchain: Command) -> None:
    users = pepperchain("user", "list").stdout
    assert pepperchain("seed", "--size", "village").returncode == 0
    assert pepperchain("user", "list").stdout == users


def test_without_a_schema_every_command_says_what_to_do(bare: Command) -> None:
    for arguments in (
        ["user", "list"],
        ["seed", "--size", "village"],
        ["run-due"],
        ["serve", "--port", "8799"],
    ):
        done = bare(*arguments)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "run `pepperchain migrate` first" in done.stderr


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://localhost/x", "PEPPERCHAIN_DATABASE_URL must start with sqlite:/// or postgres://\n"),
        ("postgres://nobody@127.0.0.1:9/none", "The database or a file cannot be used: "),
    ],
)
def test_a_database_that_is_not_there_is_one_sentence(bare: Command, url: str, sentence: str) -> None:
    done = bare("user", "list", PEPPERCHAIN_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_setting_that_does_not_exist_is_one_sentence(bare: Command) -> None:
    done = bare("migrate", PEPPERCHAIN_SERVER__PROT="1")
    assert (done.returncode, done.stderr) == (1, "PEPPERCHAIN_SERVER__PROT names no setting of config/\n")


def test_help_names_every_command(bare: Command) -> None:
    text = bare("--help").stdout
    for name in (
        "demo",
        "serve",
        "migrate",
        "seed",
        "user",
        "token",
        "run-due",
        "backup",
        "restore",
        "doctor",
    ):
        assert name in text
