"""What erasing somebody does, declared table by table by the room whose tables they are. `consents.erasing` carries it out.

`tests/consents/test_erasing.py` holds the declarations against the migrated schema: no column of words may be forgotten.

Conditions and values are SQL. They may name :people (ids of the person and of what was merged into them), :homes (the households),
:users (their accounts), each with `_text` for columns that hold ids as text, :phones, :today, :now and :erased (instead of a name).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pepperchain.settings import section

NO_WORDS = "'—'"
"""What stands where something has to."""

STAFF = "who of the staff did it"
CODES = "codes and numbers of the programs"
BOOKS = "stays in the books"


@dataclass(frozen=True, slots=True)
class Wipe:
    """What becomes of the rows of a table. `theirs` finds those that tell of the person, `home` those of a household that ends with them.

    `sets` gives columns their new values, `removed` takes the rows away; `stays` says of every other column of words why it may stay.
    `key` is the kind of subject whose keys of the trail go with the rows, `files` the column that names a file, and its folder.
    """

    table: str
    theirs: str | None = None
    home: str | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False
    stays: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    files: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What has to be settled first: the words with %(count)s (a message id), where it is settled, and how it is counted."""

    words: str
    url: str
    theirs: str | None = None
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Erasing:
    """A room's part. `last_on` gives the last day of business with a household, from which its particulars have to be kept for a while."""

    wipes: Sequence[Wipe] = ()
    hindrances: Sequence[Hindrance] = ()
    last_on: str | None = None


def erased_name() -> str:
    """What stands in the place of a name, in both languages at once, since it is stored."""
    return str(section("erased")["name"])


def unless_null(column: str) -> str:
    """No words instead of words; nothing where there were none."""
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE {NO_WORDS} END"


def their_name(column: str, user: str = "user_id") -> str:
    """The name of whoever did it, if that is the person themselves."""
    return f"CASE WHEN {user} IN :users THEN :erased ELSE {column} END"
