"""Somebody's own copy of all that is kept of them: a workbook, made at their wish or for them, kept for some days."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import second_steps
from pepperchain.accounts.second_steps import Given
from pepperchain.audit import trail
from pepperchain.consents.consents import own_person_id
from pepperchain.consents.copy_queries import CopyRow, copy_by_id, due_copies, kept_copies
from pepperchain.consents.own_telling import Sheet, sheets_of
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import PersonRow, get_household, get_person
from pepperchain.directory.own_data_queries import OwnData
from pepperchain.excel.books import Page, export_book
from pepperchain.settings import settings
from pepperchain.web.steps import Prove

KEPT_MAX = 5
SWEPT_AT_ONCE = 200
_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class _File:
    token: str
    bytes: int
    rows: int


def path_of(token: str) -> Path:
    """Where the file of that random name lies."""
    assert token.isalnum(), "a name that we did not make"
    return settings().data_dir / "copies" / token


async def make(
    actor: Actor,
    *,
    id: UUID,
    person_id: int,
    reason: str | None,
    own_data: Sequence[OwnData],
    given: Given = second_steps.NOTHING,
    language: str,
    now: datetime,
) -> CopyRow:
    """A copy, for the person themselves or, with a reason, by those who keep their records. The same form twice is one copy.

    Whoever has a second step gives a code of it.
    Raises Missing for people the actor does not see. The file is written before the unit of work that tells of it.
    """
    person = await _allowed(actor, person_id, reason)
    before = await _made_before(actor, id, person_id)
    if before is not None:
        return before
    if await kept_copies(person_id, actor.user_id or 0) >= KEPT_MAX:
        raise Refused(
            N_("There are %(most)s copies already. Take one of those; they are removed by themselves."),
            most=KEPT_MAX,
        )
    prove = await second_steps.guessed(actor, given.code, address=given.address, now=now)
    sheets = await sheets_of(actor, own_data, person.id, person.household_id)
    file = await _write(sheets)
    try:
        made, is_new = await _note(
            actor, id, person, file, reason=reason, prove=prove, language=language, now=now
        )
    except BaseException:
        await asyncio.to_thread(path_of(file.token).unlink, missing_ok=True)
        raise
    if not is_new:
        await asyncio.to_thread(path_of(file.token).unlink, missing_ok=True)
    return made


async def get_copy(actor: Actor, id: UUID, person_id: int) -> CopyRow:
    """A copy that the actor made. Raises Missing for any other, so that nobody takes up what another asked for."""
    await get_person(actor, person_id)
    row = await copy_by_id(id)
    if row is None or row.user_id != actor.user_id or row.person_id != person_id:
        raise Missing()
    return row


async def sweep(*, now: datetime) -> int:
    """Removes files whose days are over; how many. Files go first, so that none is left without a row that knows it."""
    due = await due_copies(now=now, limit=SWEPT_AT_ONCE)
    for row in due:
        await asyncio.to_thread(path_of(row.token).unlink, missing_ok=True)
    await _note_swept(due, now=now)
    return len(due)


@db.unit_of_work
async def _note_swept(due: Sequence[CopyRow], *, now: datetime) -> None:
    if not due:
        return
    await db.execute(
        "UPDATE consents_copy SET swept_at = :now WHERE id IN :ids", now=now, ids=[row.id for row in due]
    )
    await trail.record(
        SYSTEM, "copies.swept", subject="person", subject_id="", facts={"count": len(due)}, now=now
    )


async def _allowed(actor: Actor, person_id: int, reason: str | None) -> PersonRow:
    if actor.may(Capability.CONSENT_OWN):
        person = await get_person(actor, person_id)
        if person.id != await own_person_id(actor):
            raise NotYours()
        return person
    actor.require(Capability.CONSENT_RECORD)
    person = await get_person(actor, person_id)
    if reason is None:
        raise Refused(N_("Say for what the copy is made, and who asked for it."), "reason")
    return person


async def _made_before(actor: Actor, id: UUID, person_id: int) -> CopyRow | None:
    row = await copy_by_id(id)
    if row is not None and (row.user_id, row.person_id) != (actor.user_id, person_id):
        raise Conflict(N_("This form was used already. Open it again."))
    return row


async def _write(sheets: Sequence[Sheet]) -> _File:
    token = secrets.token_hex(_TOKEN_BYTES)
    path = path_of(token)
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
    await asyncio.to_thread(path.touch, mode=0o600)
    try:
        await export_book(path, [Page(each.words, each.headings, _cells(each)) for each in sheets])
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    size = (await asyncio.to_thread(path.stat)).st_size
    return _File(token, size, sum(len(each.rows) for each in sheets))


def _cells(sheet: Sheet) -> list[list[str | Decimal | None]]:
    return [
        [
            cell.number
            if cell is not None and cell.number is not None
            else cell.text
            if cell is not None
            else None
            for cell in row
        ]
        for row in sheet.rows
    ]


@db.unit_of_work
async def _note(
    actor: Actor,
    id: UUID,
    person: PersonRow,
    file: _File,
    *,
    reason: str | None,
    prove: Prove | None,
    language: str,
    now: datetime,
) -> tuple[CopyRow, bool]:
    await db.lock("directory_person", [person.id])
    before = await _made_before(actor, id, person.id)
    if before is not None:
        return before, False
    if prove is not None:
        await prove()
    household = await get_household(actor, person.household_id)
    assert actor.user_id is not None, "a copy for nobody"
    days = settings().section("retention")["copy_days"]
    await db.insert(
        "consents_copy", id=id, person_id=person.id, household_id=person.household_id, township_id=person.township_id,
        cooperative_id=household.cooperative_id, reason=reason, user_id=actor.user_id, user_name=actor.name, language=language,
        made_at=now, rows_told=file.rows, token=file.token, bytes=file.bytes, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    await trail.record(
        actor, "person.copied", subject="person", subject_id=person.id, township_id=person.township_id,
        facts={"written": file.rows, "reason": reason, "through": clock.local_day(now + timedelta(days=days))}, now=now,
    )  # fmt: skip
    made = await copy_by_id(id)
    assert made is not None, "a copy that was just noted"
    return made, True
