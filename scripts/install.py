"""Sets up `.venv` beside this file's folder: `python3 scripts/install.py` to run pepperchain, with `dev` to work on it too.

The same on Linux, macOS and Windows; `make` calls it as well. Everything is checked against the hashes of the lock files.
uv does the work. Where this machine fetches packages from it learns from pip's own configuration; where it fails, pip steps in.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
FROM_PIP = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


def main(wanted: list[str]) -> None:
    """Makes the environment, then installs the locks and the package itself."""
    if sys.version_info < OLDEST:
        sys.exit(f"pepperchain needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.")
    make_environment()
    install("requirements-tools.lock")
    install("requirements-dev.lock" if "dev" in wanted else "requirements.lock")
    in_place = ["--no-deps", "--no-build-isolation", "--editable", "."]
    if not uv("install", "--quiet", *in_place):
        pip("install", "--quiet", *in_place)


def make_environment() -> None:
    """A `.venv` whose Python runs; one that was moved or left half made is made anew."""
    if PYTHON.exists() and run([PYTHON, "-c", "import encodings"], quiet=True):
        return
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-m", "venv", VENV], quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    found = shutil.which("uv")
    if found and run([found, "venv", "--quiet", "--seed", "--python", sys.executable, VENV]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        "This Python cannot make a virtual environment. Install its venv module"
        " (Debian, Ubuntu: apt-get install python3-venv) and run the same command again."
    )


def install(lock: str) -> None:
    """What a lock file lists, each file checked against its hash."""
    say(f"Installing what {lock} lists")
    if uv("install", "--quiet", "--require-hashes", "--requirements", lock):
        return
    say("uv could not; trying pip, which takes longer")
    pip("install", "--quiet", "--require-hashes", "--requirement", lock)


def uv(*arguments: str) -> bool:
    """Whether uv did it: the one on PATH, or the one of the environment."""
    program = shutil.which("uv") or shutil.which("uv", path=str(PYTHON.parent))
    if program is None:
        return False
    return run([program, "pip", *arguments, "--python", PYTHON], environment=addresses() | dict(os.environ))


def pip(*arguments: str) -> None:
    """Ends the program if pip fails: it has said why."""
    if not run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]):
        sys.exit("The packages could not be installed; the lines above say why.")


def addresses() -> dict[str, str]:
    """Where this machine's pip fetches packages, in uv's words. A hash, not an address, decides what is accepted."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    found: dict[str, list[str]] = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        name = FROM_PIP.get(key.rpartition(".")[2])
        if name and key.startswith(("global.", "install.", ":env:.")):
            found.setdefault(name, []).extend(str(ast.literal_eval(value)).split())
    spelled = {name: " ".join(dict.fromkeys(values)) for name, values in found.items()}
    if "UV_FIND_LINKS" in spelled:
        spelled["UV_FIND_LINKS"] = spelled["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_DEFAULT_INDEX" in spelled:
        spelled["UV_DEFAULT_INDEX"] = spelled["UV_DEFAULT_INDEX"].split()[-1]
    # pip looks everywhere for the locked version; uv would stop at the first address that knows the name.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy", **spelled}


def run(command: list[str | Path], *, quiet: bool = False, environment: dict[str, str] | None = None) -> bool:
    """Whether a program ended well."""
    silence = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env=environment, stdout=silence, stderr=silence, check=False)
    return done.returncode == 0


def say(line: str) -> None:
    """A line at once, even into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
