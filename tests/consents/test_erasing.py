"""Somebody is forgotten: nothing of them is left anywhere, the books are as they were, and a restored backup forgets them again."""

import asyncio
import json
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.app import MOVERS, OWN_DATA
from pepperchain.audit import chains, trail
from pepperchain.cli import examining
from pepperchain.consents import erasing, erasures
from pepperchain.consents.erasure_queries import get_erasure
from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import merges, queries
from pepperchain.directory.erasing_rules import erased_name
from pepperchain.erasables import ERASABLES
from pepperchain.harvest import queries as slips
from tests.consents.dealing import NOW
from tests.consents.forgetting import CANARIES, asked, erase, everything, live, newcomer, village_of
from tests.directory.test_merges import decided
from tests.harness import cast
from tests.harness.house import offences
from tests.harness.schema import tables

WORDS = {"VARCHAR", "TEXT", "CHARACTER VARYING", "CHAR", "CHARACTER", "JSON", "JSONB", "BLOB", "BYTEA"}


async def sums() -> list[object]:
    """Everything that is added up of slips and books."""
    found: list[object] = []
    for sql in (
        "SELECT COUNT(*), SUM(net_grams), SUM(amount_fen) FROM harvest_weighin",
        "SELECT * FROM ledger_transfer ORDER BY 1",
        "SELECT day, SUM(net_grams) FROM harvest_day_household GROUP BY day ORDER BY day",
    ):
        found += await db.tuples(sql)
    return found


async def test_nothing_of_somebody_who_was_erased_is_left_anywhere_and_the_books_stay(village: str) -> None:
    life = await live()
    clerk = await cast.actor(cast.CLERK_A)
    await chains.seal_due(trail.TRAIL, now=NOW)
    before, was = await sums(), await everything(village)
    assert all(canary in was for canary in CANARIES if canary.isascii() is False or canary.isalpha())
    id = await erase(life.person_id)
    assert await erasing.finish(ERASABLES, now=NOW) >= 1

    left = await everything(village)
    assert {canary: left[left.find(canary) - 60 :][:130] for canary in CANARIES if canary in left} == {}
    assert not [path for path in life.files if path.exists()]
    assert await sums() == before
    assert await chains.verify(trail.TRAIL) == []
    assert [each for each in await examining.examine() if not each.well] == []

    row = await get_erasure(clerk, id)
    assert (row.state, row.person, row.is_kept) == ("done", erased_name(), True)
    slip = await slips.slip(clerk, life.slips[0])
    assert slip.name == erased_name()
    assert await queries.search_growers(clerk, "鹟雀灵") == []
    assert await queries.household_by_card(clerk, life.card) is None
    kept = await erasures.kept_of(await cast.actor(cast.ADMIN), id=id, reason="公安来函", now=NOW)
    assert kept["phone"] == "13977665544"
    assert kept["id_number"] == "110100196204180030"
    log_lines = erasing.log_file().read_text().splitlines()
    assert json.loads(log_lines[-1])["person"] == life.person_id
    assert not await erasing.back_again()

    # What was kept for the law is forgotten by itself.
    later = NOW + timedelta(days=731)
    assert await erasing.finish(ERASABLES, now=later) >= 1
    with pytest.raises(Refused):
        await erasures.kept_of(await cast.actor(cast.ADMIN), id=id, reason="又来函", now=later)


@pytest.fixture
async def somebody(village: str) -> tuple[int, int, str]:
    """A household of one, without business."""
    clerk = await cast.actor(cast.CLERK_A)
    return await newcomer(clerk, "无事人", await village_of(clerk), phone="13955500011")


async def test_a_second_erasure_is_none(somebody: tuple[int, int, str]) -> None:
    person, *_ = somebody
    id = await erase(person)
    entries = await db.scalar("SELECT COUNT(*) FROM audit_entry")
    done = await db.unit_of_work(erasing.carry_out)(
        SYSTEM, id, person, ERASABLES, proposed_by=None, now=NOW + timedelta(days=1)
    )
    assert done is False
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry") == entries
    with pytest.raises(Missing):
        await asked(person)


