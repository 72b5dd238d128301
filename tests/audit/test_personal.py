"""Personal facts: sealed in the chain, opened by every reader, gone with their key; and none is forgotten."""

import ast
import re

import pytest

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.audit import chains, keys, personal, trail
from pepperchain.audit.keys import Owner
from pepperchain.audit.queries import entries
from pepperchain.audit.trail import TRAIL, Told
from pepperchain.core import db
from tests.audit.test_words import _records, _said
from tests.harness.house import offences
from tests.ledger.books import NOW

ADMIN = Actor(user_id=6, role=Role.ADMIN, name="admin")
CANARY = "椒鸟 13900001234"
LOOKS_PERSONAL = re.compile(
    r"(.*_)?name|(.*_)?phone(_tail)?|head|born_on|witness|note|text|outcome|address|reason|what|(id_number|bank_card).*"
)


@db.unit_of_work
async def tell(*told: Told) -> None:
    await trail.record_many(ADMIN, told, now=NOW)


@db.unit_of_work
async def destroy(*owners: Owner) -> int:
    return await keys.destroy(owners, now=NOW)


async def stored() -> str:
    return repr(await db.tuples("SELECT * FROM audit_entry")) + repr(
        await db.tuples("SELECT * FROM audit_key")
    )


async def test_personal_facts_stand_in_no_row_and_are_read_by_everybody(database: str) -> None:
    facts = {"name": [CANARY, "B"], "sex": "female", "phone": CANARY, "born_on": None}
    await tell(Told("person.changed", "person", 7, None, facts))
    assert CANARY not in await stored()
    (entry,) = await entries(ADMIN, limit=9)
    assert dict(entry.facts) == facts
    assert list(entry.facts) == sorted(facts)


async def test_the_chain_stays_whole_when_a_key_is_destroyed_and_the_facts_are_gone(database: str) -> None:
    await tell(
        Told("household.entered", "household", 3, None, {"head": CANARY, "plots": 2, "address": "上坝"}, 7),
        Told("person.changed", "person", 8, None, {"name": "留下"}),
    )
    await chains.seal_due(TRAIL, now=NOW)
    assert await destroy(Owner("person", "7")) == 1
    assert await destroy(Owner("person", "7")) == 0
    assert await chains.verify(TRAIL) == []
    other, home = await entries(ADMIN, limit=9)
    assert dict(home.facts) == {"address": "上坝", "erased": "erased", "plots": 2}
    assert dict(other.facts) == {"name": "留下"}


async def test_nothing_personal_is_written_of_whoever_was_erased(database: str) -> None:
    await destroy(Owner("person", "7"))
    await tell(Told("person.changed", "person", 7, None, {"name": CANARY, "sex": "male"}))
    (entry,) = await entries(ADMIN, limit=9)
    assert dict(entry.facts) == {"sex": "male"}
    assert await keys.known([Owner("person", "7")]) == {}


async def test_a_key_is_made_once_and_entries_without_personal_facts_make_none(database: str) -> None:
    await tell(Told("weighin.recorded", "weighin", "a", 1, {"net_grams": 5, "household": 3}))
    assert await db.scalar("SELECT COUNT(*) FROM audit_key") == 0
    await tell(*[Told("person.changed", "person", 7, None, {"name": str(turn)}) for turn in range(900)])
    await tell(Told("person.changed", "person", 7, None, {"name": "again"}))
    assert await db.scalar("SELECT COUNT(*) FROM audit_key") == 1
    assert [dict(each.facts) for each in await entries(ADMIN, limit=1)] == [{"name": "again"}]


async def test_many_people_at_once_have_each_their_own_key(database: str) -> None:
    await tell(*[Told("person.entered", "person", id, None, {"name": f"n{id}"}) for id in range(1, 1_001)])
    assert await db.scalar("SELECT COUNT(*) FROM audit_key") == 1_000
    await destroy(Owner("person", "1000"))
    last, before = await entries(ADMIN, limit=2)
    assert (dict(last.facts), dict(before.facts)) == ({"erased": "erased"}, {"name": "n999"})


async def test_the_names_of_users_are_told_from_their_own_rows(village: None) -> None:
    name, id = (await db.tuples("SELECT name, id FROM accounts_user ORDER BY id LIMIT 1"))[0]
    await db.unit_of_work(trail.record)(
        Actor(user_id=id, role=Role.ADMIN, name=name), "areas.loaded", subject="area", subject_id=1, now=NOW
    )
    assert await db.scalar("SELECT actor_name FROM audit_entry ORDER BY id DESC LIMIT 1") == ""
    assert (await entries(ADMIN, limit=1))[0].actor_name == name


@pytest.mark.parametrize("subject", sorted(personal.PERSONAL))
def test_a_kind_of_subject_tells_of_people_or_does_not(subject: str) -> None:
    assert subject not in personal.OTHERS


def test_every_fact_that_looks_personal_is_declared() -> None:
    found = []
    for module, call in _records():
        said = _said(call, 1, "subject")
        facts = _said(call, 4, "facts")
        subject = said.value if isinstance(said, ast.Constant) else None
        if not isinstance(subject, str) or subject in personal.OTHERS:
            continue
        keys_of = facts.keys if isinstance(facts, ast.Dict) else []
        found += [
            module.at(call, f"{key.value!r} of {subject!r} looks personal and is not in audit/personal.py")
            for key in keys_of
            if isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and LOOKS_PERSONAL.fullmatch(key.value)
            and key.value not in personal.PERSONAL.get(subject, ())
        ]
    offences(found)
