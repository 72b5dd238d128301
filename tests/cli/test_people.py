"""`user` and `token`, on the server's own command line."""

import json

from tests.cli.command import Command
from tests.harness import cast

PHONE = "13900000777"


def test_an_account_from_its_first_day_to_its_last(pepperchain: Command) -> None:
    made = pepperchain(
        "user", "create", "--phone", PHONE, "--name", "林小溪", "--role", "technician", "--area", "李市镇"
    )
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip()) == 14, "a one-time password alone"

    listed = pepperchain("user", "list", "--search", "0777")
    assert "林小溪" in listed.stdout
    assert "单正茂" not in listed.stdout

    assert pepperchain("token", "create", "--phone", PHONE).stdout.startswith("pepper_")
    typed = "a brook under the terraces\n"
    assert (
        pepperchain("user", "reset-password", "--phone", PHONE, "--password-stdin", typed=typed).returncode
        == 0
    )
    assert pepperchain("user", "disable", "--phone", PHONE).returncode == 0
    refused = pepperchain("token", "create", "--phone", PHONE)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"The account of {PHONE} is closed.\n"
    assert pepperchain("user", "enable", "--phone", PHONE).returncode == 0
    trail = pepperchain("doctor", "--json")
    assert json.loads(trail.stdout)["ok"] is True


def test_what_cannot_be_is_said_in_one_sentence(pepperchain: Command) -> None:
    base = ["user", "create", "--name", "林", "--phone"]
    for arguments, sentence in (
        ([*base, "123", "--role", "committee"], "Phone: A mobile number has 11 digits and begins with 1."),
        ([*base, cast.ADMIN, "--role", "committee"], "Phone: This phone number already has an account."),
        (
            [*base, PHONE, "--role", "coop_clerk"],
            "Organization: This role acts for an organization. Say which one.",
        ),
        ([*base, PHONE, "--role", "technician", "--area", "Nowhere"], "There is no township called Nowhere."),
        (["user", "disable", "--phone", PHONE], f"Nobody signs in with {PHONE}."),
        (
            ["token", "create", "--phone", cast.GROWER_A, "--days", "400"],
            "Days: A token lives from 1 to 365 days.",
        ),
        (
            ["token", "create", "--phone", cast.GROWER_A, "--days", "0"],
            "Days: A token lives from 1 to 365 days.",
        ),
    ):
        done = pepperchain(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{sentence}\n")


def test_a_poor_password_is_refused(pepperchain: Command) -> None:
    arguments = [
        "user",
        "create",
        "--phone",
        PHONE,
        "--name",
        "林",
        "--role",
        "committee",
        "--password-stdin",
    ]
    done = pepperchain(*arguments, typed="huajiaohuajiao\n")
    assert done.returncode == 1
    assert done.stderr.startswith("Password: Others would try")


def test_a_token_is_printed_alone_and_within_its_scopes(pepperchain: Command) -> None:
    done = pepperchain(
        "token",
        "create",
        "--phone",
        cast.LEADER_A,
        "--scope",
        "harvest:read",
        "--scope",
        "storage:read",
        "--days",
        "3",
    )
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("pepper_")
    beyond = pepperchain("token", "create", "--phone", cast.LEADER_A, "--scope", "account:administer")
    assert (beyond.returncode, beyond.stdout) == (1, "")


def test_a_code_to_sign_in_with_is_printed_alone(pepperchain: Command) -> None:
    done = pepperchain("user", "code", "--phone", cast.CLERK_A)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == 6
    assert done.stdout.strip().isdigit()
    missing = pepperchain("user", "code", "--phone", PHONE)
    assert (missing.returncode, missing.stdout) == (1, "")


def test_a_lost_second_step_is_taken_away(pepperchain: Command) -> None:
    done = pepperchain("user", "reset-second-step", "--phone", cast.CLERK_A)
    assert done.returncode == 0, done.stderr
