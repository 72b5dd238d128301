"""Erasing somebody: their keys are destroyed, and in every room's tables stands nothing of them any more. Books and sums stay as they are.

Files, and the write-ahead log with what pages held before, go right after (`finish`), since a unit of work has no such effects.
"""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.audit import keys, trail
from pepperchain.audit.keys import Owner
from pepperchain.consents.erasure_queries import Subject, subject_of, used, would_be_kept_until
from pepperchain.core import clock, db, scrubbing, vault
from pepperchain.core.ids import new_id
from pepperchain.directory import households, people
from pepperchain.directory.erasing_rules import Erasing, Wipe
from pepperchain.directory.household_queries import get_household
from pepperchain.settings import settings

AT_ONCE = 50
LOG = "erased.jsonl"
KIND = "erasure"
_KEYS = (
    "UPDATE audit_key SET sealed = NULL, destroyed_at = :now WHERE sealed IS NOT NULL AND kind = :kind AND owner_id IN"
    " (SELECT CAST(t.id AS VARCHAR(40)) FROM {table} t WHERE {where})"
)
log = structlog.get_logger("pepperchain.erasing")


def log_file() -> Path:
    """Who was erased, by number: kept beside the database, so that a restored backup forgets them again."""
    return settings().data_dir / LOG


async def carry_out(
    actor: Actor,
    erasure_id: int,
    person_id: int,
    rooms: Sequence[Erasing],
    *,
    proposed_by: int | None,
    now: datetime,
) -> bool:
    """Does it, in the caller's unit of work, and leaves the audit row. False for people who were erased before."""
    await db.lock("directory_person", [person_id])
    before = await db.tuples(
        "SELECT p.erased_at, p.township_id FROM directory_person p WHERE p.id = :id", id=person_id
    )
    subject = await subject_of(person_id)
    if subject is None or before[0][0] is not None:
        return False
    await db.lock("directory_household", [subject.household_id])
    today = clock.local_day(now)
    kept, until = await _to_keep(subject, erasure_id, rooms, now=now)
    await _take_leave(subject, today=today, now=now)
    places = subject.places(today=today, now=now)
    files: list[tuple[str, str]] = []
    rows = 0
    for room in rooms:
        for wipe in room.wipes:
            rows += await _wipe(wipe, subject, places, files)
    owners = [Owner("person", str(id)) for id in subject.people] + [
        Owner("user", str(id)) for id in subject.users
    ]
    if subject.is_alone:
        owners += [Owner("household", str(id)) for id in subject.homes]
    await keys.destroy(owners, now=now)
    await db.execute(
        "UPDATE consents_erasure SET state = 'done', decided_by = :by, decided_by_name = :name, decided_at = :now, rows_changed = :rows,"
        " kept = :kept, kept_until = :until, files = :files WHERE id = :id",
        id=erasure_id, by=actor.user_id, name=actor.name, now=now, rows=rows, kept=kept, until=until, files=json.dumps(files),
    )  # fmt: skip
    await trail.record(
        actor, "person.erased", subject="person", subject_id=person_id, township_id=before[0][1],
        facts={"rows": rows, "until": until, "proposed_by": proposed_by}, now=now,
    )  # fmt: skip
    return True


async def _take_leave(subject: Subject, *, today: date, now: datetime) -> None:
    """They are no longer of their household; with the last of its people it ends, and no card of it opens anything."""
    if not subject.is_alone:
        await people.part(subject.person_id, subject.household_id, on=today)
        return
    household = await get_household(SYSTEM, subject.household_id)
    if household.ended_on is None:
        await households.conclude(household, version=household.version, on=today)
    has_row = await db.scalar(
        "SELECT 1 FROM directory_card c WHERE c.household_id = :id AND c.number = :number",
        id=household.id,
        number=household.card_number,
    )
    if has_row is None and household.card_number is not None:
        await db.insert_id(
            "directory_card", household_id=household.id, township_id=household.township_id, serial=0,
            number=household.card_number, state="lost", issued_at=now, lost_at=now,
        )  # fmt: skip


