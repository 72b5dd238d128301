"""People who share something, in blocks: the only ones worth comparing among 620,000.

Each key is one statement for a township or for a stretch of the key's own index, so that a page never waits for more than that.
A block larger than `block_max` is left out: what fifty people share says nothing of any of them.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from pepperchain.core import db
from pepperchain.directory.matching_rules import DIALECT, Known, bounds

BLOCKS_A_READ = 2_000

_KNOWN = (
    "p.id, p.household_id, p.name, p.pinyin, p.sex, p.born_on, p.phone, p.id_number_hash, p.bank_card_hash,"
    " h.village_id, h.township_id, h.group_number"
)
_LIVING = "h.ended_on IS NULL AND p.left_on IS NULL"


def _sounded() -> str:
    """`matching_rules.sounded` in SQL."""
    text = "' ' || p.pinyin"
    for heard, said in DIALECT:
        text = f"REPLACE({text}, '{heard}', '{said}')"
    return text


_TOWNSHIP_KEYS = {
    "spoken": ("h.village_id", _sounded(), "TRUE"),
    "named": ("p.name", "p.born_on", "p.born_on IS NOT NULL"),
}
"""Of one township: names that sound alike in a village, the same name and birthday anywhere in it.

The same name alone, elsewhere in the township, is 450,000 pairs of the district and never enough (see `[matching_points]`): what
would make it enough is a phone, a number or a card, and those have keys of their own, or a birthday.
"""
_GLOBAL_KEYS = ("id_number_hash", "bank_card_hash", "phone")


@dataclass(frozen=True, slots=True)
class Block:
    """People who share a key."""

    people: tuple[Known, ...]


async def townships() -> list[int]:
    """Every township, by id."""
    return await db.fetch(int, "SELECT id FROM directory_area WHERE kind = 'township' ORDER BY id")


async def in_township(township_id: int) -> AsyncIterator[list[Block]]:
    """The blocks of one township, a list for each of its keys."""
    for one, two, condition in _TOWNSHIP_KEYS.values():
        rows = await db.tuples(
            township_sql(one, two, condition), township=township_id, most=bounds().block_max
        )
        yield _blocks(rows)


def township_sql(one: str, two: str, condition: str) -> str:
    """The statement of a township's key, which has two parts: the key, a 1, what is known of the people who share it.

    Only those who share one are looked at whole, so that most people cost no more than their key.
    """
    return (
        f"WITH lives AS MATERIALIZED (SELECT p.id AS person, {one} AS one, {two} AS two"
        " FROM directory_household h JOIN directory_person p ON p.household_id = h.id"
        f" WHERE h.township_id = :township AND {_LIVING} AND {condition}),"
        " shared AS MATERIALIZED (SELECT one, two FROM lives GROUP BY one, two HAVING COUNT(*) BETWEEN 2 AND :most)"
        f" SELECT lives.one || ' ' || lives.two, 1, {_KNOWN} FROM shared JOIN lives ON lives.one = shared.one AND lives.two = shared.two"
        " JOIN directory_person p ON p.id = lives.person JOIN directory_household h ON h.id = p.household_id"
        " ORDER BY lives.one, lives.two, p.id"
    )


async def everywhere() -> AsyncIterator[list[Block]]:
    """The blocks of the whole district by number, bank card and phone, some thousand at a time."""
    for column in _GLOBAL_KEYS:
        after = ""
        while True:
            rows = await db.tuples(
                shared_sql(column), after=after, most=bounds().block_max, blocks=BLOCKS_A_READ
            )
            if not rows:
                break
            yield _blocks(rows)
            after = rows[-1][0]


def shared_sql(column: str) -> str:
    """The statement of one key of the district, from `after` on: the key, whether they live there, what is known of them."""
    return (
        f"SELECT p.{column}, {_LIVING}, {_KNOWN} FROM (SELECT q.{column} AS shared FROM directory_person q"
        f" WHERE q.{column} > :after AND q.{column} IS NOT NULL GROUP BY q.{column} HAVING COUNT(*) BETWEEN 2 AND :most"
        f" ORDER BY q.{column} LIMIT :blocks) same JOIN directory_person p ON p.{column} = same.shared"
        f" JOIN directory_household h ON h.id = p.household_id ORDER BY p.{column}, p.id"
    )


def _blocks(rows: Sequence[tuple[Any, ...]]) -> list[Block]:
    """Rows in the order of their key, cut where it changes."""
    found: list[Block] = []
    people: list[Known] = []
    last: Any = None
    for key, lives, *known in rows:
        if key != last and people:
            found.append(Block(tuple(people)))
            people = []
        last = key
        if lives:  # those who left or whose household ended are not compared
            people.append(Known(*known))
    if people:
        found.append(Block(tuple(people)))
    return found
