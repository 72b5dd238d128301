"""Exports: asked for, fetched, dropped. What takes long is only asked for here; timers make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.accounts import second_steps
from pepperchain.accounts.second_steps import Given
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.words import N_
from pepperchain.excel.export_process import Format
from pepperchain.excel.exporting import Exportable
from pepperchain.exports import folder, queries
from pepperchain.exports.queries import ExportRow
from pepperchain.exports.rules import CHOICES_LENGTH_MAX, State, bounds, scope_of
from pepperchain.web.steps import Prove

Exportables = Mapping[str, Exportable]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file for its owner: where it lies, and whose list it is."""

    export: ExportRow
    path: Path


def exportables_of(actor: Actor, known: Exportables) -> list[Exportable]:
    """The lists that the actor may download, in the order of choice."""
    return [each for each in known.values() if actor.may(each.capability)]


def exportable_of(actor: Actor, known: Exportables, kind: str) -> Exportable:
    """The list of that name. Missing: there is none, or it is not the actor's to see."""
    found = known.get(kind)
    if found is None or not actor.may(found.capability):
        raise Missing()
    return found


async def ask(
    actor: Actor,
    exportable: Exportable,
    *,
    id: UUID,
    format: Format,  # noqa: A002  (what people call it)
    choices: str = "",
    reason: str | None = None,
    given: Given = second_steps.NOTHING,
    language: str = "zh",
    now: datetime,
) -> ExportRow:
    """Has a list made into a file by the next worker. The same form sent twice is one file.

    Refused: no reason for taking whole names and phones out, nor a code by whoever has a second step, or too many files wait already.
    Conflict: the form asked for another.
    """
    actor.require(exportable.capability)
    prove = None
    if exportable.is_personal(actor) and await queries.at_work(id) is None:
        prove = await second_steps.guessed(actor, given.code, address=given.address, now=now)
    return await _ask(
        actor, exportable, id=id, format=format, choices=choices, reason=reason, prove=prove, language=language, now=now
    )  # fmt: skip


@db.unit_of_work
async def _ask(
    actor: Actor,
    exportable: Exportable,
    *,
    id: UUID,
    format: Format,  # noqa: A002  (what people call it)
    choices: str,
    reason: str | None,
    prove: Prove | None,
    language: str,
    now: datetime,
) -> ExportRow:
    if actor.user_id is None:
        raise Missing()
    is_personal = exportable.is_personal(actor)
    if is_personal and not reason:
        raise Refused(N_("This list tells of people. Write what it is for."), "reason")
    there = await queries.at_work(id)
    if there is not None:
        if (there.user_id, there.kind, there.format, there.choices) != (
            actor.user_id,
            exportable.code,
            format,
            choices,
        ):
            raise Conflict(N_("This form asked for another file before. Open a new form."))
        return there
    if len(choices) > CHOICES_LENGTH_MAX:
        raise Refused(N_("This list is narrowed by too much. Drop a filter."))
    if await queries.waiting_of(actor.user_id, most=bounds().waiting_max) >= bounds().waiting_max:
        raise Refused(
            N_("%(count)s of your files wait to be made already. Wait for one of them, or drop it."),
            count=bounds().waiting_max,
        )
    if prove is not None:
        await prove()
    await db.insert(
        "exports_export", id=id, kind=exportable.code, format=format, choices=choices, reason=reason if is_personal else None,
        is_personal=is_personal, state=State.WAITING, language=language, user_id=actor.user_id, scope=scope_of(actor), asked_at=now,
    )  # fmt: skip
    await trail.record(
        actor, "export.asked", subject="export", subject_id=id, now=now,
        facts={"kind": exportable.code, "format": format, "choices": choices or None, "reason": reason if is_personal else None},
    )  # fmt: skip
    return await queries.export(actor, id)


@db.unit_of_work
async def fetch(actor: Actor, known: Exportables, *, id: UUID, now: datetime) -> Fetched:
    """One's own file, if one may still see what is in it; the first time is told to the trail. Missing otherwise."""
    export = await queries.export(actor, id)
    if not is_open(actor, known, export, now=now) or export.file_token is None:
        raise Missing()
    if await db.execute(
        "UPDATE exports_export SET fetched_at = :now WHERE id = :id AND fetched_at IS NULL",
        now=now,
        id=export.id,
    ):
        await trail.record(
            actor, "export.fetched", subject="export", subject_id=export.id, now=now,
            facts={"kind": export.kind, "rows": export.total_rows, "people": export.people},
        )  # fmt: skip
    return Fetched(export, folder.path_of(export.file_token))


def is_open(actor: Actor, known: Exportables, export: ExportRow, *, now: datetime) -> bool:
    """Whether its owner may have the file: it is there, and made for the rights and the scope that they have today."""
    exportable = known.get(export.kind)
    return (
        export.state is State.READY
        and exportable is not None
        and actor.may(exportable.capability)
        and export.scope == scope_of(actor)
        and now < from_ms(export.asked_at) + bounds().kept
    )


@db.unit_of_work
async def drop(actor: Actor, *, id: UUID, now: datetime) -> None:
    """Has one's own file removed before its time, or not made at all. Twice is once."""
    export = await queries.export(actor, id)
    if export.state is State.REMOVED:
        return
    await db.execute(
        "UPDATE exports_export SET state = 'removed', worker = NULL, lease_until_at = NULL WHERE id = :id",
        id=export.id,
    )
    await trail.record(
        actor, "export.dropped", subject="export", subject_id=export.id, facts={"kind": export.kind}, now=now
    )
