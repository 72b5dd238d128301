"""The `pepperchain` command, also as `python -m pepperchain`."""

import sys

from pepperchain.settings import Misconfigured

try:
    # Some rooms read words and bounds of the configuration while they are imported, before any command could catch what is wrong in it.
    from pepperchain.cli.main import app
except Misconfigured as wrong:
    sys.exit(str(wrong))

if __name__ == "__main__":
    app()
