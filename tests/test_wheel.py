"""What people install is whole: the wheel carries its templates, and its command runs from an empty folder."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.harness.environment import engine
from tests.harness.house import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment in it that holds the wheel; what it depends on is borrowed from this one."""
    assert engine() == "sqlite"
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=os.name != "nt")
    (site,) = (folder / "venv").glob("[Ll]ib/**/site-packages")
    ours = next(Path(place) for place in sys.path if place.endswith("site-packages"))
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True, capture_output=True
    )
    # The checkout stands in this environment as a .pth file, which a borrowed folder does not bring along.
    (site / "borrowed.pth").write_text(f"{ours}\n", encoding="utf-8")
    return folder


def run(installed: Path, *arguments: str) -> str:
    """What a program of the new environment prints, far from the checkout."""
    python = installed / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("PEPPERCHAIN_", "PYTHON"))
    }
    done = subprocess.run(
        [str(python), *arguments], cwd=installed, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_brings_its_templates_and_words(installed: Path) -> None:
    found = Path(run(installed, "-c", "from pepperchain.settings import assets; print(assets())").strip())
    assert found.is_relative_to(installed)
    assert {"templates", "static", "config", "fixtures"} <= {path.name for path in found.iterdir()}
    for folder, pattern in (("templates", "*.html"), ("static", "*.css"), ("config", "*.toml")):
        assert len(list((found / folder).rglob(pattern))) == len(list((ROOT / folder).rglob(pattern)))
    words = {path.name for path in (found.parent / "locale").rglob("*.po")}
    assert words == {path.name for path in (ROOT / "pepperchain" / "locale").rglob("*.po")}


def test_the_command_of_the_wheel_runs(installed: Path) -> None:
    for command in ("demo", "serve", "migrate", "doctor"):
        assert command in run(installed, "-m", "pepperchain", "--help")


def test_the_command_has_its_name(installed: Path) -> None:
    (entry,) = (installed / "venv").glob("[Ll]ib/**/pepperchain-*.dist-info/entry_points.txt")
    assert "pepperchain = pepperchain.__main__:app" in entry.read_text(encoding="utf-8")