async def _wipe(wipe: Wipe, subject: Subject, places: Mapping[str, Any], files: list[tuple[str, str]]) -> int:
    conditions = [wipe.theirs, wipe.home if subject.is_alone else None]
    where = " OR ".join(f"({each})" for each in conditions if each is not None)
    if not where:
        return 0
    if wipe.files is not None:
        column, folder = wipe.files
        sql = f"SELECT t.{column} FROM {wipe.table} t WHERE t.{column} IS NOT NULL AND ({where})"
        files += [(folder, str(token)) for (token,) in await db.tuples(sql, **used(sql, places))]
    if wipe.key is not None:
        sql = _KEYS.format(table=wipe.table, where=where)
        await db.execute(sql, kind=wipe.key, **used(sql, places))
    if wipe.removed:
        sql = f"DELETE FROM {wipe.table} AS t WHERE {where}"
    elif wipe.sets:
        sets = ", ".join(f"{column} = {value}" for column, value in wipe.sets.items())
        sql = f"UPDATE {wipe.table} AS t SET {sets} WHERE {where}"
    else:
        return 0
    return await db.execute(sql, **used(sql, places))


async def _to_keep(
    subject: Subject, erasure_id: int, rooms: Sequence[Erasing], *, now: datetime
) -> tuple[str | None, date | None]:
    """What the law wants kept of whoever had business here lately, sealed with a key of its own, and until when."""
    until = await would_be_kept_until(subject, rooms, now=now)
    if until is None:
        return None, None
    (row,) = await db.tuples(
        "SELECT p.name, p.phone, p.born_on, p.sex, p.request_id, p.id_number_sealed, p.bank_card_sealed, h.card_number, h.address"
        " FROM directory_person p JOIN directory_household h ON h.id = p.household_id WHERE p.id = :id",
        id=subject.person_id,
    )
    facts = {
        "name": row[0],
        "phone": row[1],
        "born_on": row[2],
        "sex": row[3],
        "id_number": _opened(row[4], "id_number", row[5]),
        "bank_card": _opened(row[4], "bank_card", row[6]),
        "card": row[7],
        "address": row[8],
    }
    owner = Owner(KIND, str(erasure_id))
    key = (await keys.made([owner]))[owner]
    text = json.dumps({name: value for name, value in facts.items() if value}, ensure_ascii=False)
    return b64encode(key.seal(text)).decode(), until


def _opened(request_id: str | None, kind: str, sealed: bytes | None) -> str | None:
    if sealed is None or request_id is None:
        return None
    try:
        return people.opened(request_id, kind, bytes(sealed))
    except vault.Broken:
        return None


async def finish(rooms: Sequence[Erasing], *, now: datetime) -> int:
    """What an erasure leaves to be done after it: files, the log, pages' past, and what was kept long enough. How many it was."""
    done = await _forget_kept(now=now) + await reapply(rooms, now=now)
    due = await db.tuples(
        "SELECT z.id, z.person_id, z.files FROM consents_erasure z WHERE z.files IS NOT NULL ORDER BY z.id LIMIT :most",
        most=AT_ONCE,
    )
    if not due:
        return done
    for _, person_id, files in due:
        await _note(person_id, now=now)
        for folder, token in json.loads(files):
            assert token.isalnum(), "a name that we did not make"
            path = settings().data_dir / folder / token
            await asyncio.to_thread(path.unlink, missing_ok=True)
    if not await scrubbing.scrub():
        return done
    await _finished([row[0] for row in due])
    return done + len(due)


@db.unit_of_work
async def _finished(ids: Sequence[int]) -> None:
    await db.execute("UPDATE consents_erasure SET files = NULL WHERE id IN :ids", ids=list(ids))


