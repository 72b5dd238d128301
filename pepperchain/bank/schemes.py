"""Schemes: what the product ships, entered once, and terms that are drafted, proposed, and published by a second person.

draft --propose--> proposed --publish--> published      (a published version never changes; another one follows it)
draft <-take_back- proposed      draft, proposed --drop--> dropped
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import scheme_queries, terms
from pepperchain.bank.scheme_queries import VersionRow
from pepperchain.bank.scope_rules import EVERYWHERE
from pepperchain.bank.terms_rules import published
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.harvest.rules import check_reason

SCHEMES = "bank_scheme"
VERSIONS = "bank_scheme_version"
_CODE = re.compile(r"[a-z][a-z0-9-]{1,29}")

SHIPPED_FROM = date(2019, 6, 1)
"""The published scheme is as old as its first season."""


@db.unit_of_work
async def ship(*, now: datetime) -> int:
    """Enters the schemes of config/bank.toml that are not there yet, published by the product itself; how many were new."""
    written = 0
    for code, scheme in published().items():
        promised = terms.read(scheme["terms"])
        scheme_id = await db.scalar(
            "INSERT INTO bank_scheme (code, name_zh, name_en, operator_id, created_at, created_by_name)"
            " VALUES (:code, :name_zh, :name_en, NULL, :now, :by) ON CONFLICT (code) DO NOTHING RETURNING id",
            code=code,
            name_zh=scheme["name_zh"],
            name_en=scheme["name_en"],
            now=now,
            by=SYSTEM.name,
        )
        if scheme_id is None:
            continue
        await db.insert(
            "bank_scheme_version",
            scheme_id=scheme_id,
            number=1,
            terms=json.dumps(terms.plain(promised)),
            state="published",
            drafted_at=now,
            drafted_by_name=SYSTEM.name,
            published_at=now,
            valid_from_on=SHIPPED_FROM,
        )
        written += 1
    if written:
        await trail.record(
            SYSTEM, "bank_scheme.shipped", subject="bank_scheme", subject_id="shipped", facts={"schemes": written}, now=now
        )  # fmt: skip
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScheme:
    """What a scheme is called: its code in small letters, digits and hyphens, and its names; without an English one the Chinese."""

    code: str
    name_zh: str
    name_en: str | None = None


def owner(actor: Actor) -> int | None:
    """Whose schemes an actor works on: the own organization's, or (None) those that every operator may use."""
    return None if actor.role in EVERYWHERE else actor.organization_id


@db.unit_of_work
async def draft(
    actor: Actor, *, id: UUID, scheme: NewScheme, said: Mapping[str, Any], note: str | None, now: datetime
) -> int:
    """A new scheme with the draft of its first version; that version's id, the same if this was sent before.

    Invalid: terms that cannot be promised, term by term. Refused: a code that is taken or is none. Conflict: sent before otherwise.
    """
    actor.require(Capability.BANK_SCHEME)
    promised = _promised(said)
    if not _CODE.fullmatch(scheme.code):
        raise Refused("Small letters, digits and hyphens, beginning with a letter.", "code")
    there = await _sent_before(id, promised, note)
    if there is not None:
        return there
    scheme_id = await db.scalar(
        "INSERT INTO bank_scheme (request_id, code, name_zh, name_en, operator_id, created_at, created_by, created_by_name)"
        " VALUES (:id, :code, :name_zh, :name_en, :operator_id, :now, :by, :name) ON CONFLICT (code) DO NOTHING RETURNING id",
        id=id,
        code=scheme.code,
        name_zh=scheme.name_zh,
        name_en=scheme.name_en or scheme.name_zh,
        operator_id=owner(actor),
        now=now,
        by=actor.user_id,
        name=actor.name,
    )
    if scheme_id is None:
        raise Refused("Another scheme has this code.", "code")
    version_id = await _draft(actor, id, scheme_id, 1, promised, note, now=now)
    await _tell(actor, "drafted", scheme_id, now=now, facts={"code": scheme.code, "version": 1})
    return version_id


@db.unit_of_work
async def revise(
    actor: Actor, *, id: UUID, scheme_id: int, said: Mapping[str, Any], note: str | None, now: datetime
) -> int:
    """The draft of a scheme's next version; its id, the same if this was sent before.

    Invalid: like `draft`. Conflict: a draft is under way. NotYours: another organization's scheme. Missing: not the actor's to see.
    """
    actor.require(Capability.BANK_SCHEME)
    await db.lock(SCHEMES, [scheme_id])
    standing = await scheme_queries.scheme(actor, scheme_id)
    check_owned(actor, standing.operator_id)
    promised = _promised(said)
    there = await _sent_before(id, promised, note)
    if there is not None:
        return there
    if await scheme_queries.under_way(scheme_id) is not None:
        raise Conflict("A new version of this scheme is being worked on already.")
    number = await scheme_queries.last_number(scheme_id) + 1
    version_id = await _draft(actor, id, scheme_id, number, promised, note, now=now)
    await _tell(actor, "drafted", scheme_id, now=now, facts={"code": standing.code, "version": number})
    return version_id


def _promised(said: Mapping[str, Any]) -> str:
    """Terms as they are kept. Invalid: like `terms.read`."""
    return json.dumps(terms.plain(terms.read(said)), sort_keys=True)


async def _sent_before(id: UUID, promised: str, note: str | None) -> int | None:
    rows = await db.tuples("SELECT id, terms, note FROM bank_scheme_version WHERE request_id = :id", id=id)
    if not rows:
        return None
    version_id, kept, noted = rows[0]
    kept = json.loads(kept) if isinstance(kept, str) else kept
    if kept != json.loads(promised) or noted != note:
        raise Conflict("This was sent before with other contents.")
    return int(version_id)


