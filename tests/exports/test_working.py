"""The timer's work: what waits is made, what breaks off is tried again and then given up, what is old goes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core.ids import new_id
from pepperchain.excel.child_process import BrokenOff
from pepperchain.excel.exporting import Chunks
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import files, folder, jobs, queries, turns, working
from pepperchain.exports.rules import State, bounds
from tests.exports.taking import NOW
from tests.harness import cast

DAYS = EXPORTABLES["days"]


async def test_what_waits_is_made_once(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, EXPORTABLES["weighins"], id=new_id(), format="xlsx", reason="x", now=NOW)
    assert await jobs.work(EXPORTABLES, now=NOW) == 1
    assert await jobs.work(EXPORTABLES, now=NOW) == 0
    assert (await queries.export(leader, export.id)).state is State.READY


async def test_what_breaks_off_is_begun_anew_and_given_up_with_a_sentence(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)

    async def chunks(_actor: Actor, _chosen: Any, _now: datetime) -> Chunks:
        yield [{"day": "2026-06-01"}]
        raise BrokenOff("died half-way")

    known = {**EXPORTABLES, "days": replace(DAYS, chunks=chunks)}
    export = await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    for _ in range(bounds().attempts_max):
        assert await working.work(known, now=NOW) == 1
        assert (await queries.export(leader, export.id)).state is State.MAKING
    await working.work(known, now=NOW)
    failed = await queries.export(leader, export.id)
    assert (failed.state, failed.message) == (State.FAILED, working.BROKE_OFF)
    assert not list(folder.folder().glob(f"{export.id}*"))


async def test_a_process_that_was_killed_leaves_its_work_to_another(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    left = await folder.part_of(export.id)
    left.write_text("half a file")
    assert await turns.claim(export.id, worker="killed", now=NOW)
    assert await working.work(EXPORTABLES, now=NOW) == 0
    assert await working.work(EXPORTABLES, now=NOW + bounds().lease + timedelta(seconds=1)) == 1
    assert (await queries.export(leader, export.id)).state is State.READY
    assert not left.exists()


async def test_a_list_that_is_gone_is_said_to_be(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    await working.work({}, now=NOW)
    assert (await queries.export(leader, export.id)).message == working.GONE


async def test_old_files_are_swept_and_their_lines_stay(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    await working.work(EXPORTABLES, now=NOW)
    made = await queries.export(leader, export.id)
    path = folder.path_of(made.file_token or "")
    assert path.exists()
    assert await jobs.tidy(now=NOW) == 0
    assert await jobs.tidy(now=NOW + bounds().kept + timedelta(seconds=1)) == 1
    assert not path.exists()
    assert (await queries.export(leader, export.id)).state is State.REMOVED
