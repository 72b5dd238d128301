"""Whole copies of a SQLite database, made by SQLite itself while others write, and looked through before they are trusted."""

import sqlite3
from contextlib import closing
from pathlib import Path

PAGES_A_STEP = 2_000


def copy(source: Path, target: Path) -> None:
    """Everything of `source` into `target`, as of one moment."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing, pages=PAGES_A_STEP)


def fault(file: Path) -> str | None:
    """Why `file` is no sound database of ours, in a few words; None if it is one."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
            ours = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'"
            ).fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if answer != "ok":
        return str(answer)
    return None if ours else "it is not pepperchain's"


def fold(file: Path) -> None:
    """Moves what still stands in the write-ahead log into the file, which may then be renamed alone."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for leftover in ("-wal", "-shm"):
        file.with_name(file.name + leftover).unlink(missing_ok=True)