async def _draft(
    actor: Actor, id: UUID, scheme_id: int, number: int, promised: str, note: str | None, *, now: datetime
) -> int:
    return await db.insert_id(
        VERSIONS, request_id=id, scheme_id=scheme_id, number=number, terms=promised, note=note, state="draft", drafted_at=now,
        drafted_by=actor.user_id, drafted_by_name=actor.name,
    )  # fmt: skip


@db.unit_of_work
async def amend(
    actor: Actor, *, version_id: int, said: Mapping[str, Any], note: str | None, seen: int, now: datetime
) -> None:
    """Other terms for a draft; who amended it last has drafted it. `seen` is the draft's version that was looked at.

    Invalid: like `draft`. Conflict: it is no draft any more, or somebody else changed it meanwhile.
    """
    row = await _held(actor, version_id, Capability.BANK_SCHEME)
    promised = _promised(said)
    _check_state(row, "draft")
    _check_seen(row, seen)
    await db.execute(
        "UPDATE bank_scheme_version SET terms = :terms, note = :note, drafted_at = :now, drafted_by = :by, drafted_by_name = :name,"
        " version = version + 1 WHERE id = :id",
        terms=promised,
        note=note,
        now=now,
        by=actor.user_id,
        name=actor.name,
        id=version_id,
    )
    await _tell(actor, "amended", row.scheme_id, now=now, facts=_named(row))


@db.unit_of_work
async def propose(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Asks for a second person's word; nothing of it changes until then. Asked twice is asked once."""
    row = await _held(actor, version_id, Capability.BANK_SCHEME)
    if row.state == "proposed":
        return
    _check_state(row, "draft")
    await _move(row, "proposed")
    await _tell(actor, "proposed", row.scheme_id, now=now, facts=_named(row))


@db.unit_of_work
async def take_back(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Makes what was proposed a draft again: by whoever drafts, to go on, or by whoever approves, to have it changed."""
    row = await _held(actor, version_id, Capability.BANK_SCHEME)
    if row.state == "draft":
        return
    _check_state(row, "proposed")
    await _move(row, "draft")
    await _tell(actor, "taken_back", row.scheme_id, now=now, facts=_named(row))


@db.unit_of_work
async def publish(actor: Actor, *, version_id: int, valid_from: date, seen: int, now: datetime) -> None:
    """Approves and publishes what was proposed: deposits from that day on are made under it, receipts that stand keep theirs.

    NotYours: who drafted it. Refused: a day that is over. Conflict: not proposed, or changed since it was looked at.
    """
    row = await _held(actor, version_id, Capability.BANK_SCHEME_APPROVE)
    if row.state == "published" and row.valid_from == valid_from:
        return
    _check_state(row, "proposed")
    _check_seen(row, seen)
    if actor.user_id is None or actor.user_id == row.drafted_by:
        raise NotYours("Whoever drafted the terms cannot approve them: a second person does.")
    if valid_from < clock.local_day(now):
        raise Refused(
            "This day is over. What is published holds from today on at the earliest.", "valid_from"
        )
    await db.execute(
        "UPDATE bank_scheme_version SET state = 'published', approved_by = :by, approved_by_name = :name, published_at = :now,"
        " valid_from_on = :valid_from, version = version + 1 WHERE id = :id",
        by=actor.user_id,
        name=actor.name,
        now=now,
        valid_from=valid_from,
        id=version_id,
    )
    await _tell(actor, "published", row.scheme_id, now=now, facts={**_named(row), "valid_from": valid_from})


@db.unit_of_work
async def drop(actor: Actor, *, version_id: int, reason: str, now: datetime) -> None:
    """Gives a version up that was not published; its number stays taken. Dropped twice is dropped."""
    row = await _held(actor, version_id, Capability.BANK_SCHEME)
    reason = check_reason(reason)
    if row.state == "dropped":
        return
    if row.state == "published":
        raise Conflict("This version is published: it can only be followed by another one.")
    await _move(row, "dropped")
    await _tell(actor, "dropped", row.scheme_id, now=now, facts={**_named(row), "reason": reason})


async def _held(actor: Actor, version_id: int, capability: Capability) -> VersionRow:
    """A version with its row locked. Missing: not the actor's to see. NotYours: another's scheme, or not the actor's to do."""
    actor.require(capability)
    await db.lock(VERSIONS, [version_id])
    row = await scheme_queries.version(actor, version_id)
    check_owned(actor, row.operator_id)
    return row


def check_owned(actor: Actor, operator_id: int | None) -> None:
    """NotYours: the actor does not work on the terms of this operator's schemes (None: those for all)."""
    if operator_id != owner(actor):
        raise NotYours("Another organization's terms are not yours to change.")


def _check_state(row: VersionRow, state: str) -> None:
    if row.state != state:
        raise Conflict("Somebody has decided on this version meanwhile. Look at it again.")


def _check_seen(row: VersionRow, seen: int) -> None:
    if row.version != seen:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )


async def _move(row: VersionRow, state: str) -> None:
    await db.execute(
        "UPDATE bank_scheme_version SET state = :state, version = version + 1 WHERE id = :id",
        state=state,
        id=row.id,
    )


def _named(row: VersionRow) -> dict[str, Any]:
    return {"code": row.scheme_code, "version": row.number}


async def _tell(actor: Actor, act: str, scheme_id: int, *, now: datetime, facts: Mapping[str, Any]) -> None:
    await trail.record(
        actor, f"bank_scheme.{act}", subject="bank_scheme", subject_id=scheme_id, facts=dict(facts), now=now
    )
