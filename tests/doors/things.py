"""`things.toml`, read: which thing a route is about, which there are, and who sees which."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from tests.doors.plan import Way

TABLE = Path(__file__).with_name("things.toml")
SCOPES = ("coop", "operator", "township", "household", "user")


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing that addresses lead to."""

    name: str
    under: Sequence[str]
    rows: str
    sees: Mapping[str, Sequence[str]]
    acts: Mapping[str, Sequence[str]] | None = None

    def is_seen(self, row: Mapping[str, Any], actor: Actor | None) -> bool:
        """Whether the table says that the actor sees it."""
        return _any(self.sees, row, actor)

    def is_theirs(self, row: Mapping[str, Any], actor: Actor | None) -> bool:
        """Whether they may also do what the address is for."""
        return self.acts is None or _any(self.acts, row, actor)

    @staticmethod
    def nearness(row: Mapping[str, Any], actor: Actor | None) -> str:
        """`own`, `same` (the cooperative's) or `foreign`; what belongs to nobody is `foreign` too."""
        if actor is None:
            return "foreign"
        if any(_holds(rule, row, actor) for rule in ("household", "user")):
            return "own"
        return "same" if any(_holds(rule, row, actor) for rule in ("coop", "operator")) else "foreign"


def _any(roles: Mapping[str, Sequence[str]], row: Mapping[str, Any], actor: Actor | None) -> bool:
    rules = roles.get("anonymous" if actor is None else actor.role.value, ())
    return any(_holds(rule, row, actor) for rule in rules)


def _holds(rule: str, row: Mapping[str, Any], actor: Actor | None) -> bool:
    if rule == "all":
        return True
    if rule.startswith("?"):
        return bool(row[rule[1:]])
    if actor is None:
        return False
    if rule.startswith("="):
        return bool(row[rule[1:]] == actor.organization_id)
    value = row.get(rule)
    if value is None:
        return False
    return bool(
        {
            "coop": value == actor.organization_id,
            "operator": value == actor.organization_id,
            "township": value in actor.township_ids,
            "household": value == actor.household_id,
            "user": value == actor.user_id,
        }[rule]
    )


@cache
def things() -> Sequence[Thing]:
    """All that the table knows."""
    return [Thing(name, **said) for name, said in tomllib.loads(TABLE.read_text("utf-8")).items()]


def thing_of(way: Way) -> Thing | None:
    """What a route's address is about; None for one that leads to a page, or to what nobody declared."""
    fitting = [
        (len(under), thing)
        for thing in things()
        for under in thing.under
        if (way.path == under or way.path.startswith((f"{under}/", f"{under}.")))
        and len(way.params) == under.count("{")
    ]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


async def rows_of(thing: Thing) -> list[dict[str, Any]]:
    """Every row of it in the open database, by the names of its columns."""
    names = _columns(thing.rows)
    found = sorted(await db.tuples(thing.rows), key=str)
    return [dict(zip(names, row, strict=True)) for row in found]


def _columns(sql: str) -> list[str]:
    """What a SELECT calls its columns: the last word of each piece before the first FROM of its own level."""
    pieces, depth, word = [""], 0, ""
    for char in sql.strip()[len("SELECT") :].replace("\n", " ") + " ":
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == " ":
            if word in ("FROM", "UNION"):
                break
            word = ""
        else:
            word += char
        if depth == 0 and char == ",":
            pieces.append("")
        else:
            pieces[-1] += char
    pieces[-1] = pieces[-1].removesuffix("FROM").removesuffix("UNION")
    return [piece.split()[-1].rpartition(".")[2].strip('"') for piece in pieces]