@db.unit_of_work
async def _forget_kept(*, now: datetime) -> int:
    rows = await db.tuples(
        "SELECT z.id, z.person_id, z.township_id FROM consents_erasure z WHERE z.kept IS NOT NULL AND z.kept_until < :today LIMIT :most",
        today=clock.local_day(now),
        most=AT_ONCE,
    )
    for id, person_id, township_id in rows:
        await keys.destroy([Owner(KIND, str(id))], now=now)
        await db.execute("UPDATE consents_erasure SET kept = NULL, files = '[]' WHERE id = :id", id=id)
        await trail.record(
            SYSTEM,
            "erasure.kept_forgotten",
            subject="person",
            subject_id=person_id,
            township_id=township_id,
            now=now,
        )
    return len(rows)


async def _note(person_id: int, *, now: datetime) -> None:
    mark = await _mark(person_id)
    if mark is None or mark in {each["mark"] for each in await asyncio.to_thread(_noted)}:
        return
    line = json.dumps({"person": person_id, "mark": mark, "at": clock.to_ms(now)})
    await asyncio.to_thread(_append, line)


def _append(line: str) -> None:
    log_file().parent.mkdir(parents=True, exist_ok=True)
    with log_file().open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _noted() -> list[dict[str, Any]]:
    if not log_file().is_file():
        return []
    return [json.loads(line) for line in log_file().read_text(encoding="utf-8").splitlines() if line]


async def _mark(person_id: int) -> str | None:
    """What tells that a number means the same person in a restored database: it names nobody, and changes with the secret."""
    rows = await db.tuples(
        "SELECT p.created_at, p.household_id FROM directory_person p WHERE p.id = :id", id=person_id
    )
    if not rows:
        return None
    text = f"{person_id}:{rows[0][0]}:{rows[0][1]}"
    return vault.fingerprint(hashlib.sha256(text.encode()).hexdigest(), kind="erased")


async def back_again() -> list[int]:
    """People who were erased and are here again, as after the restore of an older backup."""
    found = []
    for each in await asyncio.to_thread(_noted):
        rows = await db.tuples(
            "SELECT p.erased_at FROM directory_person p WHERE p.id = :id", id=each["person"]
        )
        if rows and rows[0][0] is None and each["mark"] == await _mark(each["person"]):
            found.append(int(each["person"]))
    return found


async def reapply(rooms: Sequence[Erasing], *, now: datetime) -> int:
    """Erases whoever came back with a restored backup; how many."""
    again = await back_again()
    for person_id in again:
        await _again(person_id, rooms, now=now)
        log.warning("somebody who was erased had come back, and was erased again", person=person_id)
    return len(again)


@db.unit_of_work
async def _again(person_id: int, rooms: Sequence[Erasing], *, now: datetime) -> None:
    erasure_id = await db.scalar(
        "SELECT z.id FROM consents_erasure z WHERE z.person_id = :person AND z.state = 'asked'",
        person=person_id,
    )
    if erasure_id is None:
        erasure_id = await begun(SYSTEM, new_id(), person_id, words=None, now=now)
    await carry_out(SYSTEM, int(erasure_id), person_id, rooms, proposed_by=None, now=now)


async def begun(actor: Actor, request_id: Any, person_id: int, *, words: str | None, now: datetime) -> int:
    """The row of somebody who is to be forgotten. A building block."""
    (row,) = await db.tuples(
        "SELECT p.household_id, p.township_id, h.cooperative_id FROM directory_person p"
        " JOIN directory_household h ON h.id = p.household_id WHERE p.id = :id",
        id=person_id,
    )
    days = settings().section("consents")["erasure_days"]
    return await db.insert_id(
        "consents_erasure", request_id=request_id, person_id=person_id, household_id=row[0], township_id=row[1],
        cooperative_id=row[2], words=words, asked_by=actor.user_id, asked_by_name=actor.name, asked_at=now,
        due_on=clock.local_day(now) + timedelta(days=days), state="asked",
    )  # fmt: skip
