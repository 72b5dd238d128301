"""Prints the path of a Chromium or Chrome for the browser tests, installing one where that needs no question.

`CHROMIUM=path` decides. Otherwise one on PATH or one that playwright downloaded is taken. On Debian and Ubuntu as root
(a container, a build machine) it is installed with its Chinese fonts; elsewhere one sentence says what to do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
USUAL = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
PACKAGES = ("chromium", "fonts-noto-cjk")


def main() -> None:
    """The path on standard output, everything else on standard error."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        if shutil.which(asked) is None:
            sys.exit(f"CHROMIUM names {asked}, which is not a program.")
        print(asked)
        return
    found = find()
    if found is None:
        apt_install(*PACKAGES)
        found = find()
    elif not draws_chinese():
        apt_install("fonts-noto-cjk")
    if found is None:
        sys.exit(
            "The browser tests need Chromium or Chrome. Install one (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk;"
            " elsewhere: .venv/bin/python -m playwright install chromium), or set CHROMIUM to its path."
        )
    print(found)


def find() -> str | None:
    """A browser that is here already."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    for place in (*USUAL, downloaded()):
        if place and Path(place).exists():
            return place
    return None


def downloaded() -> str | None:
    """Where `playwright install chromium` puts one."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  (the search on PATH must not need it)
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path
    except Error:
        return None


def draws_chinese() -> bool:
    """Whether a font with Chinese is installed; where that cannot be asked, we trust that one is."""
    if shutil.which("fc-list") is None:
        return True
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def apt_install(*packages: str) -> None:
    """Installs packages if this is root on a system of apt; does nothing elsewhere."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    print(f"Installing {' and '.join(packages)}, which the browser tests need", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "--quiet"], install):
        subprocess.run(command, check=False, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    main()
