"""`duplicates`: the registry is compared now."""

from tests.cli.command import Command


def test_the_registry_is_compared_and_what_was_found_is_told(pepperchain: Command) -> None:
    done = pepperchain("duplicates")
    assert done.returncode == 0, done.stderr
    assert "names and birthdays: 30 of 30" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("are alike no longer.")
