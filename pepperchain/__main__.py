"""Lets `python -m pepperchain` be the `pepperchain` command."""

from pepperchain.cli.main import app

if __name__ == "__main__":
    app()
