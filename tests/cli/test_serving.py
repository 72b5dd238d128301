"""`demo` and `serve`: they start, say so, stop when asked, and refuse in one sentence."""

import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from tests.cli.command import Command
from tests.harness import cast

PRODUCTION = {"PEPPERCHAIN_ENV": "production", "PEPPERCHAIN_SECRET_KEY": "k" * 40}


def _free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def test_production_refuses_the_demos_key_and_accounts(pepperchain: Command) -> None:
    no_key = pepperchain("serve", PEPPERCHAIN_ENV="production")
    assert no_key.stderr == "PEPPERCHAIN_SECRET_KEY must be your own random text of at least 32 characters\n"
    demo_people = pepperchain("serve", "--port", _free_port(), **PRODUCTION)
    assert demo_people.stderr == (
        "The database holds demo accounts, whose password everybody knows: close them first\n"
    )
    assert pepperchain("demo", **PRODUCTION).stderr.startswith("The demo does not run in production")


def test_a_misspelt_setting_is_one_sentence(bare: Command) -> None:
    done = subprocess.run(
        bare.line("doctor"),
        env=bare.whole_environ() | {"PEPPERCHAIN_SERVER__PROT": "8080"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "PEPPERCHAIN_SERVER__PROT names no setting of config/\n"


@pytest.mark.sqlite
def test_sqlite_is_served_by_one_process(pepperchain: Command) -> None:
    assert pepperchain("serve", "--workers", "2").stderr == (
        "SQLite is written by one process: serve with one worker, or give a PostgreSQL address.\n"
    )


def test_a_port_that_is_taken_is_one_sentence(pepperchain: Command) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = str(listening.getsockname()[1])
        done = pepperchain("serve", "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Nothing can be served at 127.0.0.1:{port}")


@pytest.mark.slow
def test_the_demo_starts_from_nothing_answers_and_stops_when_asked(bare: Command, tmp_path: Path) -> None:
    port, log = _free_port(), tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            bare.line("demo", "--port", port),
            env=bare.whole_environ(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _until_ready(server, address, log)
        with httpx2.Client(base_url=address, headers={"Origin": address}, trust_env=False) as browser:
            answer = browser.post("/login", data={"phone": cast.LEADER_A, "password": cast.PASSWORD})
            assert answer.status_code == 303
            assert browser.get("/me").status_code == 200
            assert "server" not in answer.headers
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) in (0, -signal.SIGTERM)
    said = log.read_text()
    assert f"http://127.0.0.1:{port}" in said
    assert cast.LEADER_A in said
    assert "Traceback" not in said


def _until_ready(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            if httpx2.get(f"{address}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text())