async def test_without_business_nothing_is_kept_for_the_law(somebody: tuple[int, int, str]) -> None:
    person, *_ = somebody
    row = await get_erasure(await cast.actor(cast.CLERK_A), await erase(person))
    assert (row.is_kept, row.kept_until) == (False, None)


async def test_of_a_household_with_others_only_what_is_theirs_goes(village: str) -> None:
    home, wife = (
        await db.tuples(
            "SELECT p.household_id, p.id FROM directory_person p JOIN directory_household h ON h.id = p.household_id"
            " WHERE NOT p.is_head AND p.left_on IS NULL AND h.head_id IN (SELECT id FROM directory_person WHERE name = '罗大山')"
            " ORDER BY p.id LIMIT 1"
        )
    )[0]
    head = (
        "SELECT h.address, h.ended_on, h.people, p.name, p.phone FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " WHERE h.id = :id"
    )
    before = await db.tuples(head, id=home)
    await erase(wife)
    after = await db.tuples(head, id=home)
    assert after == [(*before[0][:2], before[0][2] - 1, *before[0][3:])]


async def test_a_backup_that_brings_somebody_back_forgets_them_again(somebody: tuple[int, int, str]) -> None:
    person, home, _ = somebody
    columns = "name, pinyin, initials, phone, left_on, erased_at"
    was = (await db.tuples(f"SELECT {columns} FROM directory_person WHERE id = :id", id=person))[0]
    await erase(person)
    await erasing.finish(ERASABLES, now=NOW)

    @db.unit_of_work
    async def restore() -> None:
        values = dict(zip(columns.split(", "), was, strict=True))
        sets = ", ".join(f"{name} = :{name}" for name in values)
        await db.execute(f"UPDATE directory_person SET {sets} WHERE id = :id", id=person, **values)
        await db.execute("DELETE FROM consents_erasure")

    await restore()
    assert await erasing.back_again() == [person]
    assert await erasing.finish(ERASABLES, now=NOW) >= 1
    assert await erasing.back_again() == []
    assert (
        await db.scalar("SELECT name FROM directory_person WHERE household_id = :id", id=home)
        == erased_name()
    )


async def test_a_merge_before_an_erasure_is_final_and_one_at_the_same_time_waits(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    place = await village_of(clerk)
    one, home, _ = await newcomer(clerk, "合并甲", place)
    _, other, _ = await newcomer(clerk, "合并甲", place)
    decision = await decided(clerk, home, other)
    results = await asyncio.gather(
        merges.merge_households(clerk, id=new_id(), decision=decision, movers=MOVERS, now=NOW),
        erase(one),
        return_exceptions=True,
    )
    assert isinstance(results[1], int), results
    assert not [
        name
        for (name,) in await db.tuples("SELECT name FROM directory_person WHERE id = :id", id=one)
        if name == "合并甲"
    ]
    merged = await db.scalar("SELECT id FROM directory_merge WHERE household_id = :home", home=home)
    if merged is not None:
        with pytest.raises(Refused):
            await merges.undo(await cast.actor(cast.ADMIN), id=int(merged), movers=MOVERS, now=NOW)


async def test_every_column_of_words_is_erased_or_stays_with_a_reason(database: str) -> None:
    """Of each table that tells of people, as the own copy's declarations say, and of each that an erasure touches."""
    wipes = {each.table: each for room in ERASABLES for each in room.wipes}
    told = {each.table for room in OWN_DATA for each in room.tables}
    listed = [
        f"{name} tells of people, and no room says what erasing does with it" for name in told - set(wipes)
    ]
    for name, table in (await tables()).items():
        if name not in wipes or wipes[name].removed:
            continue
        wipe = wipes[name]
        words = {
            column
            for column, kind in table.columns.items()
            if kind.kind in WORDS
            and not column.endswith("_id")
            and column != "id"
            and (kind.length is None or kind.length > 12)
        }
        listed += [
            f"{name}.{column} is neither erased nor stays with a reason"
            for column in words - set(wipe.sets) - set(wipe.stays)
        ]
        listed += [
            f"{name}.{column} is declared and not there"
            for column in (set(wipe.sets) | set(wipe.stays)) - set(table.columns)
        ]
        listed += [
            f"{name}.{column} stays without a reason" for column, reason in wipe.stays.items() if not reason
        ]
    offences(listed)
