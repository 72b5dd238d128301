"""The work that waits: whichever export is next, made by this process to its end or to a sentence that says why not."""

from datetime import datetime

import structlog

from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import Told
from pepperchain.core.words import N_
from pepperchain.excel.child_process import BrokenOff
from pepperchain.exports import folder, making, queries, turns
from pepperchain.exports.files import Exportables
from pepperchain.exports.rules import bounds
from pepperchain.exports.turns import Lost, Turn

EXPORTS_A_TICK = 3
FILES_A_TICK = 50
BROKE_OFF = N_("This was tried several times and broke off each time. Ask for less of the list at once.")
GONE = N_("This list can no longer be downloaded.")

log = structlog.get_logger("pepperchain.exports")


async def work(known: Exportables, *, now: datetime, limit: int = EXPORTS_A_TICK) -> int:
    """Makes the exports that wait, one after another; how many."""
    worked = 0
    watch = Stopwatch(now)
    for id in await queries.due(now=now, limit=limit):
        if await turns.claim(id, now=watch.now()):
            worked += 1
            await one(known, Turn(id, Stopwatch(watch.now())))
    return worked


async def one(known: Exportables, turn: Turn) -> None:
    """One export, to its end. Whatever goes wrong is said on its page; an error of ours is tried again before that."""
    export = await queries.at_work(turn.export_id)
    assert export is not None, "an export was claimed that is not there"
    exportable = known.get(export.kind)
    if exportable is None:
        await _stop(turn, GONE)
        return
    if export.attempts > bounds().attempts_max:
        await _stop(turn, BROKE_OFF)
        return
    try:
        await making.make(exportable, export, turn)
    except Lost:
        log.warning("an export was taken over or dropped", export=export.id)
    except Told as told:
        await _stop(turn, told.message)
    except BrokenOff as broken:
        log.error("a file could not be written", export=export.id, why=str(broken))
        await turns.try_again(turn)


@db.unit_of_work
async def _stop(turn: Turn, message: str) -> None:
    """The work ends with a sentence; nothing of the file is kept."""
    await db.execute(
        "UPDATE exports_export SET state = 'failed', message = :message, worker = NULL, lease_until_at = NULL, attempts = 0"
        " WHERE id = :id AND worker = :worker AND state = 'making'",
        message=message,
        id=turn.export_id,
        worker=turn.worker,
    )


async def tidy(*, now: datetime) -> int:
    """Removes files that were kept long enough, or that their owners dropped."""
    count = 0
    for id, token in [
        *await queries.stale(asked_before=now - bounds().kept, limit=FILES_A_TICK),
        *await queries.dropped(limit=FILES_A_TICK),
    ]:
        await folder.remove(token)
        await _without_file(id)
        count += 1
    return count


@db.unit_of_work
async def _without_file(id: str) -> None:
    await db.execute("UPDATE exports_export SET state = 'removed', file_token = NULL WHERE id = :id", id=id)
