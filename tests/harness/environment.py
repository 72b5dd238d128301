"""The environment that tests run in, set before pepperchain reads its settings."""

import atexit
import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Literal

Engine = Literal["sqlite", "postgres"]
ENGINE = "PEPPERCHAIN_TEST_ENGINE"
POSTGRES_URL = "PEPPERCHAIN_TEST_POSTGRES_URL"
SECRET_KEY = "a key for tests alone, long enough to be taken"


def engine() -> Engine:
    """The engine of this process."""
    chosen = os.environ.get(ENGINE, "sqlite")
    if chosen == "postgres":
        return "postgres"
    assert chosen == "sqlite", f"{ENGINE} is sqlite or postgres, not {chosen}"
    return "sqlite"


def prepare(environ: MutableMapping[str, str], data_dir: Path) -> None:
    """Forgets what the developer's shell says about pepperchain and puts the tests' own values there."""
    for name in [
        name
        for name in environ
        if name.startswith("PEPPERCHAIN_") and not name.startswith("PEPPERCHAIN_TEST_")
    ]:
        del environ[name]
    environ["PEPPERCHAIN_ENV"] = "demo"
    environ["PEPPERCHAIN_DATA_DIR"] = str(data_dir)
    environ["PEPPERCHAIN_SECRET_KEY"] = SECRET_KEY
    environ["PEPPERCHAIN_SERVER__REQUEST_LOG"] = "false"
    # The least that OWASP allows: tests sign in some hundred times. tests/accounts looks at the real figures in config/.
    environ["PEPPERCHAIN_ACCOUNTS__PASSWORD_MEMORY_KIB"] = "19456"
    environ["PEPPERCHAIN_ACCOUNTS__PASSWORD_PASSES"] = "2"


def scratch() -> Path:
    """A new folder of our own until this process ends, in memory where the system offers that."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="pepperchain-test-", dir=place))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
