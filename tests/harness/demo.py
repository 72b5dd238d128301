"""The demo as people start it: a server of its own process and data folder, and a browser in front of it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from tests.harness.cast import PASSWORD

COMMAND = [sys.executable, "-m", "pepperchain"]
READY_SECONDS_MAX = 120
# Nothing of the browser's own is asked for on the network, and it starts in a container too.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def demo_server(folder: Path) -> Iterator[str]:
    """A running demo and its address; what it said is in `folder/server.log`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [*COMMAND, "demo", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=_environ(folder), stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(server, address, folder / "server.log")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that `CHROMIUM` names, or playwright's own."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType, *flags: str) -> Browser:
    """Another one beside it, with flags of its own."""
    return kind.launch(executable_path=os.environ.get("CHROMIUM"), args=[*FLAGS, *flags])


def sign_in(page: Page, phone: str) -> None:
    """By the sign-in form, as people do."""
    page.goto("/login")
    page.fill("input[name=phone]", phone)
    page.fill("input[name=password]", PASSWORD)
    page.click("form[action='/login'] button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def doctor(folder: Path) -> list[str]:
    """What the doctor finds wrong with the demo's database."""
    command = [*COMMAND, "doctor", "--json"]
    ran = subprocess.run(command, env=_environ(folder), capture_output=True, text=True, check=False)
    assert ran.stdout, ran.stderr[-2000:]
    checks = json.loads(ran.stdout)["checks"]
    return [f"{check['name']}: {check['findings']}" for check in checks if not check["ok"]]


def _environ(folder: Path) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PEPPERCHAIN_")}
    return environ | {"PEPPERCHAIN_DATA_DIR": str(folder / "demo"), "PEPPERCHAIN_ENV": "demo"}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_ready(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the server ended: {log.read_text(errors='replace')[-2000:]}"
        try:
            if httpx2.get(f"{address}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the server was not ready in time: {log.read_text(errors='replace')[-2000:]}")
