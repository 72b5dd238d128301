"""The trail: one entry an act, sealed, and every kind of tampering found."""

import random

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.audit import chains, trail
from pepperchain.audit.models import Entry
from pepperchain.audit.trail import TRAIL
from pepperchain.core import db
from pepperchain.core.units import Grams
from tests.audit.sealing import sealed
from tests.ledger.books import NOW

CLERK = Actor(user_id=6, role=Role.COOP_CLERK, name="clerk", organization_id=3)


@db.unit_of_work
async def act(actor: Actor, subject_id: int) -> None:
    await trail.record(
        actor,
        "slip.recorded",
        subject="slip",
        subject_id=subject_id,
        township_id=9,
        facts={"net_grams": Grams(50_200)},
        now=NOW,
    )


@db.unit_of_work
async def act_and_fail() -> None:
    await act(CLERK, 1)
    raise LookupError


@db.unit_of_work
async def tamper(sql: str) -> None:
    await sleeping()
    await db.execute(sql)


async def sleeping() -> None:
    """The guards of the trail, as whoever owns the database can make them."""
    if db.dialect() == "postgres":
        await db.execute("SET LOCAL session_replication_role = replica")
    else:
        for (name,) in await db.tuples(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        ):
            await db.execute(f"DROP TRIGGER {name}")


async def test_an_entry_says_who_did_what_to_what(database: str) -> None:
    await act(CLERK, 36)
    row = await db.fetch_one(
        lambda *columns: columns,
        "SELECT actor_id, actor_name, role, verb, subject, subject_id, organization_id, facts FROM audit_entry",
    )
    assert row == (6, "", "coop_clerk", "slip.recorded", "slip", "36", 3, '{"net_grams":50200}')


async def test_what_failed_leaves_no_entry(database: str) -> None:
    with pytest.raises(LookupError):
        await act_and_fail()
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry") == 0


async def test_a_sealed_trail_is_whole(database: str) -> None:
    for number in range(20):
        await act(CLERK, number)
        if number % 7 == 0:
            await sealed(TRAIL)
    await sealed(TRAIL)
    assert await chains.verify(TRAIL) == []
    assert await sealed(TRAIL) == 0


@pytest.mark.parametrize("which", [1, 5, 10])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor_name = 'somebody else' WHERE id = {0}",
        "UPDATE audit_entry SET facts = '{{}}' WHERE id = {0}",
        "UPDATE audit_entry SET at = at + 1 WHERE id = {0}",
        "DELETE FROM audit_entry WHERE id = {0}",
        "UPDATE audit_seal SET hash = previous_hash WHERE id = (SELECT MIN(id) FROM audit_seal)",
        "DELETE FROM audit_seal WHERE id = (SELECT MIN(id) FROM audit_seal)",
    ],
)
async def test_every_change_under_a_seal_is_found(database: str, change: str, which: int) -> None:
    for number in range(1, 11):
        await act(CLERK, number)
        await sealed(TRAIL, limit=3)
    await sealed(TRAIL)
    first = await db.scalar("SELECT MIN(id) FROM audit_entry")
    await tamper(change.format(first + which - 1))
    assert len(await chains.verify(TRAIL)) == 1


CUTS = 100


async def _forged(chance: random.Random, entries: list[int], seals: list[int]) -> str:
    """Something that somebody with the database in their hands would do to hide an act."""
    one, other = chance.sample(entries, 2)
    columns = "at, actor_id, actor_name, subject_id"
    kind = chance.choice(("edit", "delete", "swap", "cut", "cut with its seals", "written anew"))
    if kind == "edit":
        column, value = chance.choice(
            (("actor_name", "'somebody else'"), ("at", "at + 60000"), ("subject_id", "'77'"))
        )
        await db.execute(f"UPDATE audit_entry SET {column} = {value} WHERE id = {one}")
    elif kind == "delete":
        await db.execute(f"DELETE FROM audit_entry WHERE id = {one}")
    elif kind == "swap":
        rows = {
            id: (await db.tuples(f"SELECT {columns} FROM audit_entry WHERE id = {id}"))[0]
            for id in (one, other)
        }
        for id, (at, actor_id, actor_name, subject_id) in ((one, rows[other]), (other, rows[one])):
            await db.execute(
                f"UPDATE audit_entry SET at = :at, actor_id = :actor, actor_name = :name, subject_id = :subject WHERE id = {id}",
                at=at,
                actor=actor_id,
                name=actor_name,
                subject=subject_id,
            )
    elif kind == "cut":
        await db.execute(f"DELETE FROM audit_entry WHERE id >= {one}")
    else:
        # All from a seal on, and where it is written anew, sealed again by the same rules.
        seal = chance.choice(seals)
        reach = await db.scalar(
            f"SELECT MAX(last_entry_id) FROM audit_seal WHERE id < {seal} AND chain = 'audit'"
        )
        await db.execute(f"DELETE FROM audit_seal WHERE id >= {seal}")
        if kind == "written anew":
            await db.execute(f"UPDATE audit_entry SET actor_name = 'nobody' WHERE id > {reach or 0}")
            await chains.seal_due(TRAIL, now=NOW)
        else:
            await db.execute(f"DELETE FROM audit_entry WHERE id > {reach or 0}")
    return kind


async def test_of_a_hundred_forgeries_a_head_that_is_kept_outside_finds_all(database: str) -> None:
    chance = random.Random("forgeries")
    for number in range(1, 41):
        await act(CLERK, number)
        if number % 3 == 0:
            await sealed(TRAIL)
    await sealed(TRAIL)
    entries = [row[0] for row in await db.tuples("SELECT id FROM audit_entry ORDER BY id")]
    seals = [row[0] for row in await db.tuples("SELECT id FROM audit_seal ORDER BY id")]
    kept = chains.anchors_in(f"2026-06-10 head of a chain: {await chains.anchor(TRAIL)}\n")
    assert len(kept) == 1
    kinds, unseen = set[str](), list[str]()

    @db.unit_of_work
    async def forged() -> None:
        await sleeping()
        kind = await _forged(chance, entries, seals)
        kinds.add(kind)
        if not await chains.verify(TRAIL) + await chains.unmet(TRAIL, kept):
            unseen.append(kind)
        raise LookupError

    for _ in range(CUTS):
        with pytest.raises(LookupError):
            await forged()
    assert unseen == []
    assert len(kinds) == 6
    assert await chains.verify(TRAIL) + await chains.unmet(TRAIL, kept) == []


async def test_a_reader_of_the_trail_sees_all_and_others_their_own(database: str) -> None:
    await act(CLERK, 1)
    await act(SYSTEM, 2)
    officer = Actor(user_id=2, role=Role.COMMITTEE, name="officer")
    for actor, seen in ((officer, 2), (CLERK, 1), (Actor(user_id=8, role=Role.PROCESSOR, name="buyer"), 0)):
        clause = Entry.visible_to(actor, "e")
        assert (
            await db.scalar(f"SELECT COUNT(*) FROM audit_entry e WHERE {clause.sql}", **clause.params) == seen
        )
